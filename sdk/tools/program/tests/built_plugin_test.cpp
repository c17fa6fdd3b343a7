// Which build of a project is the plugin, and when none is.
#include "program/built_plugin.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <unistd.h>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class BuiltPluginTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (fs::temp_directory_path() / "mortise-built-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        m_project = pattern;
        write(m_project / "src/plugin.cpp", "// code", -60min);
        declare(m_project, "Notes");
    }
    void TearDown() override { fs::remove_all(m_project); }

    /// Written so long ago.
    static void write(const fs::path& file, std::string_view text, std::chrono::minutes age)
    {
        fs::create_directories(file.parent_path());
        std::ofstream{file} << text;
        fs::last_write_time(file, fs::file_time_type::clock::now() + age);
    }
    static void declare(const fs::path& folder, std::string_view name)
    {
        write(
            folder / "plugin.json",
            R"({"id": "com.acme.notes", "name": ")" + std::string{name}
                + R"(", "summary": "Notes.", "version": "1.0.0", "vendor": "Acme", "sdk": {"min": "0.1"},
                "library": {"linux-x86_64": "notes.so", "linux-aarch64": "notes.so"}})",
            0min
        );
    }
    fs::path build(std::string_view preset, std::string_view name, std::chrono::minutes age) const
    {
        const fs::path folder = m_project / "build" / preset / "lib/mortise/plugins/com.acme.notes";
        declare(folder, name);
        write(folder / "notes.so", "code", age);
        return folder;
    }
    fs::path found() const
    {
        const auto plugin = find_built_plugin(m_project);
        return plugin ? plugin->folder : fs::path{plugin.error().key + ": " + plugin.error().message};
    }

    fs::path m_project;
};

TEST_F(BuiltPluginTest, IsTheNewestBuild)
{
    build("release", "Notes", -20min);
    const fs::path dev = build("dev", "Notes", -10min);
    EXPECT_EQ(found(), dev);
}

/// A change of plugin.json alone links no library anew.
TEST_F(BuiltPluginTest, IsTheOneWithTheManifestOfTheProject)
{
    const fs::path dev = build("dev", "Notes", -20min);
    build("release", "Notes of before", -10min);
    EXPECT_EQ(found(), dev);
}

TEST_F(BuiltPluginTest, IsNoneOnceTheManifestIsAnother)
{
    build("dev", "Notes of before", -10min);
    EXPECT_NE(found().string().find("sdk.stale_build: plugin.json was changed after"), std::string::npos)
        << found();
}

/// As after a compilation that failed: the manifest is copied, and the library is the one of before.
TEST_F(BuiltPluginTest, IsNoneOnceTheCodeIsAnother)
{
    build("dev", "Notes", -10min);
    write(m_project / "src/rules/score.hpp", "// more", -5min);
    EXPECT_NE(
        found().string().find("sdk.stale_build: src/rules/score.hpp was changed after"), std::string::npos
    ) << found();
}

TEST_F(BuiltPluginTest, IsNoneWithoutABuild)
{
    EXPECT_NE(found().string().find("sdk.not_built"), std::string::npos) << found();
}

} // namespace
} // namespace mortise::tool
