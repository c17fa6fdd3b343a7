#include "base/json.hpp"
#include "plugins/tests/plugins_fixture.hpp"

#include <algorithm>
#include <fstream>
#include <malloc.h>
#include <sstream>

// Plugins of every make in one host: what they do, and what they leave behind, must be the same.

namespace mortise::host {
namespace {

std::vector<std::string> split_list(std::string_view text)
{
    std::vector<std::string> items;
    std::istringstream stream{std::string{text}};
    for (std::string item; std::getline(stream, item, ',');)
        if (!item.empty()) items.push_back(item);
    return items;
}

std::vector<std::string> matrix()
{
    return split_list(MORTISE_ABI_NAMES);
}

std::string read_file(const std::filesystem::path& file)
{
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    return text.str();
}

/// Takes the plugin's own name out of a text, so that the traces of all can be compared.
std::string without_name(std::string text, const std::string& name)
{
    for (std::size_t at = 0; (at = text.find(name, at)) != text.npos;)
        text.replace(at, name.size(), "NAME");
    return text;
}

std::string spell(const Error& error)
{
    return std::string{name(error.code)} + " key=" + error.key + " where=" + error.where + ": "
        + error.message;
}

std::string spell(const Result<Value>& answer)
{
    return answer ? json_text(*answer) : spell(answer.error());
}

class AbiTest : public PluginsTest {
protected:
    /// Everything that a plugin can be asked for, and what came of it.
    std::string trace(const std::string& name)
    {
        std::ostringstream out;
        out << "echo " << spell(call(name + ".echo", every_kind())) << '\n';
        for (const char* what :
             {"nothing",
              "refuse",
              "busy",
              "throw",
              "query",
              "create",
              "query",
              "greeting",
              "thread",
              "log",
              "job"})
            out << what << ' ' << spell(call(name + ".do", {{"what", what}})) << '\n';
        out << "hook " << hooked("refuse " + name) << '\n' << "hook " << hooked("amend " + name) << '\n';
        EXPECT_TRUE(m_plugins->set_setting("com.test." + name, "greeting", "gr\u00fcezi"));
        out << "greeting " << spell(call(name + ".do", {{"what", "greeting"}})) << '\n';
        out << "hook " << hooked("amend " + name) << '\n';
        out << "handler " << handled("handle " + name) << '\n';
        out << "job " << job_of("com.test." + name) << '\n';
        const auto lines = m_plugins->logs("com.test." + name, 10);
        if (lines)
            for (const LogLine& line : *lines)
                if (!line.from_host)
                    out << "log " << name_of(line.level) << ' ' << line.key << ' ' << line.message << ' '
                        << json_text(line.fields) << '\n';
        return without_name(out.str(), name);
    }

