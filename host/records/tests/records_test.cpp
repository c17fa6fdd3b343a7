#include "base/json.hpp"
#include "records/records.hpp"
#include "scratch_host.hpp"

#include <boost/json/value.hpp>

#include <atomic>
#include <thread>

namespace mortise::host {
namespace {

Change update(std::string type, Id id, Map values, std::optional<std::int64_t> version = {})
{
    return {
        .operation = Operation::update,
        .type = std::move(type),
        .id = id,
        .version = version,
        .values = std::move(values)
    };
}

std::int64_t count(ScratchHost& host, const std::string& sql)
{
    const ReadLease reader = host.database->read();
    auto statement = reader->prepare(sql);
    EXPECT_TRUE(statement) << sql;
    EXPECT_TRUE(statement->step());
    return statement->integer(0);
}

TEST(Records, KeepsAContactWithItsEvent)
{
    ScratchHost host;
    const auto commit = host.create("contact", {{"given_name", "Ada"}, {"family_name", "Lovelace"}});
    ASSERT_TRUE(commit) << commit.error().message;
    ASSERT_EQ(commit->ids.size(), 1U);

    const auto row = host.records->get(Principal::system(), "contact", commit->ids[0]);
    ASSERT_TRUE(row);
    const TypePointer type = host.records->schema()->find("contact");
    EXPECT_EQ(value_of(*type, *row, "name"), Value{"Ada Lovelace"});
    EXPECT_EQ(value_of(*type, *row, "kind"), Value{"person"}) << "the default";
    EXPECT_EQ(row->version, 1);
    EXPECT_EQ(row->since, commit->number);
    EXPECT_EQ(
        count(
            host, "SELECT count(*) FROM \"mt$event\" WHERE subject = " + std::to_string(commit->ids[0].number)
        ),
        1
    );
}

TEST(Records, OutlivesTheHost)
{
    ScratchHost host;
    const auto commit = host.create("contact", {{"name", "Grace"}});
    ASSERT_TRUE(commit);
    host.close();
    host.open();
    EXPECT_TRUE(host.records->get(Principal::system(), "contact", commit->ids[0]));
    const auto next = host.create("contact", {{"name", "Hedy"}});
    ASSERT_TRUE(next);
    EXPECT_GT(next->ids[0].number, commit->ids[0].number);
    EXPECT_EQ(next->number, commit->number + 1) << "no event number is missing after a restart";
}

TEST(Records, RefusesWrongValuesAndNamesTheField)
{
    ScratchHost host;
    const auto no_name = host.create("contact", {{"kind", "person"}});
    ASSERT_FALSE(no_name);
    EXPECT_EQ(no_name.error().where, "name");
    const auto unknown = host.create("contact", {{"name", "X"}, {"shoe_size", 42}});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().where, "shoe_size");
    EXPECT_NE(unknown.error().hint.find("given_name"), std::string::npos);
    const auto option = host.create("contact", {{"name", "X"}, {"kind", "robot"}});
    ASSERT_FALSE(option);
    EXPECT_NE(option.error().hint.find("organisation"), std::string::npos);
    const auto dangling = host.create("contact", {{"name", "X"}, {"organisation", Id{999}}});
    ASSERT_FALSE(dangling);
    EXPECT_EQ(dangling.error().key, "records.broken_reference");
    EXPECT_EQ(count(host, "SELECT count(*) FROM \"mt$contact\""), 0);
    EXPECT_EQ(count(host, "SELECT count(*) FROM \"mt$event\""), 0) << "nothing is told that did not happen";
}

TEST(Records, WritesAllChangesOfAUnitOrNone)
{
    ScratchHost host;
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create, .type = "contact", .id = {}, .version = {}, .values = {{"name", "A"}}
        }
    );
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = {},
         .version = {},
         .values = {{"name", "B"}, {"kind", "?"}}}
    );
    const auto commit = host.records->commit(ScratchHost::system(), std::move(unit));
    ASSERT_FALSE(commit);
    EXPECT_EQ(commit.error().where, "change 1, kind");
    EXPECT_EQ(count(host, "SELECT count(*) FROM \"mt$contact\""), 0);
}

