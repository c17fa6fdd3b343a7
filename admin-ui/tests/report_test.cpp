#include "base/base64.hpp"
#include "base/json_read.hpp"
#include "model/report_table.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <fstream>
#include <iterator>
#include <unistd.h>

namespace mortise::ui::testing {
namespace {

using boost::json::parse;

constexpr std::string_view pivot = R"json({
    "kind": "pivot", "title": "Report", "at": "2026-11-25T12:00:00Z",
    "rows": [{"name": "stage", "label": "Stage", "keys": [{"key": 7, "label": "Won"}, {"key": 8, "label": "Lost"}]}],
    "columns": [{"name": "close_date", "label": "Close date",
                 "keys": [{"key": "2026-01-01", "label": "2026 Q1"}, {"key": null, "label": "(none)"}]}],
    "measures": [{"name": "n", "label": "Deals", "kind": "int"},
                 {"name": "sum", "label": "Amount", "kind": "money", "currency": "EUR"}],
    "cells": [
        {"row": [], "column": [], "values": {"n": 1250, "sum": {"amount": "1500.00", "currency": "EUR"}}},
        {"row": [], "column": ["2026-01-01"], "values": {"n": 1249, "sum": {"amount": "1500.00", "currency": "EUR"}}},
        {"row": [], "column": [null], "values": {"n": 1, "sum": null}},
        {"row": [7], "column": [], "values": {"n": 1249, "sum": {"amount": "1500.00", "currency": "EUR"}}},
        {"row": [7], "column": ["2026-01-01"], "values": {"n": 1249, "sum": {"amount": "1500.00", "currency": "EUR"}}},
        {"row": [8], "column": [], "values": {"n": 1, "sum": null}},
        {"row": [8], "column": [null], "values": {"n": 1, "sum": null}}]
})json";

std::string text_in(const ReportTable& table, std::int64_t row, const std::string& key)
{
    const auto cell = table.cell(row, {.key = key});
    return cell ? cell->text : "nothing";
}

class Reports : public ::testing::Test {
protected:
    void SetUp() override
    {
        make_world(script);
        script.answer(
            "commands.list",
            parse(
                R"({"commands": [{"name": "reporting.run", "title": "Run report", "provider": "mortise.reporting",
                "effect": "read", "arguments": {"type": "object"}}]})"
            )
        );
        script.answer("commands.call", [this](const boost::json::object& params) -> Result<boost::json::value> {
            const std::string name{params.at("name").as_string()};
            if (name == "reporting.run") {
                if (wrong) return *wrong;
                return parse(pivot);
            }
            if (name == "reporting.drill")
                return parse(
                    R"({"type": "opportunity", "count": 2, "records": [{"id": "31", "title": "Big deal"}, {"id": "32", "title": "Small deal"}]})"
                );
            if (name == "reporting.export")
                return boost::json::value{{"content", base64_of("a,b\r\n1,2\r\n")}};
            return parse(R"({"report": "77", "transaction": "9"})");
        });
        console.emplace([this] { return script.connect(); });
        console->open("report/new");
    }

    boost::json::object sent(std::string_view command)
    {
        for (auto params = script.all_params("commands.call"); !params.empty(); params.pop_back())
            if (params.back().at("name").as_string() == command)
                return params.back().at("arguments").as_object();
        return {};
    }
    boost::json::value asked() { return at(sent("reporting.run"), "definition"); }

    Script script;
    std::optional<Error> wrong;
    std::optional<TestConsole> console;
};

TEST(ReportTable, PutsTotalsLastAndNamesEachColumn)
{
    ReportTable table;
    table.take(parse(pivot), "opportunity");
    std::string labels;
    for (const GridColumn& column : table.grid_columns())
        labels += column.label + '|';
    EXPECT_EQ(
        labels,
        "Stage|2026 Q1, Deals|2026 Q1, Amount|(none), Deals|(none), Amount|Total, Deals|Total, Amount|"
    );
    ASSERT_EQ(table.count(), 3);
    EXPECT_EQ(text_in(table, 0, "r0"), "Won");
    EXPECT_EQ(text_in(table, 2, "r0"), "Total");
    EXPECT_EQ(text_in(table, 0, "c1"), "1,500.00 EUR");
    EXPECT_EQ(text_in(table, 0, "c2"), "") << "that combination does not occur";
    EXPECT_EQ(text_in(table, 2, "c4"), "1,250");
}

