#include "records/audit/act_scope.hpp"
#include "records/audit/audit_log.hpp"
#include "records/audit/audit_verify.hpp"
#include "records/tests/scratch_host.hpp"

#include <algorithm>
#include <ostream>

namespace mortise::host {
namespace {

/// Entry 1 begins the trail, each of the others is one change.
class Audit : public testing::Test {
protected:
    void SetUp() override
    {
        const auto made = host.create("contact", {{"name", "Acme"}, {"kind", "organisation"}});
        ASSERT_TRUE(made);
        organisation = made->ids.front();
        first = head().number;
        person = host.create("contact", {{"name", "Ada"}, {"email", "ada@example.com"}})->ids.front();
        for (const char* title : {"Analyst", "Countess", "Poet"})
            ASSERT_TRUE(set_title(title));
        file = host.database->file();
    }

    Result<Commit> set_title(const char* title)
    {
        return host.commit(
            {.operation = Operation::update,
             .type = "contact",
             .id = person,
             .version = {},
             .values = {{"job_title", title}}}
        );
    }

    AuditHead head()
    {
        const ReadLease reader = host.database->read();
        return audit_head(*reader).value_or(AuditHead{});
    }

    std::vector<AuditEntry> list(const AuditFilter& filter)
    {
        const ReadLease reader = host.database->read();
        auto entries = list_audit(*reader, filter);
        EXPECT_TRUE(entries) << entries.error().message;
        return entries ? *std::move(entries) : std::vector<AuditEntry>{};
    }

    AuditReport verify(std::vector<AuditHead> heads = {})
    {
        const ReadLease reader = host.database->read();
        auto report = verify_audit(*reader, {.heads = std::move(heads)});
        EXPECT_TRUE(report) << report.error().message;
        return report ? *std::move(report) : AuditReport{};
    }

    /// With no host at the file, by a connection that knows nothing of Mortise.
    void tamper(const std::string& sql)
    {
        host.close();
        {
            const auto bare
                = Connection::open({.file = file.native(), .role = ConnectionSettings::Role::writer});
            ASSERT_TRUE(bare);
            const auto done = (*bare)->execute(sql);
            ASSERT_TRUE(done) << done.error().message;
        }
        host.open();
    }

