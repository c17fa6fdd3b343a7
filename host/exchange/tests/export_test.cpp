#include "exchange/export/exporter.hpp"
#include "exchange/import/import_job.hpp"
#include "records/tests/scratch_host.hpp"
#include "records/undo.hpp"

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

} // namespace
} // namespace mortise::host