TEST(Records, LetsLaterChangesOfAUnitReferToEarlierOnes)
{
    ScratchHost host;
    const auto id = host.records->reserve(1);
    ASSERT_TRUE(id);
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = *id,
         .version = {},
         .values = {{"name", "Analytical Engines"}, {"kind", "organisation"}}}
    );
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = {},
         .version = {},
         .values = {{"name", "Ada"}, {"organisation", *id}}}
    );
    EXPECT_TRUE(host.records->commit(ScratchHost::system(), std::move(unit)));
    EXPECT_EQ(
        count(host, "SELECT count(*) FROM \"mt$event_link\" WHERE record = " + std::to_string(id->number)), 2
    ) << "the organisation's timeline has its own event and the person's";
}

TEST(Records, LinksARecordOnceWhoeverNamesItTwice)
{
    ScratchHost host;
    const auto commit = host.create("contact", {{"name", "Analytical Engines"}, {"kind", "organisation"}});
    ASSERT_TRUE(commit);
    const Id organisation = commit->ids[0];
    const auto ada = host.create("contact", {{"name", "Ada"}, {"organisation", organisation}});
    ASSERT_TRUE(ada);
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::remove, .type = "contact", .id = ada->ids[0], .version = {}, .values = {}}
    );
    ASSERT_TRUE(host.records->commit(ScratchHost::system(), std::move(unit)));
    EXPECT_EQ(
        count(
            host,
            "SELECT count(*) FROM \"mt$event\" WHERE links = 'organisation="
                + std::to_string(organisation.number) + "'"
        ),
        2
    ) << "created and deleted both name it, each once";
}

TEST(Records, TellsBothSidesOfAConflict)
{
    ScratchHost host;
    const auto commit = host.create("contact", {{"name", "Ada"}, {"job_title", "Countess"}});
    ASSERT_TRUE(commit);
    const Id id = commit->ids[0];
    ASSERT_TRUE(host.commit(update("contact", id, {{"job_title", "Programmer"}}, 1)));
    const auto late = host.commit(update("contact", id, {{"job_title", "Poet"}}, 1));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::conflict);
    const auto details = parse_value(late.error().details, "details");
    ASSERT_TRUE(details);
    EXPECT_EQ((*details)["fields"]["job_title"]["seen"], Value{"Countess"});
    EXPECT_EQ((*details)["fields"]["job_title"]["current"], Value{"Programmer"});
}

TEST(Records, RefusesAUnitThatChangesARecordTwice)
{
    ScratchHost host;
    const Id id = host.create("contact", {{"name", "Ada"}})->ids[0];
    const auto commit = [&](std::vector<Change> changes) {
        UnitOfWork unit;
        unit.changes = std::move(changes);
        return host.records->commit(ScratchHost::system(), std::move(unit));
    };
    const auto of = [](Operation operation, Id record, Map values = {}) {
        Change change = update("contact", record, std::move(values));
        change.operation = operation;
        return change;
    };
    const auto expect_twice = [](const Result<Commit>& answer, Id record) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().key, "unit.record_twice");
        EXPECT_EQ(answer.error().code, ErrorCode::invalid) << "trying again does not help";
        EXPECT_TRUE(answer.error().where.ends_with(std::to_string(record.number))) << answer.error().where;
        EXPECT_FALSE(answer.error().hint.empty());
    };
    const Change countess = update("contact", id, {{"job_title", "Countess"}});
    expect_twice(commit({countess, update("contact", id, {{"name", "Ada King"}})}), id);
    expect_twice(commit({countess, of(Operation::remove, id)}), id);
    const auto fresh = host.records->reserve(1);
    ASSERT_TRUE(fresh);
    const Change create = of(Operation::create, *fresh, {{"name", "Grace"}});
    expect_twice(commit({create, update("contact", *fresh, {{"name", "Grace H."}})}), *fresh);
    expect_twice(commit({create, create}), *fresh);
    EXPECT_EQ(host.records->history(Principal::system(), "contact", id)->size(), 1U) << "nothing is written";

    const auto once = commit({countess, update("contact", id, {{"name", "Ada"}})});
    ASSERT_TRUE(once) << "a change that leaves all as it was does not count";
    ASSERT_TRUE(host.commit(of(Operation::remove, id)));
    const Change restore = of(Operation::restore, id);
    expect_twice(commit({restore, update("contact", id, {{"name", "Ada King"}})}), id);
}

