// The built plugin in the test kit: what it does for whoever uses it, through the contract alone.
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace mortise::testkit {
namespace {

class ReportingPlugin : public testing::Test {
protected:
    void SetUp() override
    {
        for (const char* country : {"AT", "AT", "DE"})
            kit.create("contact", {{"name", "Somebody"}, {"kind", "person"}, {"country", country}}).value();
    }
    static Map by(const char* field) { return {{"source", "contact"}, {"rows", List{field}}}; }
    Value must(std::string_view command, Map arguments = {})
    {
        auto answer = kit.call(command, std::move(arguments));
        EXPECT_TRUE(answer) << command;
        return answer ? answer.value() : Value{};
    }
    std::string refusal(std::string_view command, Map arguments)
    {
        const auto answer = kit.call(command, std::move(arguments));
        return answer ? "it was done" : answer.error().key;
    }
    /// The item of a list whose member has that value; null if there is none.
    static Value find(const Value& list, std::string_view member, const Value& value)
    {
        for (const Value& one : *list.as<List>())
            if (one[member] == value) return one;
        return {};
    }

    Kit kit{MORTISE_PLUGIN_FOLDER};
};

TEST_F(ReportingPlugin, ExplainsWithTheSqlThatItRuns)
{
    must("reporting.create_report", {{"name", "Countries"}, {"definition", by("country")}});
    const Value told = must(
        "reporting.explain",
        {{"report", "Countries"}, {"filters", List{Map{{"field", "country"}, {"is", "eq"}, {"value", "AT"}}}}}
    );
    EXPECT_EQ(told["kind"], Value{"pivot"});
    // It is the statement itself: it runs, and gives the group that the filter leaves.
    const auto rows = kit.query(told["sql"].text(), *told["parameters"].as<Map>());
    ASSERT_TRUE(rows);
    const Value answer = must("reporting.run", {{"report", "Countries"}});
    EXPECT_EQ(answer["cells"].as<List>()->size(), 3U) << "two countries and the total";
    Map narrow = by("country");
    narrow.set("period", Map{{"field", "created_at"}, {"is", "this_year"}});
    const Value year = must("reporting.explain", {{"definition", narrow}})["period"];
    EXPECT_EQ(year["from"], Value{Date{20'454}}); // 2026-01-01
    EXPECT_EQ(year["to"], Value{Date{20'818}});
    EXPECT_EQ(refusal("reporting.explain", {}), "reporting.which");
    EXPECT_EQ(refusal("reporting.explain", {{"report", "None"}}), "reporting.no_report");
}

TEST_F(ReportingPlugin, NamesWhatReportsCanBeAbout)
{
    EXPECT_FALSE(find(must("reporting.sources")["sources"], "type", "contact").is_null());
    const Value sources = must("reporting.sources", {{"type", "contact"}})["sources"];
    ASSERT_EQ(sources.as<List>()->size(), 1U);
    const Value fields = sources.as<List>()->front()["fields"];
    EXPECT_EQ(find(fields, "field", "organisation")["leads_to"], Value{"contact"});
    EXPECT_EQ(find(fields, "field", "created_at")["bucket"], Value{true});
    EXPECT_EQ(find(fields, "field", "country")["measure"], Value{false});
    // What it calls groupable can be grouped by; that is what the list is for.
    for (const Value& field : *fields.as<List>()) {
        if (field["group"] != Value{true}) continue;
        const std::string name{field["field"].text()};
        EXPECT_TRUE(kit.call("reporting.run", {{"definition", by(name.c_str())}})) << name;
    }
    EXPECT_EQ(find(fields, "field", "annual_revenue")["bins"], Value{true});
    const Value joins = sources.as<List>()->front()["joins"];
    EXPECT_EQ(find(joins, "type", "contact_point")["by"], Value{"contact"});
    EXPECT_EQ(refusal("reporting.sources", {{"type", "unicorn"}}), "reporting.no_type");
}

TEST_F(ReportingPlugin, SaysOptionsByTheirLabels)
{
    must("reporting.create_report", {{"name", "Countries"}, {"definition", by("country")}});
    must(
        "reporting.create_schedule",
        {{"name", "Daily"}, {"report", "Countries"}, {"rule", "30 7 * * *"}, {"format", "xlsx"}}
    );
    const Map by_format{{"source", "report_schedule"}, {"rows", List{"format"}}};
    const Value pivot = must("reporting.run", {{"definition", by_format}});
    const Value keys = pivot["rows"].as<List>()->front()["keys"];
    EXPECT_EQ(find(keys, "key", "xlsx")["label"], Value{"Excel"});
    const Map list{{"kind", "list"}, {"source", "report_schedule"}, {"fields", List{"name", "format"}}};
    const Value answer = must("reporting.run", {{"definition", list}});
    EXPECT_EQ(find(answer["records"], "name", "Daily")["format"], Value{"xlsx"}) << "programs get the value";
    EXPECT_EQ(find(answer["columns"], "name", "format")["option_labels"]["xlsx"], Value{"Excel"});
}

TEST_F(ReportingPlugin, GivesASavedReportAnotherDefinition)
{
    const Id report
        = must("reporting.create_report", {{"name", "Mine"}, {"definition", by("country")}})["report"].get_or(
            Id{}
        );
    EXPECT_EQ(kit.field("report", report, "kind"), Value{"pivot"});
    const Map list{{"kind", "list"}, {"source", "contact"}, {"fields", List{"name"}}};
    EXPECT_EQ(
        must("reporting.define_report", {{"report", "Mine"}, {"definition", list}})["report"], Value{report}
    );
    EXPECT_EQ(kit.field("report", report, "kind"), Value{"list"});
    EXPECT_EQ(must("reporting.run", {{"report", "Mine"}})["records"].as<List>()->size(), 3U);
    // What does not fit the types is refused, and the report stays as it was.
    EXPECT_NE(
        refusal("reporting.define_report", {{"report", "Mine"}, {"definition", by("shoe_size")}}),
        "it was done"
    );
    EXPECT_EQ(must("reporting.run", {{"report", "Mine"}})["kind"], Value{"list"});
    EXPECT_EQ(
        refusal("reporting.define_report", {{"report", "Yours"}, {"definition", list}}), "reporting.no_report"
    );
}

TEST_F(ReportingPlugin, LooksAtTargetsByTheClock)
{
    must("reporting.create_report", {{"name", "Contacts"}, {"definition", by("country")}});
    const Id target = must(
                          "reporting.create_target",
                          {{"name", "Four"}, {"report", "Contacts"}, {"measure", "count"}, {"target", 4}}
    )["kpi"]
                          .get_or(Id{});
    EXPECT_EQ(kit.field("kpi", target, "state"), Value{"missed"});
    kit.create("contact", {{"name", "A fourth"}, {"kind", "person"}}).value();
    const auto jobs = kit.run_schedule("hourly");
    EXPECT_TRUE(std::ranges::any_of(jobs, [](const SeenJob& job) { return job.name == "reporting.look"; }));
    EXPECT_EQ(kit.field("kpi", target, "state"), Value{"met"});
    EXPECT_EQ(kit.events("kpi.threshold", target).size(), 1U);
    EXPECT_EQ(kit.list("kpi_value", {{"kpi", target}}).size(), 1U);
}

} // namespace
} // namespace mortise::testkit
