#include "conditions/parse_condition.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::segmentation {
namespace {

Map field(const char* name, const char* is, Value value = {})
{
    Map map{{"field", name}, {"is", is}};
    if (!value.is_null()) map.set("value", std::move(value));
    return map;
}

std::string place_of(const Value& json)
{
    const auto parsed = parse_condition(json);
    return parsed ? "it was taken" : parsed.error().where;
}

TEST(ParseCondition, ReadsNestedClauses)
{
    const auto parsed = parse_condition(Map{
        {"all",
         List{
             field("country", "eq", "AT"),
             Map{{"any", List{field("tags", "has_any", List{"vip"}), Map{{"not", field("email", "is_set")}}}}
             },
         }}
    });
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_EQ(parsed->parts.size(), 2U);
    EXPECT_EQ(parsed->parts[0].path, std::vector<std::string>{"country"});
    EXPECT_EQ(parsed->parts[1].kind, Condition::Kind::any);
    EXPECT_EQ(parsed->parts[1].parts[1].parts[0].comparison.test, Operator::is_set);
}

TEST(ParseCondition, ReadsEventsWithWindowAndMeasure)
{
    const auto parsed = parse_condition(Map{
        {"events", "order.placed"},
        {"within", Map{{"last", Map{{"count", 30}, {"unit", "day"}}}}},
        {"where", List{Map{{"data", "total"}, {"is", "ge"}, {"value", 10}}}},
        {"measure", Map{{"of", "sum"}, {"data", "total"}, {"is", "gt"}, {"value", 100}}},
    });
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->within->count, 30);
    EXPECT_EQ(parsed->measure, Measure::sum);
    EXPECT_EQ(parsed->where[0].path[0], "total");
    EXPECT_EQ(parsed->comparison.test, Operator::gt);
}

TEST(ParseCondition, CountsAtLeastOneUnlessToldOtherwise)
{
    const auto parsed = parse_condition(Map{{"events", "order.placed"}});
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->measure, Measure::count);
    EXPECT_EQ(parsed->comparison.test, Operator::ge);
    EXPECT_EQ(parsed->comparison.value, Value{1});
}

TEST(ParseCondition, NamesThePlaceOfWhatIsWrong)
{
    EXPECT_EQ(place_of("text"), "/");
    EXPECT_EQ(place_of(Map{{"contry", "AT"}}), "/");
    EXPECT_EQ(place_of(Map{{"all", List{field("country", "equals", "AT")}}}), "/all/0/is");
    EXPECT_EQ(place_of(Map{{"all", List{field("country", "eq")}}}), "/all/0/value");
    EXPECT_EQ(place_of(field("country", "in", "AT")), "/value");
    EXPECT_EQ(place_of(field("country", "is_set", "AT")), "/value");
    EXPECT_EQ(place_of(field("Country", "is_set")), "/field");
    EXPECT_EQ(place_of(field("a; DROP TABLE contact", "is_set")), "/field");
    EXPECT_EQ(place_of(field("created_at", "within_last", Map{{"count", 0}, {"unit", "day"}})), "/value");
    EXPECT_EQ(
        place_of(field("created_at", "within_last", Map{{"count", 3}, {"unit", "fortnight"}})), "/value"
    );
    EXPECT_EQ(place_of(Map{{"events", "order.placed"}, {"witin", 3}}), "/witin");
    EXPECT_EQ(place_of(Map{{"random", Map{{"from", 60}, {"to", 50}}}}), "/random");
    EXPECT_EQ(place_of(Map{{"related", "opportunity"}}), "/by");
    const auto place_of_top = [](Map says) { return place_of(Map{{"top", std::move(says)}}); };
    const Map by{{"field", "employees"}};
    EXPECT_EQ(place_of_top({{"by", by}}), "/top");
    EXPECT_EQ(place_of_top({{"count", 3}, {"percent", 3}, {"by", by}}), "/top");
    EXPECT_EQ(place_of_top({{"count", 0}, {"by", by}}), "/top/count");
    EXPECT_EQ(place_of_top({{"percent", 0}, {"by", by}}), "/top/percent");
    EXPECT_EQ(place_of_top({{"count", 3}}), "/top/by");
    EXPECT_EQ(place_of_top({{"count", 3}, {"by", Map{{"segment", "vips"}}}}), "/top/by");
    EXPECT_EQ(place_of_top({{"count", 3}, {"by", field("employees", "gt", 3)}}), "/top/by/is");
    EXPECT_EQ(
        place_of_top({{"count", 3}, {"by", Map{{"field", "revenue"}, {"currency", "EURO"}}}}),
        "/top/by/currency"
    );
    EXPECT_EQ(place_of_top({{"count", 3}, {"by", by}, {"among", field("a", "equals", 1)}}), "/top/among/is");
    EXPECT_EQ(place_of_top({{"count", 3}, {"by", by}, {"lowest", "yes"}}), "/top/lowest");
}

TEST(ParseCondition, RefusesWhatIsNestedTooDeep)
{
    Map inner = field("name", "is_set");
    for (int depth = 0; depth < 40; ++depth)
        inner = Map{{"not", inner}};
    const auto parsed = parse_condition(inner);
    ASSERT_FALSE(parsed);
    EXPECT_NE(parsed.error().message.find("deeper"), std::string::npos);
}

} // namespace
} // namespace mortise::plugins::segmentation