TEST(Records, KeepsEveryVersion)
{
    ScratchHost host;
    const auto commit = host.create("contact", {{"name", "Ada"}});
    const Id id = commit->ids[0];
    ASSERT_TRUE(host.commit(update("contact", id, {{"name", "Ada King"}})));
    ASSERT_TRUE(host.commit(
        update("contact", id, {{"name", "Ada Lovelace"}, {"tags", List{"maths", "maths", "letters"}}})
    ));
    const auto versions = host.records->history(Principal::system(), "contact", id);
    ASSERT_TRUE(versions);
    ASSERT_EQ(versions->size(), 3U);
    const TypePointer type = host.records->schema()->find("contact");
    EXPECT_EQ(value_of(*type, (*versions)[0], "name"), Value{"Ada"});
    EXPECT_EQ(value_of(*type, (*versions)[1], "name"), Value{"Ada King"});
    EXPECT_EQ(value_of(*type, (*versions)[2], "tags"), (Value{List{"maths", "letters"}}))
        << "a list has each item once";
}

TEST(Records, AnUpdateThatChangesNothingWritesNothing)
{
    ScratchHost host;
    const auto commit = host.create("contact", {{"name", "Ada"}});
    const auto again = host.commit(update("contact", commit->ids[0], {{"name", "Ada"}}));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->versions[0], 1);
    EXPECT_EQ(again->number, 0);
}

TEST(Records, DeletesAndRestores)
{
    ScratchHost host;
    const auto commit = host.create("contact", {{"name", "Ada"}});
    const Id id = commit->ids[0];
    Change change{.operation = Operation::remove, .type = "contact", .id = id, .version = {}, .values = {}};
    ASSERT_TRUE(host.commit(change));
    EXPECT_FALSE(host.records->get(Principal::system(), "contact", id));
    EXPECT_TRUE(host.records->get(Principal::system(), "contact", id, true));
    EXPECT_FALSE(host.commit(change)) << "it is gone already";
    change.operation = Operation::restore;
    ASSERT_TRUE(host.commit(change));
    EXPECT_TRUE(host.records->get(Principal::system(), "contact", id));
    EXPECT_FALSE(host.commit(change)) << "it is not deleted";
}

TEST(Records, AnswersARepeatedUnitWithTheFirstAnswer)
{
    ScratchHost host;
    UnitOfWork unit;
    unit.id = UnitId{std::byte{1}};
    unit.changes.push_back(
        {.operation = Operation::create, .type = "contact", .id = {}, .version = {}, .values = {{"name", "A"}}
        }
    );
    const auto first = host.records->commit(ScratchHost::system(), unit);
    const auto second = host.records->commit(ScratchHost::system(), unit);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->ids, second->ids);
    EXPECT_TRUE(second->repeated);
    EXPECT_EQ(count(host, "SELECT count(*) FROM \"mt$contact\""), 1);
    unit.changes[0].values.set("name", "B");
    const auto other = host.records->commit(ScratchHost::system(), unit);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().key, "records.unit_reused");
}

TEST(Records, KeepsRowsOfOthersFromAnOwnScope)
{
    ScratchHost host;
    const auto theirs = host.create("contact", {{"name", "Not yours"}});
    ASSERT_TRUE(theirs);
    CallContext ann = ScratchHost::system();
    ann.principal = Principal{
        .user = Id{7}, .user_name = "ann", .scope = RowScope::own, .plugin = nullptr, .is_system = false
    };
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = {},
         .version = {},
         .values = {{"name", "Mine"}}}
    );
    const auto mine = host.records->commit(ann, std::move(unit));
    ASSERT_TRUE(mine);
    EXPECT_TRUE(host.records->get(ann.principal, "contact", mine->ids[0]));
    const auto hidden = host.records->get(ann.principal, "contact", theirs->ids[0]);
    const auto absent = host.records->get(ann.principal, "contact", Id{999'999});
    ASSERT_FALSE(hidden);
    EXPECT_EQ(hidden.error().code, absent.error().code) << "a hidden record looks as one that is not there";
    const auto page = host.records->list(ann.principal, "contact", {});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->rows.size(), 1U);
    UnitOfWork steal;
    steal.changes.push_back(update("contact", theirs->ids[0], {{"name", "Taken"}}));
    EXPECT_FALSE(host.records->commit(ann, std::move(steal)));
}

