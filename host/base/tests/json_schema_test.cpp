#include "base/json_schema.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace mortise::host {
namespace {

namespace json = boost::json;

JsonSchema schema(std::string_view text)
{
    auto compiled = JsonSchema::compile(json::parse(text));
    if (!compiled) throw std::runtime_error{compiled.error().where + ": " + compiled.error().message};
    return *std::move(compiled);
}

Error compile_error(std::string_view text)
{
    auto compiled = JsonSchema::compile(json::parse(text));
    return compiled ? Error{} : compiled.error();
}

/// "" if `value` fits; otherwise "WHERE: MESSAGE".
std::string verdict(std::string_view rules, std::string_view value)
{
    auto checked = schema(rules).validate(json::parse(value));
    return checked ? std::string{} : checked.error().where + ": " + checked.error().message;
}

std::string hint(std::string_view rules, std::string_view value)
{
    auto checked = schema(rules).validate(json::parse(value));
    return checked ? std::string{} : checked.error().hint;
}

TEST(JsonSchema, TellsTheTypeThatIsExpected)
{
    EXPECT_EQ(verdict(R"({"type":"string"})", R"("x")"), "");
    EXPECT_EQ(verdict(R"({"type":"string"})", "12"), ": must be a text, not 12");
    EXPECT_EQ(verdict(R"({"type":["string","null"]})", "[1,2]"), ": must be null or a text, not a list of 2");
    EXPECT_EQ(verdict(R"({"type":"integer"})", "1.0"), "");
    EXPECT_EQ(verdict(R"({"type":"integer"})", "1.5"), ": must be a whole number, not 1.5E0");
    EXPECT_EQ(verdict(R"({"type":"number"})", "18446744073709551615"), "");
}

TEST(JsonSchema, NamesThePlaceAsAPointer)
{
    constexpr auto rules = R"({"properties":{"a/b":{"items":{"properties":{"c~":{"type":"boolean"}}}}}})";
    EXPECT_EQ(verdict(rules, R"({"a/b":[{},{"c~":1}]})"), "/a~1b/1/c~0: must be true or false, not 1");
}

TEST(JsonSchema, ProposesTheNameThatWasMeant)
{
    constexpr auto rules = R"({"properties":{"owner":{},"title":{}},"additionalProperties":false})";
    EXPECT_EQ(verdict(rules, R"({"onwer":1})"), "/onwer: \"onwer\" is not known here");
    EXPECT_EQ(hint(rules, R"({"ownr":1})"), "did you mean \"owner\"?");
    EXPECT_EQ(hint(rules, R"({"zzzzzz":1})"), "known are \"owner\", \"title\"");
    EXPECT_EQ(hint(R"({"enum":["console","api"]})", R"("consol")"), "did you mean \"console\"?");
}

TEST(JsonSchema, ExplainsWhatIsMissingByItsDescription)
{
    constexpr auto rules
        = R"({"required":["id"],"properties":{"id":{"type":"string","description":"such as com.acme.score"}}})";
    EXPECT_EQ(verdict(rules, "{}"), ": \"id\" is missing");
    EXPECT_EQ(hint(rules, "{}"), "such as com.acme.score");
}

TEST(JsonSchema, ComparesNumbersExactly)
{
    EXPECT_EQ(verdict(R"({"maximum":9007199254740993})", "9007199254740993"), "");
    EXPECT_NE(verdict(R"({"maximum":9007199254740992})", "9007199254740993"), "");
    EXPECT_EQ(verdict(R"({"exclusiveMinimum":0})", "0"), ": must be more than 0, not 0");
    EXPECT_EQ(verdict(R"({"multipleOf":0.01})", "19.99"), "");
    EXPECT_NE(verdict(R"({"multipleOf":0.01})", "19.995"), "");
    EXPECT_NE(verdict(R"({"multipleOf":3})", "9007199254740994"), "");
    EXPECT_EQ(verdict(R"({"const":1})", "1.0"), "");
    EXPECT_EQ(verdict(R"({"enum":[{"a":1}]})", R"({"a":1.0})"), "");
}

TEST(JsonSchema, CountsLettersAndNotBytes)
{
    EXPECT_EQ(verdict(R"({"maxLength":3})", "\"\u00e4\u00f6\u00fc\""), "");
    EXPECT_NE(verdict(R"({"maxLength":3})", R"("abcd")"), "");
    EXPECT_EQ(verdict(R"({"pattern":"^.{3}$"})", "\"\u00e4\U0001F600\u00fc\""), "");
    EXPECT_EQ(verdict(R"({"minLength":1})", R"("")"), ": must not be empty");
}

TEST(JsonSchema, ChecksTextOfAnyLengthAgainstAPattern)
{
    json::object value{{"name", std::string(1'000'000, 'a')}};
    const auto rules = schema(R"({"properties":{"name":{"pattern":"^[a-z]+$"}}})");
    EXPECT_TRUE(rules.validate(value));
    value["name"] = std::string(1'000'000, 'a') + "1";
    EXPECT_FALSE(rules.validate(value));
}

TEST(JsonSchema, GivesUpOnAPatternThatTakesForEver)
{
    EXPECT_FALSE(schema(R"({"pattern":"^(a+)+$"})").validate(json::value(std::string(40, 'a') + "!")));
}

TEST(JsonSchema, TellsOfTheChoiceThatWasMeant)
{
    constexpr auto rules = R"({"oneOf":[{"type":"string"},
        {"type":"object","required":["on"],"properties":{"on":{"type":"string"}}}]})";
    EXPECT_EQ(verdict(rules, R"({"on":7})"), "/on: must be a text, not 7");
    EXPECT_EQ(verdict(rules, R"({})"), ": \"on\" is missing");
    EXPECT_EQ(verdict(rules, "7"), ": must be a text or an object, not 7");
    EXPECT_EQ(
        verdict(R"({"oneOf":[{"minimum":1},{"maximum":5}]})", "3"),
        ": must fit exactly one of the forms allowed here, but fits 2"
    );
    EXPECT_EQ(verdict(R"({"anyOf":[{"minimum":1},{"maximum":5}]})", "3"), "");
}

