#include "base/json_read.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace mortise::ui::testing {
namespace {

using boost::json::parse;

constexpr std::string_view by_stage = R"json({
    "kind": "pivot", "title": "By stage", "at": "2026-11-25T12:00:00Z",
    "rows": [{"name": "stage", "label": "Stage", "keys": [{"key": 7, "label": "Won"}, {"key": 8, "label": "Lost"}]}],
    "columns": [], "measures": [{"name": "n", "label": "Deals", "kind": "int"}],
    "cells": [{"row": [], "column": [], "values": {"n": 12}}, {"row": [7], "column": [], "values": {"n": 11}},
              {"row": [8], "column": [], "values": {"n": 1}}]})json";

constexpr std::string_view score = R"json({
    "kind": "scorecard", "title": "Open", "at": "2026-11-25T12:00:00Z", "rows": [], "columns": [],
    "measures": [{"name": "open", "label": "Open deals", "kind": "int"}],
    "cells": [{"row": [], "column": [], "values": {"open": 4321}}]})json";

class Dashboards : public ::testing::Test {
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
        script.answer(
            "records.list",
            [this](const boost::json::object& params) -> Result<boost::json::value> {
                if (params.at("type").as_string() == "dashboard") return parse(dashboards);
                return parse(
                    R"({"records": [{"id": "71", "name": "By stage", "definition": {"chart": "none"}},
                {"id": "72", "name": "Open"}, {"id": "73", "name": "Wrong"}, {"id": "74", "name": "Another"}]})"
                );
            }
        );
        script.answer("commands.call", [](const boost::json::object& params) -> Result<boost::json::value> {
            if (params.at("name").as_string() != "reporting.run") return parse(R"({"transaction": "9"})");
            const std::string report = text_of(at(params.at("arguments"), "report"));
            if (report == "Wrong")
                return Error{
                    ErrorCode::invalid, "opportunity has no field kind", "reporting.unknown", "", ""
                };
            return parse(report == "Open" ? score : by_stage);
        });
        script.answer("records.update", parse(R"({"record": {"id": "12"}, "transaction": "9"})"));
        script.answer("records.create", parse(R"({"record": {"id": "12"}, "transaction": "9"})"));
        console.emplace([this] { return script.connect(); });
    }

    boost::json::value sent_tiles()
    {
        return at(at(boost::json::value(script.last_params("records.update")), "values"), "tiles");
    }

    std::string dashboards = R"({"records": [{"id": "12", "name": "Sales", "version": 3,
        "filters": [{"field": "status", "is": "eq", "value": "open"}],
        "tiles": [{"report": "By stage"}, {"report": "Wrong"}, {"report": "Open"}]},
        {"id": "13", "name": "Service", "version": 1, "tiles": []}]})";
    Script script;
    std::optional<TestConsole> console;
};

TEST_F(Dashboards, DrawEachReportByItselfSoThatAWrongOneHidesNoOther)
{
    console->open("dashboards");
    EXPECT_TRUE(console->sees("Won")) << console->all_seen();
    EXPECT_TRUE(console->sees("4,321")) << "a scorecard is its figures";
    EXPECT_TRUE(console->sees("opportunity has no field kind"));
    int asked = 0;
    for (const auto& params : script.all_params("commands.call"))
        if (params.at("name").as_string() == "reporting.run") {
            ++asked;
            EXPECT_EQ(
                at(params.at("arguments"), "filters"),
                parse(R"([{"field": "status", "is": "eq", "value": "open"}])")
            );
        }
    EXPECT_EQ(asked, 3);
}

TEST_F(Dashboards, AskForAnotherTimeWhenItIsGiven)
{
    console->open("dashboards/12");
    console->click("As of");
    console->type("2026-01-31");
    console->press(Key::enter);
    console->settle();
    EXPECT_EQ(text_of(at(script.last_params("commands.call").at("arguments"), "as_of")), "2026-01-31")
        << boost::json::serialize(script.last_params("commands.call"));
}

TEST_F(Dashboards, OpenTheReportOfATile)
{
    console->open("dashboards/12");
    console->click("By stage");
    console->settle();
    EXPECT_EQ(console->shell().place(), "report/71");
}

TEST_F(Dashboards, AreFilledAndPutInOrder)
{
    console->open("dashboards/12");
    console->click("Edit");
    console->settle();
    console->click("Add the report");
    console->settle();
    EXPECT_EQ(
        sent_tiles(),
        parse(R"([{"report": "By stage"}, {"report": "Wrong"}, {"report": "Open"}, {"report": "Another"}])")
    );
    EXPECT_EQ(integer_at(boost::json::value(script.last_params("records.update")), "version"), 3);
    console->click("Take off");
    console->settle();
    EXPECT_EQ(sent_tiles(), parse(R"([{"report": "Wrong"}, {"report": "Open"}])"));
    console->click("Later");
    console->settle();
    EXPECT_EQ(sent_tiles(), parse(R"([{"report": "Wrong"}, {"report": "By stage"}, {"report": "Open"}])"));
}

TEST_F(Dashboards, TellThatSomebodyWasFaster)
{
    script.fail(
        "records.update",
        Error{ErrorCode::conflict, "dashboard 12 is at version 4", "records.conflict", "12", "read it again"}
    );
    console->open("dashboards/12");
    console->click("Edit");
    console->settle();
    console->click("Take off");
    console->settle();
    EXPECT_TRUE(console->sees("dashboard 12 is at version 4")) << console->all_seen();
}

TEST_F(Dashboards, AreMadeByKeysAlone)
{
    console->open("dashboards");
    console->press(Key::n);
    console->settle();
    console->type("Board");
    console->press(Key::enter);
    console->settle();
    EXPECT_EQ(
        boost::json::value(script.last_params("records.create")),
        parse(R"({"type": "dashboard", "values": {"name": "Board", "tiles": []}})")
    );
}

TEST_F(Dashboards, OfferTheStandardOnesWhereThereAreNone)
{
    dashboards = R"({"records": []})";
    console->open("dashboards");
    EXPECT_TRUE(console->sees("No dashboards yet"));
    console->click("Make the standard dashboards");
    console->settle();
    EXPECT_EQ(script.last_params("commands.call").at("name").as_string(), "reporting.set_up_standard");
}

TEST_F(Dashboards, SayThatThePluginIsOff)
{
    script.answer("commands.list", boost::json::object{{"commands", boost::json::array{}}});
    console.reset();
    console.emplace([this] { return script.connect(); });
    console->open("dashboards");
    EXPECT_TRUE(console->sees("Dashboards need the plugin Reporting"));
}

} // namespace
} // namespace mortise::ui::testing