TEST(Records, PagesThroughASortedListWithoutLosingOrRepeating)
{
    ScratchHost host;
    for (int i = 0; i < 25; ++i) {
        Map values{{"name", "n" + std::to_string(i)}};
        if (i % 3 != 0) values.set("job_title", i % 2 == 0 ? "b" : "a");
        ASSERT_TRUE(host.create("contact", std::move(values)));
    }
    for (const char* sort : {"", "-id", "job_title", "-job_title", "name", "-created_at"}) {
        std::vector<std::int64_t> seen;
        ListOptions options{.sort = sort, .limit = 4, .after = {}, .deleted = false};
        for (int pages = 0; pages < 10; ++pages) {
            const auto page = host.records->list(Principal::system(), "contact", options);
            ASSERT_TRUE(page) << page.error().message;
            for (const Row& row : page->rows)
                seen.push_back(row.id.number);
            options.after = page->next;
            if (page->next.empty()) break;
        }
        EXPECT_EQ(seen.size(), 25U) << sort;
        std::ranges::sort(seen);
        EXPECT_EQ(std::ranges::unique(seen).begin(), seen.end()) << sort;
    }
    const auto page = host.records->list(
        Principal::system(), "contact", {.sort = "name", .limit = 4, .after = {}, .deleted = false}
    );
    const auto other = host.records->list(
        Principal::system(), "contact", {.sort = "-name", .limit = 4, .after = page->next, .deleted = false}
    );
    ASSERT_FALSE(other) << "a cursor belongs to its list";
    EXPECT_EQ(other.error().key, "records.wrong_cursor");
}

TEST(Records, LosesNoWriteOfManyThreads)
{
    ScratchHost host;
    const auto commit = host.create("contact", {{"name", "Counter"}, {"employees", 0}});
    const Id id = commit->ids[0];
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 25; ++i) {
                if (!host.create("contact", {{"name", std::to_string(t) + "/" + std::to_string(i)}}))
                    ++failures;
                if (!host.commit(update("contact", id, {{"employees", t * 100 + i}}))) ++failures;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(failures.load(), 0);
    EXPECT_EQ(count(host, "SELECT count(*) FROM \"mt$contact\""), 201);
    EXPECT_EQ(count(host, "SELECT max(number) - count(*) FROM \"mt$event\""), 0) << "numbers have no holes";
    const auto row = host.records->get(Principal::system(), "contact", id);
    EXPECT_EQ(count(host, "SELECT count(*) FROM \"mt$contact_h\""), row->version - 1);
}

TEST(Records, DeclaresTypesWhileRunning)
{
    ScratchHost host;
    const auto parsed = parse_json(
        R"([{"name": "task", "fields": [
        {"name": "title", "kind": "text", "required": true, "unique": true},
        {"name": "budget", "kind": "money"}, {"name": "done", "kind": "bool", "default": false},
        {"name": "due", "kind": "date"}, {"name": "share", "kind": "percent", "scale": 1},
        {"name": "contact", "kind": "reference", "reference": "contact", "timeline": true}]}])",
        "types"
    );
    ASSERT_TRUE(parsed);
    const auto types = parse_type_declarations(*parsed, "/types", "");
    ASSERT_TRUE(types) << types.error().message;
    const auto declared = host.records->declare("acme.tasks", *types);
    ASSERT_TRUE(declared) << declared.error().message;
    EXPECT_TRUE(*declared);
    EXPECT_FALSE(*host.records->declare("acme.tasks", *types)) << "nothing changed";

    const auto commit = host.create(
        "task",
        {{"title", "Call"},
         {"budget", Map{{"amount", "12.30"}, {"currency", "EUR"}}},
         {"due", "2026-03-01"},
         {"share", "12.5"}}
    );
    ASSERT_TRUE(commit) << commit.error().message;
    const TypePointer type = host.records->schema()->find("tasks");
    ASSERT_TRUE(type);
    const auto row = host.records->get(Principal::system(), "task", commit->ids[0]);
    EXPECT_EQ(value_of(*type, *row, "budget"), (Value{Money{1230, 978, 2}}));
    EXPECT_EQ(value_of(*type, *row, "share"), (Value{Decimal{125, 1}}));
    EXPECT_EQ(value_of(*type, *row, "done"), Value{false});
    const auto twice = host.create("task", {{"title", "Call"}});
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().key, "records.not_unique");
    EXPECT_EQ(twice.error().where, "title");
    const auto finer
        = host.create("task", {{"title", "Cent"}, {"budget", Map{{"amount", "0.001"}, {"currency", "EUR"}}}});
    EXPECT_FALSE(finer);

    ASSERT_TRUE(host.records->archive("acme.tasks"));
    EXPECT_TRUE(host.records->get(Principal::system(), "task", commit->ids[0]))
        << "what is archived can be read";
    EXPECT_FALSE(host.create("task", {{"title", "New"}}));
    ASSERT_TRUE(host.records->declare("acme.tasks", *types));
    EXPECT_TRUE(host.create("task", {{"title", "New"}}));
}

