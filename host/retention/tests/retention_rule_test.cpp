#include "base/json.hpp"
#include "records/tests/scratch_host.hpp"
#include "retention/retention_rule.hpp"

namespace mortise::host {
namespace {

Result<RetentionRule> parse(const char* json)
{
    return parse_retention_rule(value_of(*parse_json(json, "a rule")).get_or(Map{}));
}

TEST(RetentionRule, IsReadAsItIsTold)
{
    for (const char* text :
         {R"({"what":"records","older_than_days":730,"type":"contact","by":"activity","where":{"lifecycle":"lead"},"how":"erase"})",
          R"({"what":"records","older_than_days":1,"type":"contact","by":"created_at","how":"delete"})",
          R"({"what":"events","older_than_days":90,"types":"page.*","class":"telemetry"})",
          R"({"what":"jobs","older_than_days":30})",
          R"({"what":"dead_letters","older_than_days":30})"}) {
        const auto rule = parse(text);
        ASSERT_TRUE(rule) << text << rule.error().message;
        EXPECT_EQ(json_text(Value{map_of(*rule)}), text);
        EXPECT_FALSE(words_of(*rule).empty());
    }
}

TEST(RetentionRule, RefusesWhatItCannotMean)
{
    for (const auto& [text, where] : std::vector<std::pair<const char*, const char*>>{
             {R"({})", "what"},
             {R"({"what":"everything","older_than_days":1})", "what"},
             {R"({"what":"jobs"})", "older_than_days"},
             {R"({"what":"jobs","older_than_days":0})", "older_than_days"},
             {R"({"what":"jobs","older_than_days":"30"})", "older_than_days"},
             {R"({"what":"jobs","older_than_days":3,"type":"contact"})", "type"},
             {R"({"what":"records","older_than_days":3,"by":"activity"})", "type"},
             {R"({"what":"records","older_than_days":3,"type":"contact"})", "by"},
             {R"({"what":"records","older_than_days":3,"type":"contact","by":"activity","how":"burn"})", "how"
             },
             {R"({"what":"events","older_than_days":3,"class":"history"})", "types"},
             {R"({"what":"events","older_than_days":3,"types":"*"})", "class"},
             {R"({"what":"events","older_than_days":3,"types":"*","class":"audit"})", "class"}
         }) {
        const auto rule = parse(text);
        ASSERT_FALSE(rule) << text;
        EXPECT_EQ(rule.error().code, ErrorCode::invalid);
        EXPECT_EQ(rule.error().where, where) << text << rule.error().message;
    }
}

TEST(RetentionRule, IsHeldAgainstTheTypes)
{
    ScratchHost host;
    const auto check = [&](const char* type, const char* by, const char* how) {
        RetentionRule rule;
        rule.older_than_days = 1;
        rule.type = type;
        rule.by = by;
        rule.end = std::string_view{how} == "erase" ? RetentionEnd::erase : RetentionEnd::remove;
        const auto done = check_retention_rule(rule, *host.records->schema());
        return done ? std::string{} : done.error().where;
    };
    EXPECT_EQ(check("contact", "activity", "erase"), "");
    EXPECT_EQ(check("contact", "name", "delete"), "by");
    EXPECT_EQ(check("contact_point", "created_at", "delete"), "type") << "goes with its contact";
    EXPECT_NE(check("nothing", "created_at", "delete"), "");
    EXPECT_NE(check("contact", "no_field", "delete"), "");
}

} // namespace
} // namespace mortise::host