    ScratchHost host;
    std::filesystem::path file;
    std::int64_t first{0}; ///< entry of the first record
    Id organisation;
    Id person;
};

TEST_F(Audit, HasAnEntryForEachTransaction)
{
    const auto entries = list({});
    ASSERT_EQ(entries.size(), static_cast<std::size_t>(first) + 4);
    EXPECT_EQ(entries.back().kind, "audit.began");
    EXPECT_EQ(entries[3].kind, "contact.created");
    EXPECT_EQ(entries[3].actor, "system");
    EXPECT_EQ(entries[3].client, "test");
    EXPECT_EQ(entries[3].records, 2) << "the contact and its address";
    EXPECT_EQ(entries[3].events, 1);
    EXPECT_EQ(entries[0].kind, "contact.updated");
}

TEST_F(Audit, HoldsForAnUntouchedDatabase)
{
    const AuditHead before = head();
    ASSERT_TRUE(set_title("Programmer"));
    const AuditReport report = verify({before, head()});
    EXPECT_EQ(report.wrong, 0U) << report.findings.front().what;
    EXPECT_EQ(report.entries, static_cast<std::uint64_t>(head().number));
    EXPECT_EQ(report.events, 6U);
    EXPECT_EQ(report.rows, 7U) << "with the address, which has no event of its own";
    EXPECT_EQ(report.head.hash, head().hash);
    tamper("SELECT 1");
    EXPECT_EQ(verify().wrong, 0U);
}

/// `entry` counts from that of the first record; what a finding must say is in `told`.
struct Tampering {
    const char* name;
    const char* sql;
    std::int64_t entry;
    const char* told;
};

std::ostream& operator<<(std::ostream& out, const Tampering& tampering)
{
    return out << tampering.name;
}

class TamperedAudit : public Audit, public testing::WithParamInterface<Tampering> { };

TEST_P(TamperedAudit, IsFoundAtItsPlace)
{
    const Tampering& one = GetParam();
    const AuditHead kept = head();
    std::string sql = one.sql;
    for (std::size_t at = sql.find("#"); at != std::string::npos; at = sql.find("#")) // "#2": entry first + 2
        sql.replace(at, 2, std::to_string(first + (sql[at + 1] - '0')));
    tamper(sql);
    const AuditReport report = verify({kept});
    ASSERT_NE(report.wrong, 0U);
    EXPECT_EQ(report.findings.front().entry, first + one.entry) << report.findings.front().what;
    EXPECT_NE(report.findings.front().what.find(one.told), std::string::npos) << report.findings.front().what;
}

INSTANTIATE_TEST_SUITE_P(
    Tamperings,
    TamperedAudit,
    testing::Values(
        Tampering{
            "entry_actor", R"(UPDATE "mt$audit" SET actor = 'user:eve' WHERE number = #2)", 2, "was edited"
        },
        Tampering{"entry_time", R"(UPDATE "mt$audit" SET at = at + 1 WHERE number = #0)", 0, "was edited"},
        Tampering{
            "entry_content",
            R"(UPDATE "mt$audit" SET content = zeroblob(32) WHERE number = #2)",
            2,
            "was edited"
        },
        Tampering{"last_entry", R"(UPDATE "mt$audit" SET kind = 'x' WHERE number = #4)", 4, "was edited"},
        Tampering{
            "entry_hash", R"(UPDATE "mt$audit" SET hash = zeroblob(32) WHERE number = #2)", 2, "was edited"
        },
        Tampering{"delete_middle", R"(DELETE FROM "mt$audit" WHERE number = #2)", 2, "is missing"},
        Tampering{
            "delete_and_close_up",
            R"(DELETE FROM "mt$audit" WHERE number = #2; UPDATE "mt$audit" SET number = number - 1 WHERE number > #2)",
            2,
            "was edited, or is not where it was written"
        },
        Tampering{"delete_last", R"(DELETE FROM "mt$audit" WHERE number > #2)", 3, "cut off"},
        Tampering{
            "delete_last_with_all",
            R"(DELETE FROM "mt$audit" WHERE number = #4; DELETE FROM "mt$event_link" WHERE number = 5;
               DELETE FROM "mt$event_data" WHERE number = 5; DELETE FROM "mt$event" WHERE number = 5;
               UPDATE "mt$contact" SET version = 3, since = 4, job_title = 'Countess',
                   updated_at = (SELECT updated_at FROM "mt$contact_h" WHERE version = 3) WHERE since = 5;
               DELETE FROM "mt$contact_h" WHERE until = 5)",
            4,
            "was cut off"
        },
        Tampering{"delete_all", R"(DELETE FROM "mt$audit")", -1, "were taken away"},
        Tampering{
            "swap",
            R"(UPDATE "mt$audit" SET number = -1 WHERE number = #2; UPDATE "mt$audit" SET number = #2 WHERE number = #3;
               UPDATE "mt$audit" SET number = #3 WHERE number = -1)",
            2,
            "is not where it was written"
        },
        Tampering{
            "insert",
            R"(UPDATE "mt$audit" SET number = 99 WHERE number = #4;
               INSERT INTO "mt$audit" SELECT #4, at, actor, account, client, way, kind, 0, 0, last, detail, content, hash
                   FROM "mt$audit" WHERE number = #3;
               UPDATE "mt$audit" SET number = #4 + 1 WHERE number = 99)",
            4,
            "was edited, or is not where it was written"
        },
        Tampering{
            "event_data",
            R"(UPDATE "mt$event_data" SET data = '{}' WHERE number = 3)",
            2,
            "event 3 is not what was written"
        },
        Tampering{
            "event_data_gone",
            R"(DELETE FROM "mt$event_data" WHERE number = 3)",
            2,
            "what event 3 said is missing"
        },
        Tampering{
            "event_time",
            R"(UPDATE "mt$event" SET time = time + 1 WHERE number = 3)",
            2,
            "event 3 is not what was written"
        },
        Tampering{
            "event_client",
            R"(UPDATE "mt$event" SET client = type WHERE number = 3)",
            2,
            "not as it was written (who"
        },
        Tampering{
            "event_links",
            R"(UPDATE "mt$event" SET links = 'owner=7' WHERE number = 3)",
            2,
            "not as it was written (who"
        },
        Tampering{
            "name_of_actor",
            R"(UPDATE "mt$name" SET text = 'user:eve' WHERE text = 'system')",
            0,
            "not as it was written (who"
        },
        Tampering{"event_gone", R"(DELETE FROM "mt$event" WHERE number = 3)", 2, "event 3 is missing"},
        Tampering{
            "event_inserted",
            R"(INSERT INTO "mt$event" SELECT 6, type, subject, subject_type, time, recorded, actor, client, schema, class,
                   external, 6, cause, correlation, depth, leaf, links, sealed FROM "mt$event" WHERE number = 5)",
            5,
            "were cut off"
        },
        Tampering{
            "row",
            R"(UPDATE "mt$contact" SET job_title = 'Queen' WHERE version = 4)",
            4,
            "is not what was written"
        },
        Tampering{
            "row_owner",
            R"(UPDATE "mt$contact" SET owner = 77 WHERE version = 4)",
            4,
            "is not what was written"
        },
        Tampering{"point", R"(UPDATE "mt$contact_point" SET value = 'eve@example.com')", 1, "contact_point"},
        Tampering{
            "history",
            R"(UPDATE "mt$contact_h" SET job_title = 'Queen' WHERE version = 2)",
            2,
            "is not what was written"
        },
        Tampering{"history_gone", R"(DELETE FROM "mt$contact_h" WHERE version = 2)", 2, "is missing"},
        Tampering{"row_gone", R"(DELETE FROM "mt$contact_point")", 1, "is missing"},
        Tampering{
            "row_inserted",
            R"(INSERT INTO "mt$contact_point" (id, version, created_at, updated_at, since, contact, kind, value)
               SELECT 9999, 1, created_at, updated_at, 3, contact, kind, 'eve@example.com' FROM "mt$contact_point")",
            2,
            "was written by no transaction"
        }
    ),
    [](const auto& one) { return std::string{one.param.name}; }
);

