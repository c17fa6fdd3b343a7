#include "trace_fixture.hpp"

// Plugins of every make in one host: what they do, and what they leave behind, must be the same.

namespace mortise::host {
namespace {

class AbiTest : public TraceTest { };

TEST_F(AbiTest, EveryMakeOfPluginRunsInOneHostAndDoesTheSame)
{
    const auto names = matrix();
    ASSERT_GE(names.size(), 5U);
    const auto folder = [](const std::string& name) {
        return std::filesystem::path{MORTISE_FIXTURES} / ("com.test." + name);
    };
    for (const std::string& name : names)
        enable_package(folder(name), name);
    std::map<std::string, std::string> traces;
    for (const std::string& name : names)
        traces[name] = trace(folder(name), name);
    for (const std::string& name : names) {
        EXPECT_EQ(status(name).state, PluginState::active) << name;
        EXPECT_EQ(traces[name], recorded_trace("0.1")) << name;
    }
    for (const std::string& name : names) { // in any order
        ASSERT_TRUE(m_plugins->disable("com.test." + name)) << name;
        EXPECT_TRUE(status(name).pinned.empty()) << name;
    }
}

/// The files of former releases, as they were built then.
TEST_F(AbiTest, GoldenPluginsOfEveryReleaseDoWhatTheyDid)
{
    const auto golden = split_list(MORTISE_ABI_GOLDEN);
    if (golden.empty()) GTEST_SKIP() << "golden plugins are for x86_64";
    for (const std::string& path : golden) {
        const std::string release = path.substr(0, path.find('/'));
        const std::string name = path.substr(path.find('/') + 1);
        SCOPED_TRACE(path);
        const std::filesystem::path folder
            = std::filesystem::path{MORTISE_ABI_GOLDEN_FOLDER} / release / ("com.test." + name);
        ASSERT_NO_FATAL_FAILURE(enable_package(folder, name));
        const std::string now = trace(folder, name);
        EXPECT_EQ(now, recorded_trace(release))
            << "a plugin built for " << release << " does something else now";
        if (const char* file = std::getenv("MORTISE_ABI_RECORD")) std::ofstream{file} << now; // NOLINT
        ASSERT_NO_FATAL_FAILURE(remove_package(name));
    }
}

} // namespace
} // namespace mortise::host
