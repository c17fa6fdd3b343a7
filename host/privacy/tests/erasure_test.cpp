#include "base/json.hpp"
#include "events/event_log.hpp"
#include "merging/merging.hpp"
#include "privacy/erasure.hpp"
#include "privacy/subject_export.hpp"
#include "records/audit/audit_log.hpp"
#include "records/audit/audit_verify.hpp"
#include "records/files/file_keeper.hpp"
#include "records/search/search.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/undo.hpp"

#include <boost/json/value.hpp>

#include <fstream>
#include <iterator>
#include <sstream>

namespace mortise::host {
namespace {

constexpr const char* plugin_types = R"json([
{ "name": "purchase", "title_field": "number", "fields": [
  { "name": "number", "kind": "text", "label": "Number" },
  { "name": "total", "kind": "int", "label": "Total" },
  { "name": "greeting", "kind": "text", "label": "Greeting", "personal": true, "searchable": true },
  { "name": "signature", "kind": "file", "label": "Signature", "personal": true },
  { "name": "manual", "kind": "file", "label": "Manual" },
  { "name": "customer", "kind": "reference", "reference": "contact", "label": "Customer", "indexed": true, "timeline": true } ] },
{ "name": "parcel", "title_field": "to", "fields": [
  { "name": "to", "kind": "text", "label": "To", "personal": true, "required": true, "sorted": true },
  { "name": "purchase", "kind": "reference", "reference": "purchase", "label": "Purchase", "indexed": true } ] }
])json";

class ErasureTest : public testing::Test {
protected:
    ErasureTest()
        : m_log{*m_host.database},
          m_merging{*m_host.database, *m_host.writer, *m_host.records, m_host.clock},
          m_subjects{*m_host.database, *m_host.records, m_log, m_host.clock},
          m_files{*m_host.database, *m_host.writer, *m_host.records, *m_host.blobs, m_host.clock},
          m_erasure{*m_host.database, *m_host.writer, *m_host.records, m_log, m_host.clock, &m_files}
    {
    }

    void SetUp() override
    {
        const auto types = parse_type_declarations(*parse_json(plugin_types, "types"), "", "");
        ASSERT_TRUE(types) << types.error().message;
        ASSERT_TRUE(m_host.records->declare("com.test", *types));
        ASSERT_TRUE(m_merging.open());
        ASSERT_TRUE(m_log.open());
        ASSERT_TRUE(m_erasure.open());
    }

    Id make(const char* type, Map values)
    {
        const auto made = m_host.create(type, std::move(values));
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->ids.front() : Id{};
    }

    void change(const char* type, Id id, Map values)
    {
        const auto done = m_host.commit(
            {.operation = Operation::update,
             .type = type,
             .id = id,
             .version = {},
             .values = std::move(values)}
        );
        EXPECT_TRUE(done) << done.error().message;
    }

    /// A person with a purchase and a parcel; `n` is in every marker.
    Id plant(int n)
    {
        const std::string mark = marker(n);
        const Id person = make(
            "contact",
            {{"name", "Former " + mark}, {"email", mark + "@example.com"}, {"note", "note " + mark}}
        );
        change("contact", person, {{"name", "Name " + mark}, {"email", "new-" + mark + "@example.com"}});
        const Id purchase = make(
            "purchase",
            {{"number", "P" + std::to_string(n)},
             {"total", n},
             {"greeting", "Dear " + mark},
             {"customer", person}}
        );
        change("purchase", purchase, {{"greeting", "Hello " + mark}});
        make("parcel", {{"to", "Street of " + mark}, {"purchase", purchase}});
        UnitOfWork unit;
        EventDraft called;
        called.type = "call.noted";
        called.subject = person;
        called.data = Map{{"text", "said " + mark}};
        unit.events.push_back(std::move(called));
        EXPECT_TRUE(m_host.records->commit(ScratchHost::system(), std::move(unit)));
        return person;
    }

    /// In no order, so that pages of indexes are split in the middle, where copies may stay behind.
    static std::string marker(int n) { return "zqx" + std::to_string(100'000 + n * 7919 % 90'001) + "k"; }

