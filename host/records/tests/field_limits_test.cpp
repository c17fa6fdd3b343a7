#include "base/json.hpp"
#include "scratch_host.hpp"

#include <boost/json/value.hpp>

namespace mortise::host {
namespace {

Result<std::vector<TypeDeclaration>> parse(const std::string& text)
{
    const auto json = parse_json(text, "types");
    EXPECT_TRUE(json) << text;
    return parse_type_declarations(*json, "/types", "");
}

std::vector<TypeDeclaration> rooms()
{
    return *parse(R"([{"name": "room", "fields": [
        {"name": "seats", "kind": "int", "min": 1, "max": 500},
        {"name": "price", "kind": "decimal", "scale": 2, "min": "0.50"},
        {"name": "opened", "kind": "date", "min": "1900-01-01", "max": "2100-12-31"},
        {"name": "code", "kind": "text", "pattern": "[A-Z]{2}-[0-9]+", "help": "Two letters and a number"}]}])"
    );
}

TEST(FieldLimits, ValuesKeepToThem)
{
    ScratchHost host;
    const auto types = rooms();
    ASSERT_TRUE(host.records->declare("acme", types));
    const auto good = host.create(
        "room", {{"seats", 500}, {"price", "0.5"}, {"opened", "2100-12-31"}, {"code", "AB-12"}}
    );
    ASSERT_TRUE(good) << good.error().message;
    EXPECT_TRUE(host.create("room", Map{})) << "what is not given keeps to every limit";

    struct Case {
        const char* field;
        Value value;
        const char* says;
    };
    for (const Case& each :
         {Case{"seats", 0, "0 is below 1, the least value"},
          Case{"seats", 501, "501 is above 500, the greatest value"},
          Case{"price", "0.49", "0.49"},
          Case{"opened", "1899-12-31", "is below \"1900-01-01\""},
          Case{"opened", "2101-01-01", "is above \"2100-12-31\""},
          Case{"code", "AB-12x", "\"AB-12x\" does not look like [A-Z]{2}-[0-9]+"},
          Case{"code", "xAB-12", "does not look like"},
          Case{"code", "\u00c4B-12", "does not look like"}}) {
        const auto refused = host.commit(
            {.operation = Operation::update,
             .type = "room",
             .id = good->ids[0],
             .version = {},
             .values = Map{{each.field, each.value}}}
        );
        ASSERT_FALSE(refused) << each.field << ' ' << json_text(each.value);
        EXPECT_EQ(refused.error().key, "records.outside_limits");
        EXPECT_EQ(refused.error().where, each.field);
        EXPECT_EQ(
            refused.error().hint, std::string_view{each.field} == "code" ? "Two letters and a number" : ""
        );
        EXPECT_NE(refused.error().message.find(each.says), std::string::npos) << refused.error().message;
    }
}

TEST(FieldLimits, CountForWhatIsWrittenFromThenOn)
{
    ScratchHost host;
    const auto loose
        = *parse(R"([{"name": "room", "fields": [{"name": "seats", "kind": "int"}, {"name": "note"}]}])");
    ASSERT_TRUE(host.records->declare("acme", loose));
    const auto old = host.create("room", {{"seats", 0}});
    ASSERT_TRUE(old);
    const auto strict = *parse(
        R"([{"name": "room", "fields": [{"name": "seats", "kind": "int", "min": 1}, {"name": "note"}]}])"
    );
    ASSERT_TRUE(host.records->declare("acme", strict));
    EXPECT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "room",
         .id = old->ids[0],
         .version = {},
         .values = Map{{"note", "another field"}}}
    ));
    EXPECT_FALSE(host.create("room", {{"seats", 0}}));
    ASSERT_TRUE(host.records->declare("acme", loose));
    EXPECT_TRUE(host.create("room", {{"seats", 0}})) << "the limit was taken away";
}

TEST(FieldLimits, AreRefusedWhereTheyMakeNoSense)
{
    struct Case {
        const char* field;
        const char* where;
        const char* says;
    };
    for (const Case& each :
         {Case{R"({"name": "a", "kind": "text", "min": 1})", "min", "has no least and no greatest value"},
          Case{R"({"name": "a", "kind": "int", "max": "many"})", "max", "is no value of the field \"a\""},
          Case{R"({"name": "a", "kind": "int", "min": 5, "max": 4})", "min", "is above the greatest"},
          Case{
              R"({"name": "a", "kind": "int", "pattern": "x"})", "pattern", "only text fields have a pattern"
          },
          Case{R"({"name": "a", "pattern": "("})", "pattern", "is not a regular expression"},
          Case{
              R"({"name": "a", "kind": "int", "max": 4, "default": 5})",
              "default",
              "5 is above 4, the greatest value"
          },
          Case{R"({"name": "a", "kind": "int", "default": "many"})", "default", "the default does not do"}}) {
        const auto parsed = parse(R"([{"name": "room", "fields": [)" + std::string{each.field} + "]}]");
        ASSERT_FALSE(parsed) << each.field;
        EXPECT_EQ(parsed.error().where, std::string{"/types/0/fields/0/"} + each.where);
        EXPECT_NE(parsed.error().message.find(each.says), std::string::npos) << parsed.error().message;
    }
}

} // namespace
} // namespace mortise::host
