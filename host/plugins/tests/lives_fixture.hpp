#pragma once

/// \file
/// A plugin that is loaded, used and unloaded, over and over: what the process holds returns to the start.

#include "base/sanitizers.hpp"
#include "plugins/tests/plugins_fixture.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <malloc.h>
#include <sqlite3.h>
#include <string>
#include <thread>

#if defined(MORTISE_ASAN) || defined(MORTISE_TSAN)
// Debian's GCC brings the function without its header (sanitizer/allocator_interface.h).
extern "C" std::size_t __sanitizer_get_current_allocated_bytes(); // NOLINT
#endif

namespace mortise::host {

#if defined(MORTISE_ASAN) || defined(MORTISE_TSAN)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

/// Bytes, without what SQLite holds: the pages that it keeps of a file that grows have a limit of their own.
inline std::size_t heap_in_use()
{
    const auto of_sqlite = static_cast<std::size_t>(sqlite3_memory_used());
#if defined(MORTISE_ASAN) || defined(MORTISE_TSAN)
    return __sanitizer_get_current_allocated_bytes() - of_sqlite;
#else
    return ::mallinfo2().uordblks - of_sqlite;
#endif
}

/// What the process's descriptors lead to, a line each.
inline std::string open_descriptors()
{
    std::string lines;
    for (const auto& descriptor : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        std::error_code closed; // that of the listing itself
        lines += std::filesystem::read_symlink(descriptor.path(), closed).native() + '\n';
    }
    return lines;
}

/// What a process holds.
struct Holdings {
    std::size_t mappings{0}; ///< of plugins
    std::size_t descriptors{0}; ///< but for the database's, which keeps a reader for each that read at once
    std::size_t threads{0};
    std::size_t files{0}; ///< copies of plugins
    std::size_t heap{0}; ///< bytes
    std::size_t of_sqlite{0}; ///< bytes that SQLite asked for; an allocator that rounds up gives it more

    static Holdings now(const std::filesystem::path& copies)
    {
        const auto count = [](const std::filesystem::path& folder) {
            const std::filesystem::directory_iterator items{folder};
            return static_cast<std::size_t>(std::distance(begin(items), end(items)));
        };
        Holdings held{.threads = count("/proc/self/task"), .files = count(copies)};
        for (const auto& descriptor : std::filesystem::directory_iterator{"/proc/self/fd"}) {
            std::error_code closed; // that of the listing itself
            const auto target = std::filesystem::read_symlink(descriptor.path(), closed);
            held.descriptors += target.filename().string().starts_with("mortise.db") ? 0 : 1;
        }
        held.mappings = plugin_mappings(copies);
        held.heap = heap_in_use();
        held.of_sqlite = static_cast<std::size_t>(sqlite3_memory_used());
        return held;
    }

    /// The same, with no more descriptors than `most`, if that comes to be, and the fewest seen over a while:
    /// threads of the host open some for a moment.
    static Holdings settled(const std::filesystem::path& copies, std::size_t most = 0)
    {
        constexpr int least_looks = 20;
        constexpr int most_looks = 200;
        Holdings held = now(copies);
        for (int i = 1; i < least_looks || (i < most_looks && most != 0 && held.descriptors > most); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
            Holdings later = now(copies);
            if (later.descriptors <= held.descriptors) held = later;
        }
        return held;
    }
};

struct Lives {
    int warm_up{1000}; ///< logs and caches fill, allocators settle
    int rounds{1000};
    std::size_t steps{0}; ///< bytes by which what grows now and then, such as a queue's block, may differ
};

class LivesTest : public PluginsTest {
protected:
    /// Lives a plugin that is enabled through `use` and a reload, over and over, and compares what is held.
    void live(const std::string& id, const std::function<void()>& use, Lives lives = {})
    {
        SCOPED_TRACE(id);
        const auto once = [&] {
            use();
            const auto closing = m_plugins->reload(id);
            ASSERT_TRUE(closing) << closing.error().message;
            ASSERT_TRUE(closing->is_clean) << closing->problem;
            ASSERT_TRUE(closing->unloaded.unmapped) << closing->unloaded.pinned_because;
        };
        for (int i = 0; i < lives.warm_up && !HasFailure(); ++i)
            once();
        ASSERT_FALSE(HasFailure());
        const Holdings before = Holdings::settled(m_folder / "run");
        for (int i = 0; i < lives.rounds && !HasFailure(); ++i)
            once();
        ASSERT_FALSE(HasFailure());
        const Holdings after = Holdings::settled(m_folder / "run", before.descriptors);
        constexpr std::size_t slack_per_round = 64; // statistics; a leaked record, row or block is larger
        EXPECT_EQ(after.mappings, before.mappings);
        EXPECT_EQ(after.descriptors, before.descriptors) << open_descriptors();
        EXPECT_EQ(after.threads, before.threads);
        EXPECT_EQ(after.files, before.files);
        // A page that SQLite keeps is 4.2 KB, which the allocators of sanitizers round up to 5 KB.
        const std::size_t rounding = (std::max(after.of_sqlite, before.of_sqlite) - before.of_sqlite) / 4;
        const auto statistics = static_cast<std::size_t>(lives.rounds) * slack_per_round;
        EXPECT_LE(after.heap, before.heap + lives.steps + statistics + rounding);
        RecordProperty(id + "_heap_growth", static_cast<int>(after.heap) - static_cast<int>(before.heap));
        ASSERT_TRUE(m_plugins->disable(id));
        EXPECT_EQ(Holdings::now(m_folder / "run").mappings, m_left)
            << "but for what a test before this one left";
    }

private:
    std::size_t m_left{plugin_mappings("/nowhere")};
};

} // namespace mortise::host
