#include "conditions/parse_condition.hpp"
#include "conditions/sql_condition.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::segmentation {
namespace {

TypeBook types()
{
    TypeBook book;
    book.add(
        {"contact",
         {{"name", "text", {}, 0},
          {"country", "text", {}, 0},
          {"employees", "int", {}, 0},
          {"revenue", "money", {}, 0},
          {"signed_on", "date", {}, 0},
          {"tags", "list", {}, 0},
          {"address", "address", {}, 0},
          {"organisation", "reference", "contact", 0}}}
    );
    book.add(
        {"deal",
         {{"organisation", "reference", "contact", 0},
          {"amount", "money", {}, 0},
          {"discount", "percent", {}, 2}}}
    );
    return book;
}

Result<SqlCondition> compiled(const Value& json, Reach reach = Reach::few)
{
    MORTISE_TRY(const Condition condition, parse_condition(json));
    return compile(
        condition,
        types(),
        [](std::string_view name) { return name == "vips" ? std::optional{Id{7}} : std::nullopt; },
        reach
    );
}

Map field(const char* name, const char* is, Value value = {})
{
    Map map{{"field", name}, {"is", is}};
    if (!value.is_null()) map.set("value", std::move(value));
    return map;
}

TEST(SqlCondition, BindsValuesAndNeverWritesThemIntoTheText)
{
    const auto sql = compiled(field("country", "eq", "x' OR 1=1 --"));
    ASSERT_TRUE(sql);
    EXPECT_EQ(sql->predicate, "t.country = :p1");
    EXPECT_EQ(sql->parameters["p1"], Value{"x' OR 1=1 --"});
}

TEST(SqlCondition, FollowsReferencesAndKnowsTheWayBack)
{
    const auto sql = compiled(field("organisation.country", "eq", "AT"));
    ASSERT_TRUE(sql);
    EXPECT_EQ(sql->predicate, "(SELECT r1.country FROM contact r1 WHERE r1.id = t.organisation) = :p1");
    ASSERT_EQ(sql->dependencies.size(), 2U);
    EXPECT_TRUE(sql->dependencies[0].fields.contains("organisation"));
    EXPECT_EQ(
        sql->dependencies[1].contacts,
        "SELECT x.id FROM contact x WHERE x.organisation IN (SELECT value FROM json_each(:ids))"
    );
}

TEST(SqlCondition, ComparesMoneyInOneCurrencyOnly)
{
    const auto sql = compiled(field("revenue", "ge", Map{{"amount", "12.30"}, {"currency", "EUR"}}));
    ASSERT_TRUE(sql) << sql.error().message;
    EXPECT_EQ(sql->predicate, "(t.revenue_currency = :p1 AND t.revenue_minor >= :p2)");
    EXPECT_EQ(sql->parameters["p2"], Value{1230});
}

TEST(SqlCondition, TellsWhatCanFlipWithTime)
{
    const auto sql = compiled(field("signed_on", "within_last", Map{{"count", 30}, {"unit", "day"}}));
    ASSERT_TRUE(sql);
    EXPECT_EQ(sql->crossings.size(), 2U); // it may come into the window, and fall out of it
    EXPECT_NE(sql->crossings[0].contacts.find(":since"), std::string::npos);
    EXPECT_TRUE(compiled(field("country", "eq", "AT"))->crossings.empty());
}

TEST(SqlCondition, CountsNothingAsNothingInBothReaches)
{
    const Map none{
        {"related", "deal"},
        {"by", "organisation"},
        {"measure", Map{{"of", "count"}, {"is", "eq"}, {"value", 0}}}
    };
    const auto few = compiled(none, Reach::few);
    const auto all = compiled(none, Reach::all);
    ASSERT_TRUE(few);
    ASSERT_TRUE(all);
    EXPECT_NE(all->predicate.find("NOT IN"), std::string::npos);
    EXPECT_EQ(few->predicate.find("NOT IN"), std::string::npos);
}

TEST(SqlCondition, RanksEverybodyOnce)
{
    const Map by{{"field", "revenue"}, {"currency", "EUR"}};
    const Map best{{"top", Map{{"count", 10}, {"by", by}, {"among", field("country", "eq", "AT")}}}};
    const auto sql = compiled(best);
    ASSERT_TRUE(sql) << sql.error().message;
    EXPECT_TRUE(sql->is_ranked);
    EXPECT_FALSE(compiled(field("country", "eq", "AT"))->is_ranked);
    EXPECT_EQ(
        sql->predicate,
        "t.id IN (SELECT r1.id FROM contact r1 WHERE CASE WHEN r1.revenue_currency = :p1 THEN "
        "r1.revenue_minor END IS NOT NULL AND (r1.country = :p2) ORDER BY CASE WHEN r1.revenue_currency = "
        ":p1 THEN r1.revenue_minor END DESC, r1.id LIMIT 10)"
    );
    EXPECT_EQ(sql->dependencies.size(), 2U);
}

TEST(SqlCondition, SaysWhatDoesNotFit)
{
    const auto why = [](const Value& json) {
        const auto sql = compiled(json);
        return sql ? "it fits" : sql.error().where + " " + sql.error().message;
    };
    EXPECT_EQ(why(field("cuontry", "eq", "AT")), "/field contact has no field cuontry");
    EXPECT_EQ(why(field("country.name", "eq", "AT")), "/field country of contact is no reference");
    EXPECT_EQ(why(field("country", "gt", "AT")), "/is a field of kind text is not compared with gt");
    EXPECT_EQ(why(field("address", "eq", "AT")), "/is a field of kind address is not compared with eq");
    EXPECT_EQ(
        why(field("country", "within_last", Map{{"count", 1}, {"unit", "day"}})),
        "/is a field of kind text is not compared with within_last"
    );
    const auto why_top = [&](Map by) { return why(Map{{"top", Map{{"count", 1}, {"by", std::move(by)}}}}); };
    EXPECT_EQ(why_top(Map{{"field", "country"}}), "/top/by/field a field of kind text gives no order");
    EXPECT_EQ(why_top(Map{{"field", "revenue"}}), "/top/by amounts of several currencies are not compared");
    EXPECT_EQ(
        why(
            Map{{"related", "deal"},
                {"by", "organisation"},
                {"where", Map{{"top", Map{{"count", 1}, {"by", Map{{"field", "discount"}}}}}}}}
        ),
        "/where only contacts are ranked"
    );
    EXPECT_EQ(why(Map{{"segment", "nobody"}}), "/segment there is no segment \"nobody\"");
    EXPECT_EQ(why(Map{{"related", "ticket"}, {"by", "contact"}}), "/related there is no record type ticket");
    EXPECT_EQ(why(Map{{"related", "deal"}, {"by", "amount"}}), "/by deal has no reference amount");
    EXPECT_EQ(
        why(field("employees", "eq", "many")),
        "/value must be a number with at most 0 digits behind the point"
    );
}

TEST(SqlCondition, GivesOnlyTheParametersThatATextNames)
{
    const Map given{{"p1", 1}, {"p11", 2}};
    const Map used = used_parameters("a = :p11", given, Map{{"now", 3}});
    EXPECT_EQ(used.size(), 1U);
    EXPECT_TRUE(used.contains("p11"));
}

} // namespace
} // namespace mortise::plugins::segmentation
