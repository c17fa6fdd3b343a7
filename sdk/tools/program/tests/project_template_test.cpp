#include "program/project_template.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <unistd.h>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;

class ProjectTemplate : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (fs::temp_directory_path() / "mortise-template-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        m_folder = pattern;
        write(from() / "src/my_plugin.cpp", "class MyPlugin; // My plugin by Example Vendor, my-plugin.so\n");
        write(from() / ".gitignore", "build/\n");
        write(from() / "run.sh", "#!/bin/sh\n# com.example.my-plugin (c) 1970\n");
        fs::permissions(from() / "run.sh", fs::perms::owner_exec, fs::perm_options::add);
    }
    void TearDown() override { fs::remove_all(m_folder); }

    fs::path from() const { return m_folder / "template"; }
    fs::path to() const { return m_folder / "made"; }
    static void write(const fs::path& file, std::string_view text)
    {
        fs::create_directories(file.parent_path());
        std::ofstream{file} << text;
    }
    static std::string read(const fs::path& file)
    {
        std::ifstream stream{file};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
    static PluginName name(std::string_view id) { return *parse_plugin_name(id); }

    fs::path m_folder;
};

TEST_F(ProjectTemplate, PutsTheNewNameEverywhere)
{
    const auto made = make_project(from(), to(), name("com.acme.lead-score"));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(*made, (std::vector<std::string>{".gitignore", "run.sh", "src/lead_score.cpp"}));
    EXPECT_EQ(read(to() / "src/lead_score.cpp"), "class LeadScore; // Lead score by Acme, lead-score.so\n");
    EXPECT_NE(read(to() / "run.sh").find("# com.acme.lead-score (c) 20"), std::string::npos);
    EXPECT_NE(fs::status(to() / "run.sh").permissions() & fs::perms::owner_exec, fs::perms::none);
}

TEST_F(ProjectTemplate, TakesANameThatLooksLikeTheTemplates)
{
    ASSERT_TRUE(make_project(from(), to(), name("com.example.my-plugin-my-plugin")));
    EXPECT_EQ(
        read(to() / "src/my_plugin_my_plugin.cpp"),
        "class MyPluginMyPlugin; // My plugin my plugin by Example, my-plugin-my-plugin.so\n"
    );
}

TEST_F(ProjectTemplate, FillsAnEmptyFolder)
{
    fs::create_directories(to());
    EXPECT_TRUE(make_project(from(), to(), name("com.acme.x")));
}

TEST_F(ProjectTemplate, RefusesAFolderThatHoldsSomethingAndLeavesItAlone)
{
    write(to() / "mine.txt", "mine");
    const auto made = make_project(from(), to(), name("com.acme.x"));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().key, "sdk.not_empty");
    EXPECT_EQ(std::distance(fs::directory_iterator{to()}, fs::directory_iterator{}), 1);
    EXPECT_EQ(read(to() / "mine.txt"), "mine");
}

TEST_F(ProjectTemplate, RefusesAFile)
{
    write(to(), "a file");
    ASSERT_FALSE(make_project(from(), to(), name("com.acme.x")));
    EXPECT_EQ(read(to()), "a file");
}

TEST_F(ProjectTemplate, LeavesNothingBehindWhenItFails)
{
    const auto made = make_project(m_folder / "no such template", to(), name("com.acme.x"));
    ASSERT_FALSE(made);
    EXPECT_FALSE(fs::exists(to()));
}

} // namespace
} // namespace mortise::tool
