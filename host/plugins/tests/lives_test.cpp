#include "plugins_fixture.hpp"

#include <malloc.h>
#include <sqlite3.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Debian's GCC brings the function without its header (sanitizer/allocator_interface.h).
extern "C" std::size_t __sanitizer_get_current_allocated_bytes(); // NOLINT
#endif

// A plugin that is loaded, used in every way and unloaded, a thousand times: what the process holds returns
// to the start. Runs under each sanitizer too, with the plugin built for it.

namespace mortise::host {
namespace {

/// Bytes, without what SQLite holds: the pages that it keeps of a file that grows have a limit of their own.
std::size_t heap_in_use()
{
    const auto of_sqlite = static_cast<std::size_t>(sqlite3_memory_used());
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return __sanitizer_get_current_allocated_bytes() - of_sqlite;
#else
    return ::mallinfo2().uordblks - of_sqlite;
#endif
}

/// What a process holds.
struct Holdings {
    std::size_t mappings{0}; ///< of plugins
    std::size_t descriptors{0};
    std::size_t threads{0};
    std::size_t files{0}; ///< copies of plugins
    std::size_t heap{0}; ///< bytes

    static Holdings now(const std::filesystem::path& copies)
    {
        const auto count = [](const std::filesystem::path& folder) {
            const std::filesystem::directory_iterator items{folder};
            return static_cast<std::size_t>(std::distance(begin(items), end(items)));
        };
        Holdings held{
            .descriptors = count("/proc/self/fd"),
            .threads = count("/proc/self/task"),
            .files = count(copies),
        };
        std::ifstream maps{"/proc/self/maps"};
        for (std::string line; std::getline(maps, line);)
            held.mappings += line.find(copies.string()) != std::string::npos ? 1 : 0;
        held.heap = heap_in_use();
        return held;
    }
};

class LivesTest : public PluginsTest {
protected:
    static constexpr int warm_up = 1000; // logs and caches fill, allocators settle
    static constexpr int rounds = 1000;

    /// Lives a plugin through `use` and a reload, over and over, and compares what is held.
    void live(const std::string& name, const std::function<void()>& use)
    {
        enable(name);
        const auto once = [&] {
            use();
            const auto closing = m_plugins->reload("com.test." + name);
            ASSERT_TRUE(closing) << closing.error().message;
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
        constexpr std::size_t slack_per_round = 64; // statistics; a leaked record, row or block is larger
        EXPECT_EQ(after.mappings, before.mappings);
        EXPECT_EQ(after.descriptors, before.descriptors);
        EXPECT_EQ(after.threads, before.threads);
        EXPECT_EQ(after.files, before.files);
        EXPECT_LE(after.heap, before.heap + rounds * slack_per_round);
        RecordProperty("heap_growth", static_cast<int>(after.heap) - static_cast<int>(before.heap));
        ASSERT_TRUE(m_plugins->disable("com.test." + name));
        EXPECT_EQ(Holdings::now(m_folder / "run").mappings, 0U);
    }
};

TEST_F(LivesTest, OfAPluginWithHooksHandlersCommandsAndJobsLeaveNothing)
{
    const auto ada = create_contact("Ada");
    ASSERT_TRUE(ada);
    int life = 0;
    live("sample", [&] {
        ASSERT_TRUE(call("sample.echo", {{"text", "x"}}));
        ASSERT_FALSE(create_contact("refuse me")) << "its hook";
        ASSERT_TRUE(act("publish")) << "an event to itself";
        if (++life % 10 == 0) { // what grows the database, and so the caches over it, less often
            ASSERT_TRUE(call("sample.note", {{"text", "a note"}}));
            ASSERT_TRUE(act("job"));
            ASSERT_TRUE(eventually([&] {
                const auto jobs = m_jobs->list("com.test.sample", 1);
                return jobs && !jobs->empty() && jobs->front().state == JobState::done;
            }));
        }
        ASSERT_TRUE(settle());
    });
}

TEST_F(LivesTest, OfAPluginInPlainCLeaveNothing)
{
    live("plain", [&] { ASSERT_TRUE(call("plain.add", {{"a", 40}, {"b", 2}})); });
}

} // namespace
} // namespace mortise::host
