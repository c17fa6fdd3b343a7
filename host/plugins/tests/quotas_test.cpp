#include "base/text.hpp"
#include "plugins/quotas.hpp"
#include "plugins_fixture.hpp"

#include <fstream>
#include <sstream>

namespace mortise::host {
namespace {

class QuotasTest : public PluginsTest {
protected:
    void SetUp() override
    {
        PluginsTest::SetUp();
        enable("contract");
    }
    Result<Value> act(std::string_view what) { return call("contract.do", {{"what", what}}); }
    void set(std::string_view quota, const Value& value)
    {
        const auto done = m_plugins->set_setting("com.test.contract", "quota." + std::string{quota}, value);
        ASSERT_TRUE(done) << done.error().message;
    }
};

TEST(Quotas, AreToldInTheReference)
{
    std::ostringstream page;
    page << std::ifstream{MORTISE_SOURCE_DIR "/docs/reference/quotas.md"}.rdbuf();
    for (const QuotaInfo& info : quotas()) {
        const std::string row = "| `" + std::string{info.name} + "` | " + std::to_string(info.standard)
            + " | " + std::string{info.when} + " | " + std::string{info.words} + " |\n";
        EXPECT_NE(page.str().find(row), std::string::npos) << "docs/reference/quotas.md lacks\n" << row;
    }
}

TEST(Quotas, AreInTheOrderOfTheirNumbers)
{
    for (std::size_t i = 0; i < quotas().size(); ++i)
        EXPECT_EQ(static_cast<std::size_t>(quotas()[i].quota), i);
}

TEST_F(QuotasTest, RefuseWhatIsAboveThem)
{
    ASSERT_TRUE(create_contact("one"));
    ASSERT_TRUE(create_contact("two"));
    ASSERT_TRUE(act("three changes"));
    set("unit_records", 2);
    EXPECT_EQ(act("three changes").error().code, ErrorCode::limit);
    ASSERT_TRUE(act("names"));
    set("query_rows", 1);
    EXPECT_EQ(act("names").error().code, ErrorCode::limit);
    ASSERT_TRUE(act("two units"));
    set("open_units", 1);
    EXPECT_EQ(act("two units").error().code, ErrorCode::limit);
    ASSERT_TRUE(act("publish outside"));
    set("cause_depth", 1);
    ASSERT_TRUE(act("publish outside")) << "nothing caused it";
    set("log_lines", 3);
    ASSERT_TRUE(act("ten lines"));
    int lines = 0;
    const auto kept = m_plugins->logs("com.test.contract", 100);
    ASSERT_TRUE(kept);
    for (const LogLine& line : *kept)
        lines += line.from_host ? 0 : 1;
    EXPECT_EQ(lines, 3);
    EXPECT_EQ(m_plugins->cost("com.test.contract")->errors, 3U) << "a line too many is no error";
}

TEST_F(QuotasTest, AreKeptAndTakenBack)
{
    set("unit_records", 2);
    close();
    open();
    EXPECT_EQ(act("three changes").error().code, ErrorCode::limit);
    EXPECT_EQ((*m_plugins->quotas("com.test.contract"))["unit_records"], Value{std::int64_t{2}});
    set("unit_records", nullptr);
    EXPECT_TRUE(act("three changes"));
    EXPECT_EQ((*m_plugins->quotas("com.test.contract"))["unit_records"], Value{std::int64_t{10'000}});
    const auto settings = m_plugins->settings("com.test.contract");
    ASSERT_TRUE(settings);
    EXPECT_EQ(*settings, Value{Map{}}) << "they are no settings of its own";
}

TEST_F(QuotasTest, SayWhatIsWrong)
{
    const auto unknown = m_plugins->set_setting("com.test.contract", "quota.unit_record", 2);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
    EXPECT_NE(unknown.error().hint.find("unit_records"), std::string::npos);
    const auto much = m_plugins->set_setting("com.test.contract", "quota.open_units", 1'000'000);
    EXPECT_EQ(much.error().code, ErrorCode::invalid);
    EXPECT_EQ(much.error().message, "open_units is 1 to 256, not 1000000");
    EXPECT_EQ(
        m_plugins->set_setting("com.test.contract", "quota.open_units", "many").error().key, "quotas.number"
    );
}

} // namespace
} // namespace mortise::host