/// Who knows how hashes are made can write the rest of the trail anew. A head that was kept tells it.
TEST_F(Audit, ARewrittenTrailIsFoundByAHeadThatWasKept)
{
    const AuditHead early = head();
    ASSERT_TRUE(set_title("Programmer"));
    const AuditHead late = head();
    std::vector<AuditEntry> entries = list({});
    std::ranges::reverse(entries);
    std::string sql;
    Digest before{};
    for (AuditEntry& entry : entries) {
        if (entry.number == first + 5) entry.actor = "user:eve";
        entry.hash = audit_hash(entry, before);
        before = entry.hash;
        sql += "UPDATE \"mt$audit\" SET actor = '" + entry.actor + "', hash = x'" + hex(entry.hash)
            + "' WHERE number = " + std::to_string(entry.number) + ';';
    }
    tamper(sql);
    EXPECT_EQ(verify({early}).wrong, 0U) << "the trail fits itself, and what is kept is older";
    const AuditReport report = verify({early, late});
    ASSERT_EQ(report.wrong, 1U);
    EXPECT_EQ(report.findings[0].entry, late.number);
    EXPECT_NE(
        report.findings[0].what.find("some entry after " + std::to_string(early.number)), std::string::npos
    );
}

TEST_F(Audit, BeginsWhereADatabaseOfAnOlderHostIsOpened)
{
    tamper(R"(DROP TABLE "mt$audit"; UPDATE "mt$event" SET sealed = NULL)");
    const AuditReport report = verify();
    EXPECT_EQ(report.wrong, 0U) << report.findings.front().what;
    EXPECT_EQ(report.entries, 1U);
    EXPECT_EQ(report.before, 5U);
    ASSERT_TRUE(set_title("Programmer"));
    EXPECT_EQ(verify().rows, 1U);
}

