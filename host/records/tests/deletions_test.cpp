#include "base/json.hpp"
#include "records/type_declaration.hpp"
#include "records/undo.hpp"
#include "records/views.hpp"
#include "records/writer.hpp"
#include "scratch_host.hpp"
#include "store/connection.hpp"

#include <boost/json/value.hpp>

#include <functional>

namespace mortise::host {
namespace {

constexpr const char* shop_types = R"([
  {"name": "shop", "shared": true, "title_field": "name", "fields": [
    {"name": "name", "kind": "text", "searchable": true}]},
  {"name": "sale", "fields": [
    {"name": "shop", "kind": "reference", "reference": "shop", "on_delete": "refuse"},
    {"name": "seller", "kind": "reference", "reference": "contact", "on_delete": "clear"},
    {"name": "note", "kind": "text"}]},
  {"name": "line", "fields": [
    {"name": "sale", "kind": "reference", "reference": "sale", "required": true, "on_delete": "delete"},
    {"name": "bearer", "kind": "reference", "reference": "contact"}]},
  {"name": "part", "fields": [
    {"name": "line", "kind": "reference", "reference": "line", "required": true, "on_delete": "delete"}]}
])";

Result<std::vector<TypeDeclaration>> declarations(std::string_view text)
{
    MORTISE_TRY(const boost::json::value json, parse_json(text, "types"));
    return parse_type_declarations(json, "/types", "");
}

Change change(Operation operation, const char* type, Id id, Map values = {})
{
    return {.operation = operation, .type = type, .id = id, .version = {}, .values = std::move(values)};
}

Change removal(const char* type, Id id)
{
    return change(Operation::remove, type, id);
}

class Deletions : public testing::Test {
protected:
    Deletions()
    {
        const auto types = declarations(shop_types);
        EXPECT_TRUE(types) << types.error().message;
        const auto declared = host.records->declare("acme", *types);
        EXPECT_TRUE(declared) << declared.error().message;
        shop = make("shop", {{"name", "Corner"}});
        seller = make("contact", {{"name", "Ada"}});
        sale = make("sale", {{"shop", shop}, {"seller", seller}, {"note", "first"}});
        line = make("line", {{"sale", sale}, {"bearer", seller}});
        part = make("part", {{"line", line}});
    }

    Id make(const char* type, Map values)
    {
        const auto made = host.create(type, std::move(values));
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->ids[0] : Id{};
    }

    Result<Commit> commit(std::vector<Change> changes, const CallContext& context = ScratchHost::system())
    {
        UnitOfWork unit;
        unit.changes = std::move(changes);
        return host.records->commit(context, std::move(unit));
    }

    bool is_there(const char* type, Id id)
    {
        return host.records->get(Principal::system(), type, id).has_value();
    }

    Value field(const char* type, Id id, const char* name)
    {
        const auto row = host.records->get(Principal::system(), type, id, true);
        return row ? value_of(*host.records->schema()->find(type), *row, name) : Value{};
    }

    static CallContext person(std::int64_t id)
    {
        CallContext context;
        context.principal = {
            .user = Id{id}, .user_name = "u" + std::to_string(id), .scope = RowScope::own, .plugin = nullptr
        };
        return context;
    }

    ScratchHost host;
    Id shop;
    Id seller;
    Id sale;
    Id line;
    Id part;
};

TEST_F(Deletions, TakeAlongWhatGoesWithARecordAndWhatGoesWithThat)
{
    const auto done = commit({removal("sale", sale)});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->ids.size(), 1U) << "only what was asked for is answered";
    EXPECT_FALSE(is_there("line", line));
    EXPECT_FALSE(is_there("part", part));
    EXPECT_TRUE(is_there("contact", seller));
}

TEST_F(Deletions, ClearAFieldThatSaysSoAndKeepOneThatSaysNothing)
{
    ASSERT_TRUE(commit({removal("contact", seller)}));
    EXPECT_TRUE(is_there("sale", sale));
    EXPECT_TRUE(field("sale", sale, "seller").is_null());
    EXPECT_EQ(field("line", line, "bearer"), Value{seller});
}

TEST_F(Deletions, AreRefusedWhileARecordIsInUse)
{
    const auto refused = commit({removal("shop", shop)});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_EQ(refused.error().key, "records.in_use");
    EXPECT_EQ(
        refused.error().message,
        "shop " + std::to_string(shop.number) + " cannot be deleted: it is the shop of sale "
            + std::to_string(sale.number)
    );
    EXPECT_TRUE(is_there("shop", shop));
    const Id other = make("shop", {{"name", "Market"}});
    ASSERT_TRUE(commit({change(Operation::update, "sale", sale, {{"shop", other}}), removal("shop", shop)}))
        << "the unit itself lets the sale go elsewhere";
    ASSERT_TRUE(commit({removal("shop", other), removal("sale", sale)})) << "both go at once";
}

