#include "base/json.hpp"
#include "control/arguments.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace mortise::host {
namespace {

const std::vector<Param> params{
    {"type", ParamKind::text, "name of a record type", true},
    {"id", ParamKind::id, "the record", false},
    {"limit", ParamKind::integer, "how many", false},
    {"order", ParamKind::text, "which way", false, {"up", "down"}},
    {"values", ParamKind::object, "what to write", false},
};

Result<Arguments> check(std::string_view json)
{
    return Arguments::check(
        params, boost::json::parse(boost::json::string_view{json.data(), json.size()}).get_object()
    );
}

TEST(Arguments, ReadWhatWasDeclared)
{
    const auto arguments
        = check(R"({"type":"contact","id":"9223372036854775807","limit":7,"values":{"a":1}})");
    ASSERT_TRUE(arguments) << arguments.error().message;
    EXPECT_EQ(arguments->text("type"), "contact");
    EXPECT_EQ(arguments->id("id").number, 9223372036854775807);
    EXPECT_EQ(arguments->integer("limit"), 7);
    EXPECT_EQ(arguments->count("limit", 50, 5), 5U);
    EXPECT_EQ(arguments->object("values").size(), 1U);
    EXPECT_EQ(arguments->text("order", "up"), "up");
    EXPECT_FALSE(arguments->has("order"));
}

TEST(Arguments, TakeAnIdAsANumberToo)
{
    EXPECT_EQ(check(R"({"type":"contact","id":12})")->id("id").number, 12);
}

TEST(Arguments, TakeNullForNothing)
{
    EXPECT_FALSE(check(R"({"type":"contact","limit":null})")->has("limit"));
    EXPECT_FALSE(check(R"({"type":null})"));
}

TEST(Arguments, NameThePlaceOfWhatIsWrong)
{
    const std::pair<std::string_view, std::string_view> cases[]{
        {R"({})", "/type"},
        {R"({"type":1})", "/type"},
        {R"({"type":"c","id":"12x"})", "/id"},
        {R"({"type":"c","id":"-1"})", "/id"},
        {R"({"type":"c","id":"99999999999999999999"})", "/id"},
        {R"({"type":"c","limit":1.5})", "/limit"},
        {R"({"type":"c","order":"sideways"})", "/order"},
        {R"({"type":"c","values":[]})", "/values"},
        {R"({"type":"c","limt":1})", "/limt"},
    };
    for (const auto& [json, where] : cases) {
        const auto arguments = check(json);
        ASSERT_FALSE(arguments) << json;
        EXPECT_EQ(arguments.error().where, where) << json;
        EXPECT_EQ(arguments.error().key, "rpc.params") << json;
        EXPECT_EQ(arguments.error().code, ErrorCode::invalid) << json;
    }
    EXPECT_EQ(check(R"({"type":"c","limt":1})").error().hint, "did you mean limit?");
}

TEST(Arguments, AreDescribedByAJsonSchema)
{
    EXPECT_EQ(
        to_json(schema_of(
            {{"type", ParamKind::text, "name", true}, {"order", ParamKind::text, "", false, {"up"}}}
        )),
        R"({"type":"object","properties":{"type":{"type":"string","description":"name"},)"
        R"("order":{"type":"string","enum":["up"]}},"additionalProperties":false,"required":["type"]})"
    );
}

} // namespace
} // namespace mortise::host