    /// All that is in the files of the database and of search, one after the other.
    std::string files()
    {
        std::string bytes;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(m_host.path())) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in{entry.path(), std::ios::binary};
            bytes.append(std::istreambuf_iterator<char>{in}, {});
        }
        return bytes;
    }

    static std::size_t count_in(std::string_view bytes, std::string_view text)
    {
        std::size_t count = 0;
        for (std::size_t at = bytes.find(text); at != std::string_view::npos; at = bytes.find(text, at + 1))
            ++count;
        return count;
    }

    std::vector<Event> events_of(Id subject)
    {
        EventFilter filter;
        filter.subject = subject;
        filter.limit = 1000;
        auto events = m_log.list(Principal::system(), filter);
        EXPECT_TRUE(events);
        return events ? *std::move(events) : std::vector<Event>{};
    }

    AuditReport audit()
    {
        const ReadLease reader = m_host.database->read();
        auto report = verify_audit(*reader, {});
        EXPECT_TRUE(report) << report.error().message;
        return report ? *std::move(report) : AuditReport{};
    }

    /// What is wrong with the audit trail after `sql` was done behind its back.
    std::string audit_after(const std::string& sql)
    {
        EXPECT_TRUE(m_host.writer->run([&](Connection& connection) { return connection.execute(sql); }));
        const AuditReport report = audit();
        return report.findings.empty() ? "" : report.findings.front().what;
    }

    Value field(const char* type, Id id, const char* name)
    {
        const auto row = m_host.records->get(Principal::system(), type, id, true);
        return row ? value_of(*m_host.records->schema()->find(type), *row, name) : Value{};
    }

    ScratchHost m_host;
    EventLog m_log;
    Merging m_merging;
    SubjectExport m_subjects;
    FileKeeper m_files;
    Erasure m_erasure;
};

TEST_F(ErasureTest, TakesFilesThatAreTheirsAlone)
{
    const Id ada = make("contact", {{"name", "Ada Lovelace"}});
    const Id bert = make("contact", {{"name", "Bert"}});
    const auto file = [&](std::string_view contents) {
        auto writer = m_host.blobs->begin(1000);
        EXPECT_TRUE(writer->write(contents));
        const auto kept = writer->finish("system");
        return Map{{"digest", kept->digest}, {"name", "scan.png"}, {"type", "image/png"}};
    };
    const Id first = make(
        "purchase", {{"customer", ada}, {"signature", file("her old hand")}, {"manual", file("a manual")}}
    );
    change("purchase", first, {{"signature", file("her hand")}});
    make("purchase", {{"customer", ada}, {"signature", file("a common stamp")}});
    const Id other = make("purchase", {{"customer", bert}, {"signature", file("a common stamp")}});
    ASSERT_EQ(count_in(files(), "her hand") + count_in(files(), "her old hand"), 2U) << "planted";
    const auto erased = m_erasure.erase(ScratchHost::system(), ada, "request");
    ASSERT_TRUE(erased) << erased.error().message;
    EXPECT_EQ((*erased)["files_gone"], true);
    EXPECT_EQ(count_in(files(), "her hand") + count_in(files(), "her old hand"), 0U);
    EXPECT_EQ(count_in(files(), "a manual"), 1U) << "not personal";
    EXPECT_EQ(count_in(files(), "a common stamp"), 1U) << "somebody else has it too";
    EXPECT_TRUE(m_files.open(Principal::system(), "purchase", other, "signature"));
    EXPECT_EQ(
        m_files.open(Principal::system(), "purchase", first, "signature").error().key, "records.no_file"
    );
}

TEST_F(ErasureTest, TakesFilesAtTheNextStartWhereItWasCutShort)
{
    const Id ada = make("contact", {{"name", "Ada Lovelace"}});
    auto writer = m_host.blobs->begin(1000);
    ASSERT_TRUE(writer->write("her hand"));
    const auto kept = writer->finish("system");
    make("purchase", {{"customer", ada}, {"signature", Map{{"digest", kept->digest}, {"name", "a"}}}});
    Erasure without_files{*m_host.database, *m_host.writer, *m_host.records, m_log, m_host.clock};
    ASSERT_TRUE(without_files.erase(ScratchHost::system(), ada, "request"));
    EXPECT_TRUE(m_host.blobs->size_of(kept->digest));
    ASSERT_TRUE(m_files.remove_doomed());
    EXPECT_FALSE(m_host.blobs->size_of(kept->digest));
}