TEST_F(Deletions, OfARecordThatTheUnitChangesTooAreNotGuessedAt)
{
    const auto refused
        = commit({removal("sale", sale), change(Operation::update, "line", line, {{"bearer", {}}})});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "unit.record_twice");
    ASSERT_TRUE(commit({removal("sale", sale), removal("line", line)})) << "said twice is said once";
    EXPECT_FALSE(is_there("part", part));
}

TEST_F(Deletions, LeaveNothingThatRefersToWhatTheSameUnitDeletes)
{
    const auto refused
        = commit({removal("sale", sale), change(Operation::create, "line", {}, {{"sale", sale}})});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "records.broken_reference");
    EXPECT_TRUE(is_there("sale", sale));
}

TEST_F(Deletions, ComeBackWholeWhenTheyAreUndone)
{
    const auto deleted = commit({removal("sale", sale)});
    ASSERT_TRUE(deleted);
    const auto alone = commit({change(Operation::restore, "line", line)});
    ASSERT_FALSE(alone) << "a line without its sale";
    EXPECT_EQ(alone.error().key, "records.broken_reference");
    Undo undo{*host.database, *host.records};
    const auto undone = undo.commits(ScratchHost::system(), std::span{&deleted->number, 1}, UndoForce::no);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(undone->records, 3U);
    EXPECT_TRUE(is_there("sale", sale) && is_there("line", line) && is_there("part", part));
    const auto cleared = commit({removal("contact", seller)});
    ASSERT_TRUE(undo.commits(ScratchHost::system(), std::span{&cleared->number, 1}, UndoForce::no));
    EXPECT_EQ(field("sale", sale, "seller"), Value{seller});
}

TEST_F(Deletions, FollowWhenTheUndoOfAnImportIsInSeveralUnits)
{
    std::vector<std::int64_t> numbers;
    std::vector<Id> sales;
    for (int round = 0; round < 3; ++round) { // more than one unit of an undo holds
        std::vector<Change> changes;
        for (int i = 0; i < 400; ++i)
            changes.push_back(change(Operation::create, "sale", {}, {{"shop", shop}}));
        const auto made = commit(std::move(changes));
        ASSERT_TRUE(made);
        numbers.push_back(made->number);
        changes.clear();
        for (const Id id : made->ids)
            changes.push_back(change(Operation::create, "line", {}, {{"sale", id}}));
        sales.insert(sales.end(), made->ids.begin(), made->ids.end());
        const auto lines = commit(std::move(changes));
        ASSERT_TRUE(lines);
        numbers.push_back(lines->number);
    }
    Undo undo{*host.database, *host.records};
    const auto undone = undo.commits(ScratchHost::system(), numbers, UndoForce::no);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(undone->records, 2400U);
    EXPECT_GT(undone->commits.size(), 1U);
    EXPECT_FALSE(is_there("sale", sales.front()) || is_there("sale", sales.back()));
    const auto redone = undo.commits(ScratchHost::system(), undone->commits, UndoForce::no);
    ASSERT_TRUE(redone) << redone.error().message;
    EXPECT_TRUE(is_there("sale", sales.front()) && is_there("sale", sales.back()));
}

TEST_F(Deletions, AreLookedAtAgainWhenSomebodyBeganToReferMeanwhile)
{
    const Id empty = make("shop", {{"name", "Empty"}});
    UnitOfWork unit;
    unit.changes.push_back(removal("shop", empty));
    const auto prepared = host.records->prepare(ScratchHost::system(), unit);
    ASSERT_TRUE(prepared) << prepared.error().message;
    make("sale", {{"shop", empty}});
    const auto late = host.records->commit(ScratchHost::system(), *prepared, {});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().key, "records.changed_meanwhile");

    UnitOfWork sells;
    const Id closing = make("shop", {{"name", "Closing"}});
    sells.changes.push_back(change(Operation::create, "sale", {}, {{"shop", closing}}));
    const auto waits = host.records->prepare(ScratchHost::system(), sells);
    ASSERT_TRUE(waits);
    ASSERT_TRUE(commit({removal("shop", closing)}));
    const auto too_late = host.records->commit(ScratchHost::system(), *waits, {});
    ASSERT_FALSE(too_late) << "a sale in a shop that is gone";
    EXPECT_EQ(too_late.error().key, "records.changed_meanwhile");
}

TEST_F(Deletions, GiveHooksASightOfWhatGoesAlong)
{
    struct Watching final : HookRunner {
        bool wants(const RecordType& type, Operation operation) const noexcept override
        {
            return type.name == "part" && operation == Operation::remove;
        }
        Result<void> run(const CallContext&, std::span<Draft* const> drafts) override
        {
            seen += drafts.size();
            return refuses
                ? Result<void>{Error{.code = ErrorCode::invalid, .message = "no", .key = "acme.no"}}
                : Result<void>{};
        }
        std::size_t seen{0};
        bool refuses{true};
    } hooks;
    host.records->set_hooks(&hooks);
    const auto refused = commit({removal("sale", sale)});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "acme.no");
    EXPECT_TRUE(is_there("sale", sale) && is_there("part", part)) << "nothing of it was written";
    hooks.refuses = false;
    ASSERT_TRUE(commit({removal("sale", sale)}));
    EXPECT_EQ(hooks.seen, 2U);
    host.records->set_hooks(nullptr);
}

