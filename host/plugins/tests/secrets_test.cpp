#include "plugins/tests/plugins_fixture.hpp"

#include <fstream>
#include <iterator>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;

constexpr const char* planted = "plAnted-Secret-1729";

class SecretsTest : public PluginsTest {
protected:
    void SetUp() override
    {
        PluginsTest::SetUp();
        enable("steps");
    }
    static std::string read(const fs::path& file)
    {
        std::ifstream in{file, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
};

TEST_F(SecretsTest, OnlyThePluginGetsThem)
{
    EXPECT_EQ(call("steps.reveal").error().key, "secrets.not_given");
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "password", planted));
    EXPECT_EQ(call("steps.reveal")->text(), planted);
    const auto settings = m_plugins->settings("com.test.steps");
    EXPECT_EQ(*settings, (Value{Map{{"greeting", "hello"}}}));
    EXPECT_EQ(*m_plugins->given_secrets("com.test.steps"), std::vector<std::string>{"password"});
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "greeting", "good day"));
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "password", Value{}));
    EXPECT_EQ(call("steps.reveal").error().key, "secrets.not_given");
    EXPECT_TRUE(m_plugins->given_secrets("com.test.steps")->empty());
}

TEST_F(SecretsTest, TheyOutliveTheHostAndNeedTheirKey)
{
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "password", planted));
    close();
    open();
    EXPECT_EQ(call("steps.reveal")->text(), planted);
    close();
    fs::remove(m_folder / "secrets.key");
    open();
    EXPECT_EQ(call("steps.reveal").error().key, "secrets.sealed_otherwise");
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "password", "another"));
    EXPECT_EQ(call("steps.reveal")->text(), "another");
}

TEST_F(SecretsTest, ThePermissionIsChecked)
{
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "password", planted));
    ASSERT_TRUE(m_plugins->revoke("com.test.steps", {"secrets.reveal"}));
    const auto denied = call("steps.reveal");
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, ErrorCode::denied);
    ASSERT_TRUE(m_plugins->grant("com.test.steps", {"secrets.reveal"}));
    EXPECT_EQ(call("steps.reveal")->text(), planted);
}

TEST_F(SecretsTest, RefusesWhatTheSchemaDoesNotTakeWithoutTellingIt)
{
    const auto refused = m_plugins->set_setting("com.test.steps", "password", "abc");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "secrets.unfit");
    EXPECT_EQ(
        (refused.error().message + refused.error().hint + refused.error().details).find("abc"),
        std::string::npos
    );
    EXPECT_EQ(m_plugins->set_setting("com.test.steps", "password", 7).error().key, "secrets.unfit");
    EXPECT_FALSE(m_plugins->set_setting("com.test.steps", "unknown", "x"));
}

TEST_F(SecretsTest, EachRevealIsAudited)
{
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "password", planted));
    const std::int64_t before = m_log->last();
    ASSERT_TRUE(call("steps.reveal"));
    m_plugins->drain();
    EXPECT_EQ(m_log->last(), before + 1);
}

/// Nothing that is kept or told holds a secret in clear.
TEST_F(SecretsTest, NothingOnDiskHoldsThem)
{
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "password", planted));
    ASSERT_TRUE(call("steps.reveal"));
    ASSERT_TRUE(settle());
    const auto logged = m_plugins->logs("com.test.steps", 1000);
    for (const LogLine& line : *logged)
        EXPECT_EQ((line.message + line.key).find(planted), std::string::npos);
    const auto look = [&] {
        std::size_t files = 0;
        for (const auto& entry : fs::recursive_directory_iterator{m_folder})
            if (entry.is_regular_file()) {
                EXPECT_EQ(read(entry.path()).find(planted), std::string::npos) << entry.path();
                ++files;
            }
        EXPECT_GT(files, 3U);
    };
    look();
    close();
    look();
    open();
}

} // namespace
} // namespace mortise::host