TEST(ReportTable, KnowsWhatToAskForTheRecordsBehindAFigure)
{
    ReportTable table;
    table.take(parse(pivot), "opportunity");
    EXPECT_EQ(
        boost::json::value(*table.behind(0, "c1")),
        parse(R"({"row": [7], "column": ["2026-01-01"], "measure": "sum"})")
    );
    EXPECT_EQ(boost::json::value(*table.behind(2, "r0")), parse(R"({"row": [], "column": []})"));
    EXPECT_EQ(table.name_of(0, "c0"), "Won, 2026 Q1, Deals");
    EXPECT_FALSE(table.behind(3, "c0"));
}

TEST(ReportTable, TakesAnyJson)
{
    for (const std::string_view text :
         {"null",
          "[]",
          R"({"cells": [1, {"row": 5}, {"row": [[]], "column": [{}], "values": 7}], "rows": {}, "measures": [null]})",
          R"({"cohorts": [{"periods": [null, "x"]}, 3]})",
          R"({"records": [null, 1], "columns": [5]})",
          R"({"steps": [{"count": "many"}]})"}) {
        ReportTable table;
        table.take(parse(text), "contact");
        for (std::int64_t row = 0; row < table.count(); ++row)
            for (const GridColumn& column : table.grid_columns()) {
                (void)table.cell(row, column);
                (void)table.behind(row, column.key);
                (void)table.name_of(row, column.key);
            }
        (void)table.chart();
        (void)table.chart_kind("auto");
    }
}

TEST(ReportTable, ShowsFunnelsAndCohorts)
{
    ReportTable funnel;
    funnel.take(
        parse(
            R"({"steps": [{"step": "seen", "count": 10, "share_of_first": "1"}, {"step": "won", "count": 4}]})"
        ),
        ""
    );
    EXPECT_EQ(text_in(funnel, 1, "count"), "4");
    EXPECT_EQ(funnel.chart_kind("auto"), ChartKind::funnel);
    EXPECT_EQ(boost::json::value(*funnel.behind(1, "count")), parse(R"({"step": 2})"));
    ReportTable cohort;
    cohort.take(
        parse(
            R"({"cohorts": [{"start": "2026-01-01", "label": "2026-01", "size": 4, "periods": [4, 2]}, {"start": "2026-02-01", "label": "2026-02", "size": 1, "periods": [1]}]})"
        ),
        ""
    );
    EXPECT_EQ(text_in(cohort, 0, "p1"), "2");
    EXPECT_EQ(cohort.cell(0, {.key = "p1"})->share, 0.5);
    EXPECT_EQ(text_in(cohort, 1, "p1"), "");
    EXPECT_EQ(boost::json::value(*cohort.behind(0, "p1")), parse(R"({"cohort": "2026-01-01", "period": 1})"));
}

TEST(Base64, GivesBackWhatWasWritten)
{
    for (const std::string_view bytes : {"", "a", "ab", "abc", "abcd\xFF\x00z"})
        EXPECT_EQ(*bytes_of_base64(base64_of(bytes)), bytes);
    EXPECT_FALSE(bytes_of_base64("abc"));
    EXPECT_FALSE(bytes_of_base64("ab!="));
}

TEST_F(Reports, AsksWhileTheDefinitionIsWritten)
{
    EXPECT_EQ(asked(), parse(R"({"source": "contact", "rows": ["kind"]})"));
    EXPECT_TRUE(console->sees("1,500.00 EUR")) << console->all_seen();
    console->click("Add a figure");
    console->settle();
    EXPECT_EQ(array_at(asked(), "measures").size(), 2U) << "how many, and a sum";
    console->click("Remove this figure");
    console->settle();
    EXPECT_EQ(array_at(asked(), "measures").size(), 1U);
}

TEST_F(Reports, StartsAnewForAnotherType)
{
    console->click("About");
    console->frames(2);
    console->click("Opportunities");
    console->settle();
    EXPECT_EQ(asked(), parse(R"({"source": "opportunity", "kind": "pivot"})"))
        << boost::json::serialize(asked());
    console->click("Add a row group");
    console->settle();
    EXPECT_EQ(array_at(asked(), "rows").size(), 1U);
    console->click("Add a figure");
    console->settle();
    ASSERT_EQ(array_at(asked(), "measures").size(), 2U) << boost::json::serialize(asked());
    EXPECT_EQ(text_at(array_at(asked(), "measures")[1], "of"), "sum");
}

TEST_F(Reports, TakesAPeriodAndComparesItWithTheOneBefore)
{
    console->click("Period of");
    console->frames(2);
    console->click("by created");
    console->settle();
    EXPECT_EQ(at(asked(), "period"), parse(R"({"field": "created_at", "is": "this_year"})"));
    console->click("Compare");
    console->frames(2);
    console->click("beside the one before");
    console->settle();
    EXPECT_EQ(text_at(at(asked(), "period"), "compare"), "previous");
}