TEST_F(Audit, TellsOfEventsThatAnOlderHostWrote)
{
    tamper(
        R"(INSERT INTO "mt$event" SELECT 6, type, NULL, NULL, time, recorded, actor, client, schema, class, external, 6,
        cause, correlation, depth, leaf, links, NULL FROM "mt$event" WHERE number = 5;
        INSERT INTO "mt$event_data" SELECT 6, salt, data FROM "mt$event_data" WHERE number = 5;
        UPDATE "mt$event" SET leaf = leaf WHERE number = 6)"
    );
    const AuditReport report = verify();
    ASSERT_EQ(report.remarks.size(), 1U);
    EXPECT_EQ(report.remarks[0].entry, first + 5);
    EXPECT_NE(report.remarks[0].what.find("event 6"), std::string::npos);
}

TEST_F(Audit, KnowsAnErasureByAnOlderHost)
{
    const std::string id = std::to_string(person.number);
    tamper(
        R"(INSERT INTO "mt$name" (text) VALUES ('contact.erased');
        INSERT INTO "mt$event" SELECT 6, (SELECT id FROM "mt$name" WHERE text = 'contact.erased'), )"
        + id + R"(, subject_type, time, recorded, actor, client, schema, class, external, 6,
            cause, correlation, depth, leaf, links, NULL FROM "mt$event" WHERE number = 5;
        UPDATE "mt$event" SET links = NULL WHERE number = 6;
        DELETE FROM "mt$event_data" WHERE number IN (SELECT number FROM "mt$event_link" WHERE record = )"
        + id + R"(); UPDATE "mt$contact" SET job_title = NULL, since = 6 WHERE id = )" + id + R"(;
        DELETE FROM "mt$contact_h" WHERE id = )"
        + id
    );
    const AuditReport report = verify();
    EXPECT_EQ(report.wrong, 0U) << report.findings.front().what;
    ASSERT_EQ(report.erased.size(), 1U);
    EXPECT_EQ(report.erased[0].events, 5U);
}

TEST_F(Audit, WhatIsDoneInSomebodysNameHasAnEntryInItsTransaction)
{
    const AuditAct act{
        .actor = "user:ann",
        .account = "ann",
        .client = "cli",
        .way = "settings.set",
        .detail = R"({"plugin":"acme.score"})"
    };
    const auto set = [&](bool works) {
        const ActScope scope{&act};
        return host.writer->run([works](Connection& connection) -> Result<void> {
            MORTISE_CHECK(connection.execute(R"(INSERT OR REPLACE INTO "mt$meta" VALUES ('country', 'DE'))"));
            return works ? Result<void>{} : Error{ErrorCode::refused, "no", "test.no", {}, {}};
        });
    };
    const AuditHead before = head();
    EXPECT_FALSE(set(false));
    EXPECT_EQ(head().hash, before.hash);
    ASSERT_TRUE(set(true));
    const auto entries = list({.person = "ann", .plugin = "acme.score", .kind = "settings.*"});
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].number, before.number + 1);
    EXPECT_EQ(entries[0].account, "ann");
    EXPECT_EQ(verify({before, head()}).wrong, 0U);
    EXPECT_TRUE(list({.person = "an"}).empty());
    EXPECT_TRUE(list({.kind = "contact.erased"}).empty());
    EXPECT_EQ(list({.kind = "contact.*", .limit = 2}).size(), 2U);
    EXPECT_EQ(list({.before = 2}).size(), 1U);
}

TEST_F(Audit, AUnitThatFailsLeavesNoEntryAndNoGap)
{
    const AuditHead before = head();
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = {},
         .version = {},
         .values = {{"name", "Eve"}}}
    );
    unit.also
        = [](Connection&) -> Result<void> { return Error{ErrorCode::refused, "no", "test.no", {}, {}}; };
    EXPECT_FALSE(host.records->commit(ScratchHost::system(), unit));
    EXPECT_EQ(head().hash, before.hash);
    ASSERT_TRUE(set_title("Programmer"));
    EXPECT_EQ(head().number, before.number + 1);
    EXPECT_EQ(verify().wrong, 0U);
}

