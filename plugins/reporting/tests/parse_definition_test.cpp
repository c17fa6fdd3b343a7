#include "definition/parse_definition.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::reporting {
namespace {

Map count(const char* name)
{
    return Map{{"as", name}, {"of", "count"}};
}

std::string why(const Value& json)
{
    const auto parsed = parse_definition(json);
    return parsed ? "it fits" : parsed.error().where + " " + parsed.error().message;
}

TEST(ParseDefinition, ReadsAPivot)
{
    const auto parsed = parse_definition(Map{
        {"source", "deal"},
        {"rows", List{"region", Map{{"field", "agent.name"}, {"limit", 3}}}},
        {"columns", List{Map{{"field", "closed"}, {"bucket", "quarter"}}}},
        {"measures", List{count("deals"), Map{{"as", "share"}, {"share", "deals"}, {"percent", true}}}},
    });
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->rows.size(), 2U);
    EXPECT_EQ(parsed->rows[1].name, "agent") << "the name of a name is that of what it names";
    EXPECT_EQ(parsed->rows[1].limit, 3);
    EXPECT_EQ(parsed->columns[0].bucket, "quarter");
    EXPECT_EQ(parsed->measures[1].digits, 2);
}

TEST(ParseDefinition, CountsWhereNothingIsSaid)
{
    const auto parsed = parse_definition(Map{{"source", "deal"}, {"rows", List{"region"}}});
    ASSERT_TRUE(parsed);
    ASSERT_EQ(parsed->measures.size(), 1U);
    EXPECT_EQ(parsed->measures[0].of, "count");
}

TEST(ParseDefinition, SaysWhereASlipIs)
{
    EXPECT_EQ(why(Map{{"source", "deal"}, {"row", List{}}}), "/row \"row\" is not known here");
    EXPECT_EQ(
        why(Map{{"source", "deal"}, {"rows", List{Map{{"field", "a"}, {"bucket", "fortnight"}}}}}),
        "/rows/0/bucket \"fortnight\" is not known here"
    );
    EXPECT_EQ(
        why(Map{{"source", "deal"}, {"measures", List{Map{{"as", "r"}, {"ratio", List{"a", "b"}}}}}}),
        "/measures/0 \"a\" is no measure before this one"
    );
    EXPECT_EQ(
        why(Map{{"source", "deal"}, {"measures", List{count("n"), count("n")}}}),
        "/measures/1/as \"n\" is given twice"
    );
    EXPECT_EQ(
        why(Map{{"source", "deal"}, {"filters", List{Map{{"field", "a"}, {"is", "like"}, {"value", "b"}}}}}),
        "/filters/0/is \"like\" is no test"
    );
    EXPECT_EQ(why(Map{{"source", "x; DROP"}}), "/source must be a record type");
    EXPECT_EQ(
        why(Map{{"kind", "trend"}, {"source", "deal"}, {"rows", List{"region"}}}),
        "/rows a trend has one row dimension with a bucket of time"
    );
    EXPECT_EQ(
        why(Map{{"source", "deal"}, {"measures", List{Map{{"as", "s"}, {"of", "sum"}}}}}),
        "/measures/0/field is missing"
    );
    EXPECT_EQ(
        why(Map{{"source", "deal"}, {"currency", Map{{"convert", "EUR"}, {"rates", Map{{"USD", "0.92"}}}}}}),
        "/currency/on is missing"
    );
}

TEST(ParseDefinition, ReadsPeriods)
{
    const auto named = parse_definition(
        Map{{"source", "deal"}, {"period", Map{{"field", "closed"}, {"is", "last_fiscal_quarter"}}}}
    );
    ASSERT_TRUE(named);
    EXPECT_EQ(named->period->period.name, "last_fiscal_quarter");
    const auto days = parse_definition(
        Map{{"source", "deal"},
            {"period", Map{{"field", "closed"}, {"is", Map{{"from", "2026-01-01"}, {"to", "2026-01-31"}}}}}}
    );
    ASSERT_TRUE(days);
    EXPECT_EQ(days->period->period.to->days - days->period->period.from->days, 31)
        << "the last day belongs to it";
    EXPECT_EQ(
        why(Map{{"source", "deal"}, {"period", Map{{"field", "closed"}, {"is", "next_month"}}}}),
        "/period/is \"next_month\" is no period"
    );
}

} // namespace
} // namespace mortise::plugins::reporting