TEST_F(Reports, FiltersByRules)
{
    console->click("Field rule");
    console->settle();
    const auto filters = array_at(asked(), "filters");
    ASSERT_EQ(filters.size(), 1U);
    EXPECT_EQ(text_at(filters[0], "is"), "is_set");
    EXPECT_FALSE(console->has_control("Event rule")) << "reports know none";
    console->click("Remove this rule");
    console->settle();
    EXPECT_TRUE(at(asked(), "filters").is_null());
}

TEST_F(Reports, MarksWhatIsWrongAndDoesNotSaveIt)
{
    wrong = Error{
        ErrorCode::invalid, "contact has no field kind", "reporting.unknown", "/rows/0", "look at it"
    };
    console->type("By kind");
    console->click("Field rule");
    console->settle();
    EXPECT_TRUE(console->sees("contact has no field kind")) << console->all_seen();
    console->press(Key::s, true);
    console->settle();
    EXPECT_TRUE(sent("reporting.create_report").empty());
}

TEST_F(Reports, SavesUnderANameAndOpensIt)
{
    console->type("By kind");
    console->press(Key::s, true);
    console->settle();
    EXPECT_EQ(sent("reporting.create_report").at("name").as_string(), "By kind");
    EXPECT_EQ(console->shell().place(), "report/77");
}

TEST_F(Reports, ShowsTheRecordsBehindAFigure)
{
    const Box figure = console->find("1,500.00 EUR");
    const ImVec2 middle{(figure.min.x + figure.max.x) / 2, (figure.min.y + figure.max.y) / 2};
    console->click_at(middle);
    console->press(Key::enter);
    console->settle();
    EXPECT_EQ(at(sent("reporting.drill"), "row"), parse("[7]"))
        << boost::json::serialize(sent("reporting.drill"));
    EXPECT_EQ(text_at(sent("reporting.drill"), "measure"), "sum");
    EXPECT_TRUE(console->sees("Won, 2026 Q1, Amount: 2 records")) << console->all_seen();
    EXPECT_TRUE(console->sees("Big deal"));
}

TEST_F(Reports, KeepsWhatItHasNoControlFor)
{
    const auto definition
        = parse(R"({"source": "opportunity", "rows": [{"field": "amount", "bins": {"width": 100}}],
        "joins": [{"as": "moves", "type": "stage_history", "by": "opportunity"}],
        "measures": [{"as": "n", "of": "count", "where": {"field": "status", "is": "eq", "value": "won"}},
                     {"as": "share", "share": "n", "within": "row"}],
        "currency": {"convert": "EUR", "rates": {"USD": "0.92"}, "on": "2026-01-01"},
        "filters": [{"any": [{"field": "close_date", "is": "in_period", "value": {"last": 30, "unit": "day"}}]}]})"
        );
    script.answer(
        "records.get",
        boost::json::object{{"id", "7"}, {"name", "Old"}, {"definition", definition}, {"version", 1}}
    );
    console->open("report/7");
    EXPECT_TRUE(console->sees("Old"));
    EXPECT_EQ(asked(), definition) << boost::json::serialize(asked());
}

TEST_F(Reports, TakesTheDefinitionAsJson)
{
    console->click("As JSON");
    console->settle();
    EXPECT_TRUE(console->has_control("Definition")) << console->all_seen();
}

TEST_F(Reports, WritesAFileAndNeverOverOneUnasked)
{
    const std::filesystem::path file
        = std::filesystem::temp_directory_path() / ("mortise-report-" + std::to_string(::getpid()) + ".csv");
    console->click("Export");
    console->settle();
    console->type(file.native());
    console->click("Write the file");
    console->settle();
    std::ifstream in{file, std::ios::binary};
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>{in}, {}}), "a,b\r\n1,2\r\n");
    console->click("Export");
    console->settle();
    console->click("Write the file");
    console->settle();
    EXPECT_TRUE(console->sees("is there already")) << console->all_seen();
    std::filesystem::remove(file);
}

TEST_F(Reports, SaysThatThePluginIsOff)
{
    script.answer("commands.list", boost::json::object{{"commands", boost::json::array{}}});
    console.reset();
    console.emplace([this] { return script.connect(); });
    console->open("report/new");
    EXPECT_TRUE(console->sees("Reports need the plugin Reporting"));
}

} // namespace
} // namespace mortise::ui::testing