TEST_F(ErasureTest, LeavesNothingOfAThousandPlantedMarkersInAnyFile)
{
    Search search{*m_host.database, *m_host.records};
    search.start(m_host.database->file().parent_path() / "search.db", 0);
    std::vector<Id> people;
    for (int n = 0; n < 1000; ++n)
        people.push_back(plant(n));
    const Id stays = plant(1000);
    search.notify(m_host.writer->last_event());
    ASSERT_TRUE(search.index().wait_until_fresh(std::chrono::seconds{60}));
    ASSERT_GT(count_in(files(), "zqx1"), 1000U) << "the markers are planted";
    const auto before = m_host.records->find(Principal::system(), "purchase", "customer", people[7], 10);
    for (const Id id : people) {
        const auto erased = m_erasure.erase(ScratchHost::system(), id, "request 1");
        ASSERT_TRUE(erased) << erased.error().message;
        EXPECT_EQ((*erased)["log_cut"], Value{true});
    }
    search.notify(m_host.writer->last_event());
    ASSERT_TRUE(search.index().wait_until_fresh(std::chrono::seconds{60}));
    search.stop();
    const std::string bytes = files();
    std::size_t left = 0;
    for (int n = 0; n < 1000; ++n)
        left += count_in(bytes, marker(n)) == 0 ? 0 : 1;
    EXPECT_EQ(left, 0U) << "people who are still in a file";
    EXPECT_GT(count_in(bytes, marker(1000)), 5U) << "others are untouched";
    EXPECT_EQ(field("contact", stays, "name"), Value{"Name " + marker(1000)});
    ASSERT_TRUE(before && before->size() == 1);
    EXPECT_EQ(field("purchase", before->front().id, "total"), Value{std::int64_t{7}}) << "figures stay";
}

TEST_F(ErasureTest, IsNotBroughtToASubscriberThatComesByLater)
{
    m_host.writer->on_commit([this](std::int64_t last) { m_log.committed(last); });
    const Id person = plant(1);
    const std::vector<std::string> everything{"*"};
    const auto text_of_all = [&] {
        std::string text;
        for (std::int64_t at = 0; at < m_log.last();) {
            const auto slice = m_log.read_after(at, everything, 64, 1024);
            EXPECT_TRUE(slice);
            for (const Event& event : slice->events)
                text += json_text(Value{event.data});
            at = slice->seen_to;
        }
        return text;
    };
    ASSERT_NE(text_of_all().find(marker(1)), std::string::npos) << "it is held in memory now";
    ASSERT_TRUE(m_erasure.erase(ScratchHost::system(), person, "request 1"));
    EXPECT_EQ(text_of_all().find(marker(1)), std::string::npos);
}

TEST_F(ErasureTest, TellsWhatGoesAndWhatStaysBeforeItDoesAnything)
{
    const Id person = plant(1);
    CallContext dry = ScratchHost::system();
    dry.dry_run = true;
    const auto told = m_erasure.erase(dry, person, "");
    ASSERT_TRUE(told) << told.error().message;
    const Value types = (*told)["types"];
    bool saw_purchase = false;
    for (const Value& type : types.get_or(List{})) {
        if (type["type"] == Value{"contact"}) {
            EXPECT_EQ(type["erased"], Value{"all"});
        }
        if (type["type"] != Value{"purchase"}) continue;
        saw_purchase = true;
        EXPECT_EQ(type["erased"], (Value{List{"greeting", "signature"}}));
        EXPECT_EQ(type["kept"], (Value{List{"number", "total", "manual", "customer"}}));
        EXPECT_EQ(type["owner"], Value{"com.test"});
    }
    EXPECT_TRUE(saw_purchase);
    EXPECT_EQ(field("contact", person, "name"), Value{"Name " + marker(1)});
    EXPECT_TRUE(m_host.records->get(Principal::system(), "contact", person)) << "it was a dry run";
}

TEST_F(ErasureTest, IsNotTakenBackByUndoRestoreOrUnmerge)
{
    const Id person = plant(1);
    const Id double_of = make("contact", {{"name", "Double " + marker(1)}});
    MergeRequest request;
    request.survivor = person;
    request.losers = {double_of};
    const auto merged = m_merging.merge(ScratchHost::system(), request);
    ASSERT_TRUE(merged) << merged.error().message;
    ASSERT_TRUE(m_erasure.erase(ScratchHost::system(), double_of, "by the name that was merged away"));
    EXPECT_TRUE(field("contact", double_of, "name").is_null());
    EXPECT_TRUE(field("contact", person, "name").is_null());
    const auto restored = m_host.commit(
        {.operation = Operation::restore, .type = "contact", .id = person, .version = {}, .values = {}}
    );
    EXPECT_FALSE(restored);
    const auto unmerged = m_merging.unmerge(ScratchHost::system(), merged->merge);
    EXPECT_TRUE(field("contact", double_of, "name").is_null()) << "whatever unmerging says";
    Undo undo{*m_host.database, *m_host.records};
    std::vector<std::int64_t> all;
    for (const Event& event : events_of({}))
        if (all.empty() || all.back() != event.unit) all.push_back(event.unit);
    for (const std::int64_t commit : all)
        (void)undo.commits(ScratchHost::system(), std::span{&commit, 1}, UndoForce::yes);
    EXPECT_TRUE(field("contact", person, "name").is_null());
    EXPECT_EQ(count_in(files(), marker(1)), 0U);
}