TEST(JsonSchema, AppliesWhatStandsBesideAReference)
{
    constexpr auto rules
        = R"({"$defs":{"name":{"type":"string"}},"properties":{"a":{"$ref":"#/$defs/name","maxLength":2}}})";
    EXPECT_EQ(verdict(rules, R"({"a":"xy"})"), "");
    EXPECT_NE(verdict(rules, R"({"a":"xyz"})"), "");
    EXPECT_NE(verdict(rules, R"({"a":1})"), "");
}

TEST(JsonSchema, FollowsSchemasThatContainThemselves)
{
    constexpr auto rules
        = R"({"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false})";
    EXPECT_EQ(verdict(rules, R"({"next":{"next":{}}})"), "");
    EXPECT_EQ(verdict(rules, R"({"next":{"next":{"x":1}}})"), "/next/next/x: \"x\" is not known here");
}

TEST(JsonSchema, KnowsTheRestOfTheStandard)
{
    EXPECT_NE(verdict(R"({"prefixItems":[{"type":"string"}],"items":false})", R"(["a",1])"), "");
    EXPECT_EQ(verdict(R"({"prefixItems":[{"type":"string"}],"items":{"type":"integer"}})", R"(["a",1])"), "");
    EXPECT_NE(verdict(R"({"contains":{"const":3},"maxContains":1})", "[3,3]"), "");
    EXPECT_NE(verdict(R"({"contains":{"const":3}})", "[1]"), "");
    EXPECT_EQ(verdict(R"({"contains":{"const":3},"minContains":0})", "[1]"), "");
    EXPECT_NE(verdict(R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2.0,"a":1}])"), "");
    EXPECT_EQ(verdict(R"({"uniqueItems":true})", R"([1,"1"])"), "");
    EXPECT_NE(verdict(R"({"minItems":1})", "[]"), "");
    EXPECT_NE(verdict(R"({"maxItems":1})", "[1,2]"), "");
    EXPECT_NE(verdict(R"({"patternProperties":{"^x-":{"type":"string"}}})", R"({"x-a":1})"), "");
    EXPECT_EQ(
        verdict(R"({"patternProperties":{"^x-":{}},"additionalProperties":false})", R"({"x-a":1})"), ""
    );
    EXPECT_NE(verdict(R"({"additionalProperties":{"type":"string"}})", R"({"a":1})"), "");
    EXPECT_NE(verdict(R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})"), "");
    EXPECT_NE(verdict(R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})"), "");
    EXPECT_NE(verdict(R"({"dependentSchemas":{"a":{"required":["b"]}}})", R"({"a":1})"), "");
    EXPECT_NE(verdict(R"({"minProperties":1})", "{}"), "");
    EXPECT_NE(verdict(R"({"maxProperties":1})", R"({"a":1,"b":2})"), "");
    EXPECT_NE(verdict(R"({"not":{"type":"null"}})", "null"), "");
    EXPECT_NE(verdict(R"({"if":{"const":1},"then":false})", "1"), "");
    EXPECT_NE(verdict(R"({"if":{"const":1},"else":{"const":2}})", "3"), "");
    EXPECT_EQ(verdict(R"({"if":{"const":1},"else":{"const":2}})", "2"), "");
    EXPECT_NE(verdict("false", "1"), "");
    EXPECT_EQ(verdict("true", "1"), "");
}

