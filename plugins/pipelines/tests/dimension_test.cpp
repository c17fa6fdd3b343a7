#include "reports/dimension.hpp"
#include "reports/report_query.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::pipelines {
namespace {

TEST(Dimension, KnowsUsualNames)
{
    const auto sector = parse_dimension("sector");
    ASSERT_TRUE(sector);
    EXPECT_EQ(sector->expression, "d.\"industry\"");
    EXPECT_EQ(sector->joins, " LEFT JOIN contact d ON d.id = o.\"organisation\"");
    const auto region = parse_dimension("region");
    ASSERT_TRUE(region);
    EXPECT_EQ(region->joins, " LEFT JOIN sales_agent d ON d.id = o.\"agent\"");
}

TEST(Dimension, TakesFieldsOfOpportunitiesAndOfWhatTheyReferTo)
{
    EXPECT_EQ(parse_dimension("lost_reason")->expression, "o.\"lost_reason\"");
    EXPECT_EQ(parse_dimension("organisation.country")->expression, "d.\"country\"");
    EXPECT_EQ(parse_dimension("product.series")->joins, " LEFT JOIN product d ON d.id = o.\"product\"");
}

TEST(Dimension, TakesNoSql)
{
    for (const char* by :
         {"",
          "a b",
          "name\"",
          "x;y",
          "1st",
          "Name",
          "organisation.",
          ".name",
          "organisation.a.b",
          "user.name",
          "count(*)",
          "o.name) UNION SELECT"})
        EXPECT_FALSE(parse_dimension(by)) << by;
    EXPECT_EQ(parse_dimension("a b").error().key, "pipelines.unknown_dimension");
}

TEST(Dimension, WritesHeadings)
{
    EXPECT_EQ(label_of(*parse_dimension("quarter"), "2017-04-01"), Value{"Q2 2017"});
    EXPECT_EQ(label_of(*parse_dimension("quarter"), Date{17'257}), Value{"Q2 2017"});
    EXPECT_EQ(label_of(*parse_dimension("month"), "2017-04-01"), Value{"2017-04"});
    EXPECT_EQ(label_of(*parse_dimension("year"), "2017-01-01"), Value{"2017"});
    EXPECT_EQ(label_of(*parse_dimension("probability"), Decimal{50, 2}), Value{"0.50"});
    EXPECT_EQ(label_of(*parse_dimension("stage"), "Won"), Value{"Won"});
    EXPECT_TRUE(label_of(*parse_dimension("stage"), {}).is_null());
}

TEST(ReportQuery, FiltersByParametersOnly)
{
    const ReportQuery query = win_rate_query(
        {.pipeline = {10}, .from = Date{17'000}, .to = Date{17'100}}, parse_dimension("agent").value_or({})
    );
    EXPECT_NE(
        query.sql.find("o.pipeline = :pipeline AND o.close_date >= :from AND o.close_date <= :to"),
        std::string::npos
    );
    EXPECT_EQ(query.parameters["pipeline"], Value{Id{10}});
    EXPECT_EQ(query.parameters["from"], Value{Date{17'000}});
    EXPECT_EQ(query.parameters["to"], Value{Date{17'100}});
    EXPECT_TRUE(win_rate_query({}, {}).parameters.empty());
}

} // namespace
} // namespace mortise::plugins::pipelines