    static Map every_kind()
    {
        return Map{
            {"null", {}},
            {"bool", true},
            {"int", std::int64_t{-7}},
            {"double", 2.5},
            {"decimal", Decimal{1230, 2}},
            {"money", Money{1999, 840, 2}},
            {"text", "Gr\u00fc\u00df \U0001F642"},
            {"instant", Instant{1'767'225'600'000'001}},
            {"date", Date{20'000}},
            {"time", TimeOfDay{30'600'000'000}},
            {"duration", Duration{-1}},
            {"id", Id{4'611'686'018'427'387'904}},
            {"list", List{1, "two", List{}, Map{{"deep", List{Map{}}}}}},
            {"empty", ""},
        };
    }

    std::string hooked(const std::string& contact)
    {
        const auto made = create_contact(contact);
        return made ? json_text(field(made->ids[0], "nickname")) : spell(made.error());
    }
    std::string handled(const std::string& contact)
    {
        const auto made = create_contact(contact);
        if (!made) return spell(made.error());
        if (!settle()) return "the handlers did not settle";
        return json_text(field(made->ids[0], "nickname"));
    }
    std::string job_of(const std::string& plugin)
    {
        const auto is_over = [&] {
            const auto jobs = m_jobs->list(plugin, 1);
            return jobs && !jobs->empty() && jobs->front().state != JobState::waiting
                && jobs->front().state != JobState::running;
        };
        if (!eventually(is_over)) return "did not end";
        const Job job = m_jobs->list(plugin, 1)->front();
        return std::string{host::name_of(job.state)} + ' ' + json_text(job.result) + ' ' + job.error;
    }
};

std::string recorded_trace(const std::string& release)
{
    return read_file(std::filesystem::path{MORTISE_ABI_SOURCE} / "golden" / release / "trace.txt");
}

TEST_F(AbiTest, EveryMakeOfPluginRunsInOneHostAndDoesTheSame)
{
    const auto names = matrix();
    ASSERT_GE(names.size(), 5U);
    for (const std::string& name : names)
        enable(name);
    std::map<std::string, std::string> traces;
    for (const std::string& name : names)
        traces[name] = trace(name);
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
        const std::string id = "com.test." + name;
        std::filesystem::copy(
            std::filesystem::path{MORTISE_ABI_GOLDEN_FOLDER} / release / id, m_folder / "installed" / id
        );
        ASSERT_TRUE(m_plugins->rescan());
        const auto enabled = m_plugins->enable(id);
        ASSERT_TRUE(enabled) << spell(enabled.error());
        const std::string now = trace(name);
        EXPECT_EQ(now, recorded_trace(release))
            << "a plugin built for " << release << " does something else now";
        if (const char* file = std::getenv("MORTISE_ABI_RECORD")) std::ofstream{file} << now; // NOLINT
        ASSERT_TRUE(m_plugins->disable(id));
        EXPECT_TRUE(status(name).pinned.empty());
        std::filesystem::remove_all(m_folder / "installed" / id);
        ASSERT_TRUE(m_plugins->rescan());
    }
}

/// What a process holds.
struct Holdings {
    std::size_t mappings{0};
    std::size_t descriptors{0};
    std::size_t threads{0};
    std::size_t heap{0}; ///< bytes in use

    static Holdings now(const std::filesystem::path& copies)
    {
        const auto count = [](const char* folder) {
            const std::filesystem::directory_iterator items{folder};
            return static_cast<std::size_t>(std::distance(begin(items), end(items)));
        };
        Holdings held{.descriptors = count("/proc/self/fd"), .threads = count("/proc/self/task")};
        std::ifstream maps{"/proc/self/maps"};
        for (std::string line; std::getline(maps, line);)
            held.mappings += line.find(copies.string()) != std::string::npos ? 1 : 0;
        held.heap = ::mallinfo2().uordblks;
        return held;
    }
};

TEST_F(AbiTest, AThousandTimesLoadedUsedAndUnloadedLeavesNothing)
{
    constexpr int warm_up = 100;
    constexpr int rounds = 1000;
    constexpr std::size_t slack_per_round = 64; // bytes: caches that fill, statistics
    for (const std::string& name : {std::string{"cgcco2"}, std::string{"gcco2"}, std::string{"libcppo2"}}) {
        const auto built = matrix();
        if (std::ranges::find(built, name) == built.end()) continue;
        SCOPED_TRACE(name);
        enable(name);
        const std::string id = "com.test." + name;
        const auto once = [&] {
            ASSERT_EQ(spell(call(name + ".do", {{"what", "nothing"}})), "\"done nothing\"");
            const auto closing = m_plugins->reload(id);
            ASSERT_TRUE(closing) << spell(closing.error());
            ASSERT_TRUE(closing->is_clean) << closing->problem;
            ASSERT_TRUE(closing->unloaded.unmapped) << closing->unloaded.pinned_because;
        };
        for (int i = 0; i < warm_up && !HasFatalFailure(); ++i)
            once();
        ASSERT_FALSE(HasFatalFailure());
        const Holdings before = Holdings::now(m_folder / "run");
        for (int i = 0; i < rounds && !HasFatalFailure(); ++i)
            once();
        ASSERT_FALSE(HasFatalFailure());
        const Holdings after = Holdings::now(m_folder / "run");
        EXPECT_EQ(after.mappings, before.mappings);
        EXPECT_EQ(after.descriptors, before.descriptors);
        EXPECT_EQ(after.threads, before.threads);
        EXPECT_LE(after.heap, before.heap + rounds * slack_per_round);
        RecordProperty(name + "_heap_growth", static_cast<int>(after.heap) - static_cast<int>(before.heap));
        ASSERT_TRUE(m_plugins->disable(id));
        EXPECT_EQ(Holdings::now(m_folder / "run").mappings, 0U);
    }
}

} // namespace
} // namespace mortise::host