TEST_F(Deletions, ByAPersonWhoseOwnRecordOthersHangOnCanBeUndoneByThem)
{
    const auto own = commit({change(Operation::create, "sale", {}, {{"note", "mine"}})}, person(7));
    ASSERT_TRUE(own) << own.error().message;
    const Id of_another = make("line", {{"sale", own->ids[0]}});
    const auto deleted = commit({removal("sale", own->ids[0])}, person(7));
    ASSERT_TRUE(deleted) << deleted.error().message;
    EXPECT_FALSE(is_there("line", of_another));
    Undo undo{*host.database, *host.records};
    const auto by_stranger = undo.commits(person(8), std::span{&deleted->number, 1}, UndoForce::no);
    EXPECT_FALSE(by_stranger);
    const auto undone = undo.commits(person(7), std::span{&deleted->number, 1}, UndoForce::no);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_TRUE(is_there("line", of_another));
}

TEST_F(Deletions, DeclarationsThatCannotBeAreRefused)
{
    const auto required = declarations(
        R"([{"name": "a", "fields": [{"name": "b", "kind": "reference", "reference": "contact",
        "required": true, "on_delete": "clear"}]}])"
    );
    ASSERT_FALSE(required);
    EXPECT_EQ(required.error().where, "/types/0/fields/0/on_delete");
    EXPECT_FALSE(declarations(
        R"([{"name": "a", "fields": [{"name": "b", "kind": "reference", "reference": "contact",
        "on_delete": "vanish"}]}])"
    ));
    EXPECT_FALSE(
        declarations(R"([{"name": "a", "fields": [{"name": "b", "kind": "text", "on_delete": "delete"}]}])")
    );
    EXPECT_FALSE(declarations(R"([{"name": "contact", "extends": true, "shared": true, "fields": []}])"));
}

TEST_F(Deletions, RulesAreKeptByTheDatabase)
{
    host.close();
    host.open();
    const auto refused = commit({removal("shop", shop)});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "records.in_use");
    ASSERT_TRUE(commit({removal("sale", sale)}));
    EXPECT_FALSE(is_there("part", part));
}

TEST_F(Deletions, OfADatabaseThatKnewNoRulesFollowThemOnceTheyAreDeclared)
{
    // As a host before these rules left it: no column for shared types, no rule in the fields' definitions.
    ASSERT_TRUE(host.writer->run([](Connection& connection) {
        return connection.execute(
            "UPDATE \"mt$field\" SET definition = json_remove(definition, '$.on_delete');"
            "DROP INDEX IF EXISTS \"mt$line.sale\"; ALTER TABLE \"mt$type\" DROP COLUMN shared"
        );
    }));
    host.close();
    host.open();
    EXPECT_FALSE(host.records->schema()->find("shop")->shared);
    ASSERT_TRUE(commit({removal("line", line)}));
    EXPECT_TRUE(is_there("part", part)) << "nobody has said yet that it goes along";
    const auto types = declarations(shop_types);
    const auto declared = host.records->declare("acme", *types);
    ASSERT_TRUE(declared) << declared.error().message;
    EXPECT_TRUE(host.records->schema()->find("shop")->shared);
    EXPECT_FALSE(commit({removal("shop", shop)}));
}

TEST_F(Deletions, SharedRecordsAreReadByEverybodyAndChangedByTheirOwner)
{
    const CallContext seven = person(7);
    EXPECT_TRUE(host.records->get(seven.principal, "shop", shop));
    EXPECT_FALSE(host.records->get(seven.principal, "sale", sale)) << "what is not shared stays apart";
    EXPECT_EQ(host.records->list(seven.principal, "shop", {})->rows.size(), 1U);
    const auto sold = commit({change(Operation::create, "sale", {}, {{"shop", shop}})}, seven);
    ASSERT_TRUE(sold) << sold.error().message;
    const auto renamed = commit({change(Operation::update, "shop", shop, {{"name", "Mine"}})}, seven);
    ASSERT_FALSE(renamed);
    EXPECT_EQ(renamed.error().code, ErrorCode::denied);
    EXPECT_FALSE(commit({removal("shop", shop)}, seven));
    Views views{*host.database, *host.records};
    auto rows = views.query(
        seven.principal, {.sql = "SELECT (SELECT count(*) FROM shop), (SELECT count(*) FROM sale)"}
    );
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_TRUE(*rows->step());
    EXPECT_EQ(rows->value(0), Value{std::int64_t{1}});
    EXPECT_EQ(rows->value(1), Value{std::int64_t{1}}) << "their own";
}

} // namespace
} // namespace mortise::host