TEST(JsonSchema, ChecksDatesAndTimes)
{
    EXPECT_EQ(verdict(R"({"format":"date"})", R"("2024-02-29")"), "");
    EXPECT_EQ(
        verdict(R"({"format":"date"})", R"("2023-02-29")"),
        ": must be a date like 2026-02-28, not \"2023-02-29\""
    );
    EXPECT_EQ(verdict(R"({"format":"date-time"})", R"("2024-02-29T23:59:60.5+02:00")"), "");
    EXPECT_NE(verdict(R"({"format":"date-time"})", R"("2024-02-29 23:59:60")"), "");
    EXPECT_NE(verdict(R"({"format":"time"})", R"("24:00:00Z")"), "");
    EXPECT_EQ(verdict(R"({"format":"whatever"})", R"("x")"), "");
}

TEST(JsonSchema, RefusesWhatItWouldNotCheck)
{
    EXPECT_EQ(
        compile_error(R"({"properties":{"a":{"unevaluatedProperties":false}}})").where,
        "/properties/a/unevaluatedProperties"
    );
    EXPECT_EQ(compile_error(R"({"items":[{}]})").hint, "a list of schemas is called \"prefixItems\"");
    EXPECT_EQ(compile_error(R"({"$ref":"other.json"})").where, "/$ref");
    EXPECT_EQ(compile_error(R"({"$ref":"#/$defs/no"})").message, "\"#/$defs/no\" leads nowhere");
    EXPECT_EQ(compile_error(R"({"$schema":"http://json-schema.org/draft-04/schema#"})").where, "/$schema");
}

TEST(JsonSchema, RefusesWhatIsNoSchema)
{
    EXPECT_EQ(compile_error("3").code, ErrorCode::invalid);
    EXPECT_EQ(compile_error(R"({"type":"text"})").where, "/type");
    EXPECT_EQ(compile_error(R"({"pattern":"("})").where, "/pattern");
    EXPECT_EQ(compile_error(R"({"maxLength":-1})").where, "/maxLength");
    EXPECT_EQ(compile_error(R"({"properties":{"a":1}})").where, "/properties/a");
    EXPECT_EQ(compile_error(R"({"required":"a"})").where, "/required");
    EXPECT_EQ(compile_error(R"({"multipleOf":0})").where, "/multipleOf");
    EXPECT_EQ(compile_error(R"({"enum":[]})").where, "/enum");
    EXPECT_EQ(compile_error(R"({"$defs":{"a":{"type":"nothing"}}})").where, "/$defs/a/type");
}

TEST(JsonSchema, RefusesReferencesThatNeverEnd)
{
    EXPECT_EQ(compile_error(R"({"$ref":"#"})").message, "refers to itself without end");
    EXPECT_EQ(
        compile_error(R"({"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}})")
            .code,
        ErrorCode::invalid
    );
}

TEST(JsonSchema, SurvivesDeepNesting)
{
    std::string rules = "{}";
    for (int i = 0; i < 1000; ++i)
        rules = R"({"items":)" + rules + "}";
    json::parse_options options;
    options.max_depth = 2000;
    EXPECT_FALSE(JsonSchema::compile(json::parse(rules, {}, options)));

    std::string value(1000, '[');
    value += std::string(1000, ']');
    EXPECT_FALSE(schema(R"({"items":{"$ref":"#"}})").validate(json::parse(value, {}, options)));
}

} // namespace
} // namespace mortise::host
