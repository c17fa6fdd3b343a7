#include "base/json.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace mortise::host {
namespace {

std::string nested(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(ParseJson, ReadsEveryKindOfValue)
{
    const auto json = parse_json(
        R"( {"a":[1,-2,3.5,1e2,true,false,null,18446744073709551615],"b":{"c":"x"},"":""} )", "test"
    );
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_EQ(
        to_json(*json), R"({"a":[1,-2,3.5,100.0,true,false,null,18446744073709551615],"b":{"c":"x"},"":""})"
    );
}

TEST(ParseJson, ReadsEscapesAndUnicode)
{
    const auto json = parse_json(R"(["\"\\\/\b\f\n\r\t","\u00e4\uD83D\uDE00\u0000","日本"])", "test");
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_EQ(std::string_view{json->at(0).as_string()}, "\"\\/\b\f\n\r\t");
    EXPECT_EQ(std::string_view{json->at(1).as_string()}, std::string_view("ä😀\0", 7));
    EXPECT_EQ(std::string_view{json->at(2).as_string()}, "日本");
}

TEST(ParseJson, SkipsAByteOrderMark)
{
    EXPECT_TRUE(parse_json("\xEF\xBB\xBF{}", "test"));
    EXPECT_EQ(parse_json("\xEF\xBB\xBFx", "test").error().where, "line 1, column 1");
}

struct Refused {
    std::string_view text;
    std::string_view where;
    std::string_view message;
};

TEST(ParseJson, SaysWhereAndWhatWasExpected)
{
    const std::vector<Refused> cases{
        {"", "line 1, column 1", "f.json: expected a value, found the end"},
        {"{\"a\" 1}", "line 1, column 6", "f.json: expected ':' after the key, found '1'"},
        {"{\n  \"ä\": 1,\n  b: 2}", "line 3, column 3", "f.json: expected a key in double quotes, found 'b'"},
        {"[1 2]", "line 1, column 4", "f.json: expected ',' or ']', found '2'"},
        {"{\"ä\":1 é}", "line 1, column 8", "f.json: expected ',' or '}', found 'é'"},
        {"[1,]", "line 1, column 4", "f.json: expected a value, found ']'"},
        {"{\"a\":1,}", "line 1, column 8", "f.json: expected a key in double quotes, found '}'"},
        {"{} {}", "line 1, column 4", "f.json: expected the end of the document, found '{'"},
        {"tru", "line 1, column 1", "f.json: expected a value, found 't'"},
        {"'a'", "line 1, column 1", "f.json: expected a value, found '''"},
        {"[\"a\n\"]",
         "line 1, column 4",
         "f.json: expected control characters written as \\u escapes, found the byte 10"},
        {"\"abc", "line 1, column 1", "f.json: a string is not closed"},
        {"\"\\x\"",
         "line 1, column 2",
         "f.json: expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u, found '\\'"},
        {"\"\\u12g4\"", "line 1, column 4", "f.json: expected four hexadecimal digits, found '1'"},
        {"\"\\ud800\"", "line 1, column 2", "f.json: expected the two halves of a surrogate pair, found '\\'"
        },
        {"\"\\udc00\\ud800\"",
         "line 1, column 2",
         "f.json: expected the two halves of a surrogate pair, found '\\'"},
        {"01", "line 1, column 2", "f.json: expected no digit after a leading zero, found '1'"},
        {"1.", "line 1, column 3", "f.json: expected a digit after the point, found the end"},
        {"1e", "line 1, column 3", "f.json: expected a digit of the exponent, found the end"},
        {"-", "line 1, column 2", "f.json: expected a digit, found the end"},
        {"+1", "line 1, column 1", "f.json: expected a value, found '+'"},
        {"1e400", "line 1, column 1", "f.json: the number 1e400 is out of range"},
        {"[\n1,\n \xff]", "line 3, column 2", "f.json: expected text in UTF-8, found the byte 255"},
        {"{\"a\":1,\n\"a\":2}", "line 2, column 1", "f.json: the key \"a\" stands twice in one object"},
        {"{\"a\":1,\"\\u0061\":2}", "line 1, column 8", "f.json: the key \"a\" stands twice in one object"},
        {"// x", "line 1, column 1", "f.json: expected a value, found '/'"},
        {"NaN", "line 1, column 1", "f.json: expected a value, found 'N'"},
    };
    for (const Refused& refused : cases) {
        const auto json = parse_json(refused.text, "f.json");
        ASSERT_FALSE(json) << refused.text;
        EXPECT_EQ(json.error().code, ErrorCode::invalid);
        EXPECT_EQ(json.error().where, refused.where) << refused.text;
        EXPECT_EQ(json.error().message, refused.message) << refused.text;
        EXPECT_FALSE(parse_value(refused.text, "f.json")) << refused.text;
    }
}

TEST(ParseJson, RefusesDeepNestingAndTakesTheDeepestAllowed)
{
    EXPECT_TRUE(parse_json(nested(32), ""));
    const auto deep = parse_json(nested(33), "");
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().code, ErrorCode::limit);
    EXPECT_FALSE(parse_json(std::string(1'000'000, '['), ""));
}

TEST(ParseJson, TakesNumbersTooSmallToTellFromZero)
{
    EXPECT_EQ(parse_json("1e-999", "")->as_double(), 0.0);
    EXPECT_EQ(parse_json("0." + std::string(400, '0') + "1", "")->as_double(), 0.0);
    EXPECT_FALSE(parse_json(std::string(400, '9'), ""));
}

TEST(ParseValue, IsTheValueOfTheParsedDocument)
{
    const std::string_view text = R"({"a":[1,-2.5,"x",null,true,18446744073709551615,1e300],"b":{"c":{}}})";
    const auto direct = parse_value(text, "");
    ASSERT_TRUE(direct);
    EXPECT_EQ(*direct, value_of(*parse_json(text, "")));
    EXPECT_EQ((*direct)["a"].as<List>()->at(5).text(), "18446744073709551615");
}

TEST(ParseValue, ReadsLargeObjectsQuicklyAndStillFindsTheDuplicate)
{
    std::string text = "{";
    for (int i = 0; i < 20'000; ++i)
        text += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    const auto large = parse_value(text + "\"last\":0}", "");
    ASSERT_TRUE(large);
    EXPECT_EQ(large->as<Map>()->size(), 20'001U);
    const auto twice = parse_value(text + "\"k5\":0}", "");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().key, "json.duplicate_key");
}

TEST(PrettyJson, IndentsAndReadsBack)
{
    const auto json = parse_json(R"({"a":[1,{"b":[]}],"c":{}})", "");
    EXPECT_EQ(
        to_pretty_json(*json), "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}"
    );
    EXPECT_EQ(*parse_json(to_pretty_json(*json), ""), *json);
}

TEST(ToJson, WritesRealsThatReadBackAsReals)
{
    for (const double real :
         {0.0, 1.0, -1.5, 0.1, 1e22, 1e-7, 123456789.125, 5e-324, 1.7976931348623157e308}) {
        const auto back = parse_json(to_json(boost::json::value(real)), "");
        ASSERT_TRUE(back);
        ASSERT_TRUE(back->is_double()) << to_json(boost::json::value(real));
        EXPECT_EQ(back->get_double(), real);
    }
    EXPECT_EQ(to_json(boost::json::value(1.0 / 0.0 * 1)), "null");
}

} // namespace
} // namespace mortise::host