TEST(Records, RefusesDeclarationsThatCannotBe)
{
    ScratchHost host;
    const auto declare = [&](const char* json) -> Result<bool> {
        MORTISE_TRY(const auto parsed, parse_json(json, "types"));
        MORTISE_TRY(const auto types, parse_type_declarations(parsed, "/types", "acme_"));
        return host.records->declare("com.acme", types);
    };
    const auto foreign = declare(R"([{"name": "ticket", "fields": []}])");
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().where, "/types/0/name");
    EXPECT_FALSE(declare(R"([{"name": "acme_x", "fields": [{"name": "id"}]}])"));
    EXPECT_FALSE(declare(R"([{"name": "acme_x", "fields": [{"name": "a", "kind": "colour"}]}])"));
    EXPECT_FALSE(declare(R"([{"name": "acme_x", "fields": [{"name": "a"}, {"name": "a"}]}])"));
    ASSERT_TRUE(declare(R"([{"name": "acme_x", "fields": [{"name": "a", "kind": "int"}]}])"));
    const auto retyped = declare(R"([{"name": "acme_x", "fields": [{"name": "a", "kind": "text"}]}])");
    ASSERT_FALSE(retyped);
    EXPECT_EQ(retyped.error().where, "acme_x.a");
    ASSERT_TRUE(declare(R"([{"name": "acme_x", "fields": []}, {"name": "contact", "extends": true,
        "fields": [{"name": "acme_score", "kind": "int"}]}])"));
    EXPECT_TRUE(host.create("contact", {{"name", "Scored"}, {"acme_score", 5}}));
}

class RefusingHooks final : public HookRunner {
public:
    bool wants(const RecordType& type, Operation operation) const noexcept override
    {
        return type.name == "contact" && operation != Operation::remove;
    }
    Result<void> run(const CallContext&, std::span<Draft* const> drafts) override
    {
        for (Draft* draft : drafts) {
            const Value name = value_of(draft->type(), draft->after(), "name");
            if (name.text() == "Nobody")
                return Error{
                    .code = ErrorCode::refused,
                    .message = "no nobodies",
                    .key = "test.nobody",
                    .where = "name"
                };
            MORTISE_CHECK(draft->amend("source", "hooked"));
        }
        return {};
    }
};

TEST(Records, LetsHooksAmendAndRefuse)
{
    ScratchHost host;
    RefusingHooks hooks;
    host.records->set_hooks(&hooks);
    const auto refused = host.create("contact", {{"name", "Nobody"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "test.nobody");
    const auto amended = host.create("contact", {{"name", "Somebody"}});
    ASSERT_TRUE(amended);
    const auto row = host.records->get(Principal::system(), "contact", amended->ids[0]);
    EXPECT_EQ(value_of(*host.records->schema()->find("contact"), *row, "source"), Value{"hooked"});
    host.records->set_hooks(nullptr);
}

} // namespace
} // namespace mortise::host
