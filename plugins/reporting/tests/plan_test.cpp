#include "definition/parse_definition.hpp"
#include "sql/plan.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::reporting {
namespace {

FieldInfo field(const char* name, const char* kind, const char* reference = "")
{
    return {.name = name, .kind = kind, .label = name, .reference = reference, .scale = 0, .options = {}};
}

TypeBook types()
{
    TypeBook book;
    book.add(
        {"deal",
         "Deal",
         "name",
         {field("name", "text"),
          field("status", "text"),
          field("amount", "money"),
          field("closed", "date"),
          field("agent", "reference", "agent"),
          field("tags", "list")}}
    );
    book.add({"agent", "Agent", "name", {field("name", "text"), field("region", "text")}});
    book.add(
        {"line",
         "Line",
         "",
         {field("deal", "reference", "deal"), field("quantity", "int"), field("price", "money")}}
    );
    return book;
}

/// The first level's SQL, or what is wrong.
std::string sql_of(Map definition)
{
    static std::vector<Definition> kept; // a plan looks into its report
    kept.reserve(100);
    auto report = parse_definition(definition);
    if (!report) return report.error().where + " " + report.error().message;
    kept.push_back(*std::move(report));
    const auto plan = make_plan(kept.back(), types(), Setting{}, std::nullopt);
    if (!plan) return plan.error().where + " " + plan.error().message;
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < plan->dimensions.size(); ++i)
        all.push_back(i);
    return group_statement(*plan, all, {}).sql;
}

Map sum(const char* name, const char* of)
{
    return Map{{"as", name}, {"of", "sum"}, {"field", of}};
}

TEST(Plan, FollowsReferencesByJoins)
{
    EXPECT_EQ(
        sql_of({{"source", "deal"}, {"rows", List{"agent.region"}}}),
        "SELECT kk0 AS k0, 0 AS o0, count(*) AS n, count(*) AS c0 FROM (SELECT j1.region AS kk0, 1 AS one "
        "FROM deal t "
        "LEFT JOIN agent j1 ON j1.id = t.agent WHERE 1) b GROUP BY 1, 2"
    );
}

TEST(Plan, BindsWhatPeopleWrite)
{
    const std::string sql = sql_of(
        {{"source", "deal"},
         {"filters", List{Map{{"field", "status"}, {"is", "eq"}, {"value", "x' OR 1=1 --"}}}}}
    );
    EXPECT_EQ(sql.find("1=1"), std::string::npos);
    EXPECT_NE(sql.find("t.status = :p1"), std::string::npos);
}

TEST(Plan, RefusesToCountAnAmountSeveralTimes)
{
    const List joins{Map{{"as", "lines"}, {"type", "line"}, {"by", "deal"}}};
    EXPECT_EQ(
        sql_of({{"source", "deal"}, {"joins", joins}, {"measures", List{sum("total", "amount")}}}),
        "/measures/0/field each amount would be counted once for every row that is joined to it"
    );
    const std::string lines
        = sql_of({{"source", "deal"}, {"joins", joins}, {"measures", List{sum("pieces", "lines.quantity")}}});
    EXPECT_NE(lines.find("x_lines.quantity AS v0"), std::string::npos) << lines;
}

TEST(Plan, JoinsOnlyByDeclaredReferences)
{
    const List joins{Map{{"as", "lines"}, {"type", "line"}, {"by", "quantity"}}};
    EXPECT_EQ(
        sql_of({{"source", "deal"}, {"joins", joins}}), "/joins/0/by line.quantity does not refer to deal"
    );
}

TEST(Plan, SaysWhatDoesNotFit)
{
    EXPECT_EQ(sql_of({{"source", "dael"}}), "/source there is no record type dael");
    EXPECT_EQ(sql_of({{"source", "deal"}, {"rows", List{"colour"}}}), "/rows/0 deal has no field colour");
    EXPECT_EQ(
        sql_of({{"source", "deal"}, {"rows", List{"status.name"}}}), "/rows/0 status of deal is no reference"
    );
    EXPECT_EQ(
        sql_of({{"source", "deal"}, {"rows", List{"tags"}}}),
        "/rows/0 a field of kind list has no single value to group by"
    );
    EXPECT_EQ(
        sql_of({{"source", "deal"}, {"rows", List{"amount"}}}),
        "/rows/0 amounts differ too much to group by them"
    );
    EXPECT_EQ(
        sql_of({{"source", "deal"}, {"rows", List{Map{{"field", "status"}, {"bucket", "month"}}}}}),
        "/rows/0/bucket status is neither a day nor a time"
    );
    EXPECT_EQ(
        sql_of({{"source", "deal"}, {"measures", List{sum("s", "name")}}}),
        "/measures/0/field there is no sum of a field of kind text"
    );
}

} // namespace
} // namespace mortise::plugins::reporting