TEST_F(ErasureTest, IsToldWithoutSayingWhoItWas)
{
    const Id person = plant(1);
    const auto erased = m_erasure.erase(ScratchHost::system(), person, "request 4711");
    ASSERT_TRUE(erased) << erased.error().message;
    EXPECT_EQ(field("erasure", *(*erased)["erasure"].as<Id>(), "contact"), Value{person.number});
    const auto events = events_of(person);
    bool is_told = false;
    for (const Event& event : events) {
        is_told |= event.type == "contact.erased";
        EXPECT_EQ(json_text(Value{event.data}).find(marker(1)), std::string::npos) << event.type;
    }
    EXPECT_TRUE(is_told);
    const auto again = m_erasure.erase(ScratchHost::system(), person, "");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().key, "privacy.erased");
    const auto held = m_subjects.collect(ScratchHost::system(), person);
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_EQ(json_text(Value{*held}).find(marker(1)), std::string::npos);
}

TEST_F(ErasureTest, LeavesTheAuditTrailWhole)
{
    const Id person = plant(1);
    const Id stays = plant(2);
    const Id double_of = plant(3);
    MergeRequest request;
    request.survivor = person;
    request.losers = {double_of};
    for (int i = 0; i < 2; ++i) { // apart and together again: addresses and purchases move
        const auto merged = m_merging.merge(ScratchHost::system(), request);
        ASSERT_TRUE(merged) << merged.error().message;
        EXPECT_EQ(audit_after("SELECT 1"), "") << "after a merge";
        if (i == 0) {
            ASSERT_TRUE(m_merging.unmerge(ScratchHost::system(), merged->merge));
        }
        EXPECT_EQ(audit_after("SELECT 1"), "") << "after it was taken back";
    }
    const AuditReport before = audit();
    ASSERT_TRUE(m_erasure.erase(ScratchHost::system(), person, "request 1"));
    const AuditReport report = audit();
    EXPECT_EQ(report.wrong, 0U) << report.findings.front().what;
    EXPECT_LT(report.rows, before.rows);
    ASSERT_EQ(report.erased.size(), 1U);
    EXPECT_GT(report.erased[0].events, 10U);
    const ReadLease reader = m_host.database->read();
    const auto entries = list_audit(*reader, {.kind = "contact.erased"});
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 1U);
    EXPECT_EQ((*entries)[0].number, report.erased[0].entry) << "it is told by which entry";
    EXPECT_EQ(json_text(Value{(*entries)[0].detail}).find(marker(1)), std::string::npos);
    change("contact", stays, {{"note", "another"}});
    EXPECT_EQ(audit().wrong, 0U);
}

TEST_F(ErasureTest, IsNoCloakForOtherErasures)
{
    const Id person = plant(1);
    const Id other = plant(2);
    ASSERT_TRUE(m_erasure.erase(ScratchHost::system(), person, "request 1"));
    const std::string id = std::to_string(other.number);
    EXPECT_NE(
        audit_after(
            R"(DELETE FROM "mt$event_data" WHERE number IN (SELECT number FROM "mt$event_link" WHERE record = )"
            + id + ")"
        )
            .find("no erasure took it away"),
        std::string::npos
    );
}

/// A seal cannot be compared with a guess: the salt is gone with what it was made of.
TEST_F(ErasureTest, TakesTheSaltOfEverySealOfThePerson)
{
    const Id person = plant(1);
    const std::string salts
        = R"(SELECT count(*) FROM "mt$event" e JOIN "mt$event_data" d ON d.number = e.number
        WHERE length(e.sealed) > 0 AND e.number IN (SELECT number FROM "mt$event_link" WHERE record = )"
        + std::to_string(person.number) + ")";
    const auto count = [&] {
        const ReadLease reader = m_host.database->read();
        auto select = reader->prepare(salts);
        EXPECT_TRUE(select && select->step());
        return select->integer(0);
    };
    ASSERT_GT(count(), 0);
    ASSERT_TRUE(m_erasure.erase(ScratchHost::system(), person, "request 1"));
    EXPECT_EQ(count(), 0);
}

TEST_F(ErasureTest, IsForUsersWhoSeeAllRecords)
{
    const Id person = plant(1);
    CallContext own = ScratchHost::system();
    own.principal = {.user = Id{7}, .user_name = "u", .scope = RowScope::own, .plugin = nullptr};
    const auto denied = m_erasure.erase(own, person, "");
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, ErrorCode::denied);
    EXPECT_EQ(m_erasure.erase(ScratchHost::system(), Id{999'999}, "").error().code, ErrorCode::not_found);
}

} // namespace
} // namespace mortise::host