TEST_F(Audit, WorkThatFailsAfterItsEntryLeavesNoneAndNoGap)
{
    const AuditHead before = head();
    const auto failed = host.writer->run(Writer::Work{[](WriteTransaction& transaction) -> Result<void> {
        MORTISE_CHECK(transaction.events.tell(transaction.connection, "test.told", "{}", transaction.now));
        return Error{ErrorCode::refused, "no", "test.no", {}, {}};
    }});
    EXPECT_FALSE(failed);
    EXPECT_EQ(head().hash, before.hash);
    ASSERT_TRUE(set_title("Programmer"));
    EXPECT_EQ(head().number, before.number + 1);
    const AuditReport report = verify({before});
    EXPECT_EQ(report.wrong, 0U) << report.findings.front().what;
}

/// Each kind of field is sealed as it is read back.
TEST_F(Audit, HoldsForEveryKindOfField)
{
    std::vector<TypeDeclaration> types(1);
    types[0].name = "sample";
    types[0].plural = "samples";
    Map values;
    const std::vector<std::pair<FieldKind, Value>> kinds{
        {FieldKind::text, "a"},
        {FieldKind::boolean, true},
        {FieldKind::integer, std::int64_t{7}},
        {FieldKind::decimal, "1.5"},
        {FieldKind::percent, "12.50"},
        {FieldKind::money, "12.30 EUR"},
        {FieldKind::date, "2026-02-03"},
        {FieldKind::instant, "2026-02-03T04:05:06Z"},
        {FieldKind::time_of_day, "04:05"},
        {FieldKind::duration, "PT1H"},
        {FieldKind::list, List{Value{"b"}, Value{"a"}, Value{1.0}, Value{Id{3}}}},
        {FieldKind::json, Map{{"z", 1.0}, {"a", List{Value{}, Value{0.1}}}, {"m", Decimal{150, 2}}}},
        {FieldKind::address, Map{{"city", "Bath"}}},
        {FieldKind::phone, "+44 20 7946 0958"},
        {FieldKind::url, "EXAMPLE.com/a"},
        {FieldKind::email, "Ada@Example.com"},
        {FieldKind::reference, person},
    };
    for (const auto& [kind, value] : kinds) {
        Field field{.name = "f_" + std::to_string(values.size()), .kind = kind};
        if (kind == FieldKind::decimal || kind == FieldKind::percent) field.scale = 2;
        if (kind == FieldKind::reference) field.reference_type = "contact";
        types[0].fields.push_back(field);
        values.set(field.name, value);
    }
    types[0].title_field = "f_0";
    const auto declared = host.records->declare("acme.sample", types);
    ASSERT_TRUE(declared) << declared.error().message;
    const auto made = host.create("sample", values);
    ASSERT_TRUE(made) << made.error().message << made.error().where;
    for (const char* text : {"b", "c"})
        ASSERT_TRUE(host.commit(
            {.operation = Operation::update,
             .type = "sample",
             .id = made->ids[0],
             .version = {},
             .values = {{"f_0", text}}}
        ));
    for (const Operation operation : {Operation::remove, Operation::restore})
        ASSERT_TRUE(host.commit(
            {.operation = operation, .type = "sample", .id = made->ids[0], .version = {}, .values = {}}
        ));
    const AuditReport report = verify();
    EXPECT_EQ(report.wrong, 0U) << report.findings.front().what;
    EXPECT_EQ(report.rows, 6U + 5U);
}

TEST_F(Audit, VerificationTellsHowFarItIsAndCanBeStopped)
{
    std::uint64_t all = 0;
    const ReadLease reader = host.database->read();
    ASSERT_TRUE(verify_audit(*reader, {.on_progress = [&](std::uint64_t, std::uint64_t count) {
        all = count;
    }}));
    EXPECT_EQ(all, static_cast<std::uint64_t>(head().number));
    const std::atomic<bool> cancel{true};
    EXPECT_EQ(verify_audit(*reader, {.cancel = &cancel}).error().code, ErrorCode::cancelled);
}

} // namespace
} // namespace mortise::host
