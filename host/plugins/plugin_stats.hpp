#pragma once

/// \file
/// What a plugin costs, counted at the border for every call in both directions. Counting is a relaxed
/// increment; the clock is read for each call that may wait, and for one in 64 of the others.

#include "base/clock.hpp"
#include "plugins/generated/abi_functions.hpp"
#include "plugins/histogram.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// One function of the contract, as `plugins stats` shows it.
struct FunctionCost {
    std::string function; ///< "mortise.records/1.commit"
    std::uint64_t calls{0};
    std::uint64_t errors{0};
    std::uint64_t p50_ns{0};
    std::uint64_t p99_ns{0};
};

struct EventCount {
    std::string type;
    std::uint64_t published{0};
    std::uint64_t handled{0};
    std::uint64_t failed{0};
};

/// How long a plugin took to be there: what it declares made known, then its code, which is loaded when it is
/// first asked for something. The last time of each.
struct StartCost {
    Instant declared_at{};
    std::uint64_t declare_ns{0}; ///< 0: not enabled since the host started
    Instant loaded_at{};
    std::uint64_t load_ns{0}; ///< the library: checked, copied, mapped; 0: not loaded yet
    std::uint64_t activate_ns{0}; ///< its own code, until it could be called
    std::uint64_t loads{0};
};

/// A hook that failed since its plugin's code was loaded: it threw, gave an error, or set what cannot stand.
struct HookFailure {
    std::string hook;
    std::string point; ///< "contact.create": of the last time
    std::string error; ///< of the last time
    Instant last{};
    std::uint64_t count{0};
    Instant told{}; ///< when the log was last told
};

/// What one plugin has cost since the host started.
struct PluginCost {
    std::uint64_t calls{0}; ///< into the plugin
    std::uint64_t errors{0};
    std::uint64_t host_calls{0}; ///< by the plugin
    std::uint64_t host_errors{0};
    std::uint64_t rows_read{0};
    std::uint64_t records_written{0};
    std::uint64_t slow_quanta{0}; ///< calls that used more than 10 ms of processor time
    std::uint64_t late_hooks{0}; ///< hook calls over their budget
    std::uint64_t connections{0}; ///< to other machines, opened
    std::uint64_t connections_failed{0}; ///< asked for and not opened
    std::uint64_t net_read{0}; ///< bytes
    std::uint64_t net_written{0}; ///< bytes
    std::uint64_t queued{0}; ///< waiting for the strand now
    std::uint64_t queued_most{0};
    StartCost start{};
    std::string slowest; ///< the last call that overran, with its time; empty if none did
    std::vector<FunctionCost> functions; ///< only those that were called
    std::vector<EventCount> events; ///< by type
};

/// Thread-safety: every member may be called from any thread at any time.
class PluginStats {
public:
    PluginStats();

    struct Function {
        std::atomic<std::uint64_t> calls{0};
        std::atomic<std::uint64_t> errors{0};
        std::atomic<Histogram*> times{nullptr}; // made at the first measurement
    };

    Function& of(AbiFunction function) noexcept { return m_functions[static_cast<std::size_t>(function)]; }
    void add_time(AbiFunction function, std::uint64_t nanoseconds) noexcept;

    void count_rows(std::uint64_t rows) noexcept { m_rows.fetch_add(rows, std::memory_order_relaxed); }
    void count_written(std::uint64_t records) noexcept
    {
        m_written.fetch_add(records, std::memory_order_relaxed);
    }
    void count_connection(bool is_open) noexcept
    {
        (is_open ? m_connections : m_connections_failed).fetch_add(1, std::memory_order_relaxed);
    }
    void count_net(std::uint64_t read, std::uint64_t written) noexcept
    {
        m_net_read.fetch_add(read, std::memory_order_relaxed);
        m_net_written.fetch_add(written, std::memory_order_relaxed);
    }
    void count_published(std::string_view type, std::uint64_t count = 1);
    void count_handled(std::string_view type, std::uint64_t count = 1);
    void count_failed(std::string_view type, std::uint64_t count = 1);
    void note_slow(std::string_view what, std::uint64_t nanoseconds);
    void note_late_hook(std::string_view what, std::uint64_t nanoseconds);
    /// Returns how often it has failed if the log is to be told, and 0 if not: a hook that fails for every
    /// record of an import is told once a second.
    std::uint64_t note_failed_hook(std::string_view hook, std::string point, std::string error, Instant now);
    void forget_failed_hooks();
    std::vector<HookFailure> failed_hooks() const;
    void note_declared(Instant began, std::uint64_t nanoseconds);
    void note_loaded(Instant began, std::uint64_t load_ns, std::uint64_t activate_ns);
    void note_queue(std::uint64_t depth) noexcept;

    PluginCost cost() const;

private:
    EventCount& event(std::string_view type);

    std::array<Function, abi_function_count> m_functions;
    std::atomic<std::uint64_t> m_rows{0};
    std::atomic<std::uint64_t> m_written{0};
    std::atomic<std::uint64_t> m_slow{0};
    std::atomic<std::uint64_t> m_late{0};
    std::atomic<std::uint64_t> m_connections{0};
    std::atomic<std::uint64_t> m_connections_failed{0};
    std::atomic<std::uint64_t> m_net_read{0};
    std::atomic<std::uint64_t> m_net_written{0};
    std::atomic<std::uint64_t> m_queued{0};
    std::atomic<std::uint64_t> m_queued_most{0};
    mutable std::mutex m_mutex; // guards what follows
    std::vector<std::unique_ptr<Histogram>> m_histograms;
    std::map<std::string, EventCount, std::less<>> m_events;
    std::map<std::string, HookFailure, std::less<>> m_failed_hooks;
    std::string m_slowest;
    StartCost m_start;
};

} // namespace mortise::host
