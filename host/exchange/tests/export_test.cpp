#include "access/role.hpp"
#include "base/json.hpp"
#include "exchange/export/exporter.hpp"
#include "exchange/import/import_job.hpp"
#include "records/restrictions.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/type_declaration.hpp"
#include "records/undo.hpp"

#include <boost/json/value.hpp>

#include <algorithm>

namespace mortise::host {
namespace {

std::string exported(ScratchHost& host, const ExportRequest& request)
{
    Views views{*host.database, *host.records};
    StringSink sink;
    const auto written = run_export(*host.records, views, ScratchHost::system(), request, sink);
    EXPECT_TRUE(written) << written.error().message;
    return sink.text();
}

/// All contacts without what differs between two databases.
std::vector<Map> contacts(ScratchHost& host)
{
    std::vector<Map> found;
    const auto page = host.records->list(
        Principal::system(), "contact", {.sort = "", .limit = 1000, .after = {}, .deleted = false}
    );
    for (const Row& row : page->rows) {
        Map map = map_of(*host.records->schema()->find("contact"), row);
        for (const char* own : {"id", "version", "created_at", "updated_at"})
            map.erase(own);
        found.push_back(std::move(map));
    }
    return found;
}

void fill(ScratchHost& host)
{
    ASSERT_TRUE(host.create(
        "contact",
        {{"name", "Quote \" comma, and\nline"},
         {"kind", "organisation"},
         {"tags", List{"a", "b; c"}},
         {"annual_revenue", Map{{"amount", "1100.04"}, {"currency", "USD"}}},
         {"note", "=1+1"}}
    ));
    ASSERT_TRUE(host.create(
        "contact",
        {{"given_name", "Zoë"},
         {"family_name", "Müller"},
         {"employees", 7},
         {"birthday", "--02-03"},
         {"address", Map{{"street", "Ring 1"}, {"locality", "Wien"}, {"country", "Austria"}}}}
    ));
}

TEST(Export, GivesTheSameRecordsBack)
{
    for (const auto& [out, in] :
         {std::pair{ExportFormat::jsonl, ImportFormat::jsonl}, std::pair{ExportFormat::csv, ImportFormat::csv}
         }) {
        ScratchHost from;
        fill(from);
        const std::string text = exported(from, {.type = "contact", .format = out, .source = "mortise:a"});
        ScratchHost to;
        MemorySource source{text};
        ImportRequest request{.file = "x", .format = in};
        std::string complaints;
        request.on_complaint
            = [&](const ImportComplaint& complaint) { complaints += complaint.error.message + "\n"; };
        const auto outcome = run_import(*to.database, *to.records, ScratchHost::system(), source, request);
        ASSERT_TRUE(outcome) << outcome.error().message << text;
        EXPECT_EQ(outcome->progress.created, 2U) << complaints << text;
        EXPECT_EQ(contacts(to), contacts(from)) << text;
    }
}

TEST(Export, WritesOnlyWhatFulfilsTheCondition)
{
    ScratchHost host;
    fill(host);
    const std::string text
        = exported(host, {.type = "contacts", .format = ExportFormat::jsonl, .where = "kind = 'person'"});
    EXPECT_EQ(std::ranges::count(text, '\n'), 1);
    EXPECT_NE(text.find("Zoë"), std::string::npos);
    Views views{*host.database, *host.records};
    StringSink sink;
    const auto wrong = run_export(
        *host.records, views, ScratchHost::system(), {.type = "contact", .where = "shoe_size > 4"}, sink
    );
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().key, "query.unknown_name");
}

TEST(Export, CarriesContactsThroughVCards)
{
    ScratchHost from;
    MemorySource card{
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Lovelace\r\nN:Lovelace;Ada;;;\r\n"
        "EMAIL;TYPE=HOME:ada@example.com\r\nEMAIL;TYPE=WORK,PREF:ada@work.example\r\n"
        "TEL;TYPE=CELL:+43 1 234567\r\nADR;TYPE=HOME:;;Ring 1;Wien;;1010;Austria\r\nEND:VCARD\r\n"
    };
    ImportRequest request{.file = "a.vcf", .format = ImportFormat::vcard};
    std::string complaints;
    request.on_complaint = [&](const ImportComplaint& complaint) { complaints += complaint.error.message; };
    const auto outcome = run_import(*from.database, *from.records, ScratchHost::system(), card, request);
    ASSERT_TRUE(outcome);
    ASSERT_EQ(outcome->progress.created, 1U) << complaints;
    const auto points = from.records->list(Principal::system(), "contact_point", {});
    EXPECT_EQ(points->rows.size(), 4U);
    EXPECT_EQ(contacts(from).front()["email"], Value{"ada@work.example"}) << "the preferred one";

    const std::string text = exported(from, {.type = "contact", .format = ExportFormat::vcard});
    ScratchHost to;
    MemorySource again{text};
    ASSERT_EQ(
        run_import(*to.database, *to.records, ScratchHost::system(), again, request)->progress.created, 1U
    ) << text;
    EXPECT_EQ(contacts(to), contacts(from)) << text;

    Undo undo{*from.database, *from.records};
    ASSERT_TRUE(undo.import(ScratchHost::system(), outcome->import, UndoForce::no));
    EXPECT_TRUE(contacts(from).empty());
    EXPECT_TRUE(from.records->list(Principal::system(), "contact_point", {})->rows.empty());
}

void restrict(ScratchHost& host, Id contact)
{
    ASSERT_TRUE(host.writer->run([&](Connection& connection) {
        return add_restriction(connection, {contact, "disputed", "user:anna", host.clock.now()});
    }));
}

TEST(Export, LeavesOutWhatRefersToRestrictedContactsAlsoWhereThatIsHidden)
{
    ScratchHost host;
    const auto types = parse_type_declarations(
        *parse_json(
            R"([{"name": "note", "title_field": "text", "fields": [{"name": "text", "kind": "text"},
            {"name": "writer", "kind": "reference", "reference": "contact"},
            {"name": "person", "kind": "reference", "reference": "contact"}]}])",
            "types"
        ),
        "/types",
        ""
    );
    ASSERT_TRUE(types) << types.error().message;
    ASSERT_TRUE(host.records->declare("com.test", *types));
    const Id ada = host.create("contact", {{"name", "Ada"}})->ids.front();
    const Id bob = host.create("contact", {{"name", "Bob"}})->ids.front();
    ASSERT_TRUE(host.create("note", {{"text", "of Ada"}, {"writer", bob}, {"person", ada}}));
    ASSERT_TRUE(host.create("note", {{"text", "by Ada"}, {"writer", ada}, {"person", bob}}));
    ASSERT_TRUE(host.create("note", {{"text", "of Bob"}, {"person", bob}}));
    restrict(host, ada);
    CallContext context;
    context.principal.user = Id{5};
    context.principal.user_name = "max";
    constexpr const char* role
        = R"({"name": "desk", "types": {"*": {"read": "all"}, "note": {"read": "all", "hidden": ["person", "writer"]}}})";
    const auto parsed = parse_role(*parse_json(role, "role"));
    ASSERT_TRUE(parsed) << parsed.error().message;
    context.principal.rights = std::make_shared<const Rights>(std::vector<Role>{*parsed});
    Views views{*host.database, *host.records};
    for (const char* where : {"", "text <> ''"}) {
        StringSink sink;
        const auto done = run_export(
            *host.records,
            views,
            context,
            {.type = "note", .format = ExportFormat::jsonl, .where = where},
            sink
        );
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_EQ(done->records, 1U) << where;
        EXPECT_EQ(done->restricted, 2U) << where;
        EXPECT_NE(sink.text().find("of Bob"), std::string::npos) << sink.text();
        EXPECT_EQ(sink.text().find("Ada"), std::string::npos) << sink.text();
    }
}

TEST(Export, LeavesOutWhoIsRestrictedWhileItRuns)
{
    ScratchHost host;
    UnitOfWork unit;
    for (int i = 0; i < 700; ++i) // more than a page
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = {},
             .version = {},
             .values = {{"name", i == 699 ? "Last" : "Contact"}}}
        );
    const auto made = host.records->commit(ScratchHost::system(), unit);
    ASSERT_TRUE(made) << made.error().message;
    Views views{*host.database, *host.records};
    StringSink sink;
    bool is_first = true;
    ExportRequest request{.type = "contact", .format = ExportFormat::jsonl};
    request.on_progress = [&](std::uint64_t) {
        if (std::exchange(is_first, false)) restrict(host, made->ids.back());
    };
    const auto done = run_export(*host.records, views, ScratchHost::system(), request, sink);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->records, 699U);
    EXPECT_EQ(done->restricted, 1U);
    EXPECT_EQ(sink.text().find("Last"), std::string::npos);
}

} // namespace
} // namespace mortise::host
