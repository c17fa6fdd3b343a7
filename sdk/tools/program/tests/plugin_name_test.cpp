#include "program/plugin_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mortise::tool {
namespace {

TEST(PluginName, IsSpelledInEveryForm)
{
    const auto name = parse_plugin_name("com.big-acme.lead-score2");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->id, "com.big-acme.lead-score2");
    EXPECT_EQ(name->kebab, "lead-score2");
    EXPECT_EQ(name->snake, "lead_score2");
    EXPECT_EQ(name->upper, "LEAD_SCORE2");
    EXPECT_EQ(name->camel, "LeadScore2");
    EXPECT_EQ(name->title, "Lead score2");
    EXPECT_EQ(name->vendor, "Big acme");
}

TEST(PluginName, SaysWhatIsWrongWithAnId)
{
    const std::pair<const char*, const char*> cases[]{
        {"", "it is empty"},
        {"leadscore", "it has one part only"},
        {"com..leadscore", "a part is empty"},
        {".com.acme", "a part is empty"},
        {"com.acme.", "a part is empty"},
        {"com.Acme.leadscore", "small letters"},
        {"com.acme.lead_score", "small letters"},
        {"com.acme.lead score", "small letters"},
        {"com.acme.l\xC3\xA4"
         "d",
         "small letters"},
        {"com.acme.2lead", "does not begin with a letter"},
        {"com.acme.-lead", "does not begin with a letter"},
        {"com.acme.lead-", "has a - at its end"},
        {"com.acme.lead--score", "two together"},
        {"mortise.leadscore", "those of Mortise"},
        {"com.acme.contact", "begins names of the host"},
        {"../../etc", "a part is empty"},
    };
    for (const auto& [id, reason] : cases) {
        const auto name = parse_plugin_name(id);
        ASSERT_FALSE(name) << id;
        EXPECT_NE(name.error().message.find(reason), std::string::npos) << name.error().message;
        EXPECT_FALSE(name.error().hint.empty()) << id;
    }
    EXPECT_FALSE(parse_plugin_name("com." + std::string(41, 'a')));
    EXPECT_FALSE(parse_plugin_name(std::string(101, 'a') + ".b"));
}

TEST(PluginName, SuggestsAnIdThatWouldDo)
{
    EXPECT_EQ(parse_plugin_name("com.Acme.Lead_Score").error().hint, "for instance com.acme.lead-score");
}

} // namespace
} // namespace mortise::tool
