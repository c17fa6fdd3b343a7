#include "functions_generated.hpp"
#include "trace_fixture.hpp"

#include <charconv>

// Every function of the contract is called by the plugins whose traces are compared, and answers them with
// success: in process, and, when every plugin has a process of its own, across the border of processes. So
// what changes in any of them is seen by abi_plugins_test.cpp.

namespace mortise::host {
namespace {

/// Functions that no trace can have, with the reason.
const std::map<std::string_view, std::string_view>& cannot_be_called()
{
    static const std::map<std::string_view, std::string_view> reasons{};
    return reasons;
}

/// "0.1" as MORTISE_ABI_TARGET counts it.
int number_of(const std::string& release)
{
    const std::size_t dot = release.find('.');
    int major = 0;
    int minor = 0;
    std::from_chars(release.data(), release.data() + dot, major);
    std::from_chars(release.data() + dot + 1, release.data() + release.size(), minor);
    return major * 1000 + minor;
}

class ContractUsedTest : public TraceTest {
protected:
    /// Lets a plugin do everything, and gives those functions of the release that were not called with
    /// success, or were although they are said not to be.
    std::vector<std::string>
    wrongly_used(const std::filesystem::path& folder, const std::string& name, int release)
    {
        enable_package(folder, name);
        trace(folder, name);
        EXPECT_EQ(status(name).process != 0, m_isolated) << name << " runs in another place than it shall";
        remove_package(name);
        return judge(name, release);
    }
    std::vector<std::string> judge(const std::string& name, int release) const
    {
        const auto called = m_calls.of("com.test." + name);
        std::vector<std::string> wrong;
        for (const PromisedFunction& function : promised_functions) {
            const bool is_called = called.contains(function.name);
            if (function.since <= release && is_called == cannot_be_called().contains(function.name))
                wrong.push_back(std::string{function.name} + (is_called ? " is called" : " is not called"));
        }
        return wrong;
    }
    static std::filesystem::path folder_of(const std::string& name)
    {
        return std::filesystem::path{MORTISE_FIXTURES} / ("com.test." + name);
    }

    static constexpr int newest = 1'000'000;
};

const std::vector<std::string> nothing;

TEST_F(ContractUsedTest, EveryFunctionIsInTheTracesOfTodaysPlugins)
{
    EXPECT_EQ(std::size(promised_functions), abi_function_count);
    for (const std::string& name : matrix()) {
        if (name != "cgcco2" && name != "gcco2") continue; // the others are built from the same sources
        EXPECT_EQ(wrongly_used(folder_of(name), name, newest), nothing) << name;
    }
}

/// A plugin that does little is told of: this test notices what it is for.
TEST_F(ContractUsedTest, WhatIsNotCalledIsNoticed)
{
    enable_package(folder_of("cgcco2"), "cgcco2");
    ASSERT_TRUE(call("cgcco2.do", {{"what", "now"}}));
    EXPECT_FALSE(call("cgcco2.do", {{"what", "refuse"}}));
    const auto wrong = judge("cgcco2", newest);
    EXPECT_LT(wrong.size(), std::size(promised_functions));
    for (const char* function :
         {"mortise.net/1.connect", "mortise.plugin/1.migrate", "mortise.plugin/1.on_answer"})
        EXPECT_EQ(std::ranges::count(wrong, std::string{function} + " is not called"), 1) << function;
    for (const char* function : {"mortise.clock/1.now", "mortise.plugin/1.on_command"})
        EXPECT_EQ(std::ranges::count(wrong, std::string{function} + " is not called"), 0) << function;
}

TEST_F(ContractUsedTest, EveryFunctionOfAReleaseIsInTheTracesOfItsGoldenPlugins)
{
    for (const std::string& path : split_list(MORTISE_ABI_GOLDEN)) {
        const std::string release = path.substr(0, path.find('/'));
        const std::string name = path.substr(path.find('/') + 1);
        const auto folder = std::filesystem::path{MORTISE_ABI_GOLDEN_FOLDER} / release / ("com.test." + name);
        EXPECT_EQ(wrongly_used(folder, name, number_of(release)), nothing) << path;
    }
}

} // namespace
} // namespace mortise::host
