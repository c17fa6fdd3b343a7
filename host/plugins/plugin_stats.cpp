#include "plugins/plugin_stats.hpp"

namespace mortise::host {

namespace {

std::string in_milliseconds(std::uint64_t nanoseconds)
{
    const std::uint64_t tenths = (nanoseconds + 50'000) / 100'000;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " ms";
}

} // namespace

PluginStats::PluginStats() = default;

void PluginStats::add_time(AbiFunction function, std::uint64_t nanoseconds) noexcept
{
    std::atomic<Histogram*>& times = of(function).times;
    Histogram* histogram = times.load(std::memory_order_acquire);
    if (!histogram) {
        const std::scoped_lock lock{m_mutex};
        histogram = times.load(std::memory_order_relaxed);
        if (!histogram) {
            histogram = m_histograms.emplace_back(std::make_unique<Histogram>()).get();
            times.store(histogram, std::memory_order_release);
        }
    }
    histogram->add(nanoseconds);
}

EventCount& PluginStats::event(std::string_view type)
{
    constexpr std::size_t most_types = 1000;
    if (const auto found = m_events.find(type); found != m_events.end()) return found->second;
    const std::string key{m_events.size() < most_types ? type : std::string_view{"(others)"}};
    EventCount& count = m_events[key];
    count.type = key;
    return count;
}

void PluginStats::count_published(std::string_view type, std::uint64_t count)
{
    const std::scoped_lock lock{m_mutex};
    event(type).published += count;
}

void PluginStats::count_handled(std::string_view type, std::uint64_t count)
{
    const std::scoped_lock lock{m_mutex};
    event(type).handled += count;
}

void PluginStats::count_failed(std::string_view type, std::uint64_t count)
{
    const std::scoped_lock lock{m_mutex};
    event(type).failed += count;
}

void PluginStats::note_slow(std::string_view what, std::uint64_t nanoseconds)
{
    m_slow.fetch_add(1, std::memory_order_relaxed);
    const std::scoped_lock lock{m_mutex};
    m_slowest = std::string{what} + ": " + in_milliseconds(nanoseconds);
}

void PluginStats::note_late_hook(std::string_view what, std::uint64_t nanoseconds)
{
    m_late.fetch_add(1, std::memory_order_relaxed);
    const std::scoped_lock lock{m_mutex};
    m_slowest = std::string{what} + ": " + in_milliseconds(nanoseconds);
}

std::uint64_t
PluginStats::note_failed_hook(std::string_view hook, std::string point, std::string error, Instant now)
{
    constexpr std::int64_t second = 1'000'000;
    const std::scoped_lock lock{m_mutex};
    HookFailure& failure = m_failed_hooks[std::string{hook}];
    failure.hook = hook;
    failure.point = std::move(point);
    failure.error = std::move(error);
    failure.last = now;
    ++failure.count;
    if (failure.count > 1 && now.microseconds - failure.told.microseconds < second) return 0;
    failure.told = now;
    return failure.count;
}

void PluginStats::forget_failed_hooks()
{
    const std::scoped_lock lock{m_mutex};
    m_failed_hooks.clear();
}

std::vector<HookFailure> PluginStats::failed_hooks() const
{
    const std::scoped_lock lock{m_mutex};
    std::vector<HookFailure> failures;
    failures.reserve(m_failed_hooks.size());
    for (const auto& [hook, failure] : m_failed_hooks)
        failures.push_back(failure);
    return failures;
}

void PluginStats::note_declared(Instant began, std::uint64_t nanoseconds)
{
    const std::scoped_lock lock{m_mutex};
    m_start.declared_at = began;
    m_start.declare_ns = nanoseconds;
}

void PluginStats::note_loaded(Instant began, std::uint64_t load_ns, std::uint64_t activate_ns)
{
    const std::scoped_lock lock{m_mutex};
    m_start.loaded_at = began;
    m_start.load_ns = load_ns;
    m_start.activate_ns = activate_ns;
    ++m_start.loads;
}

void PluginStats::note_queue(std::uint64_t depth) noexcept
{
    m_queued.store(depth, std::memory_order_relaxed);
    std::uint64_t most = m_queued_most.load(std::memory_order_relaxed);
    while (depth > most && !m_queued_most.compare_exchange_weak(most, depth, std::memory_order_relaxed)) { }
}

PluginCost PluginStats::cost() const
{
    PluginCost cost;
    for (std::size_t i = 0; i < m_functions.size(); ++i) {
        const Function& counted = m_functions[i];
        FunctionCost function;
        function.calls = counted.calls.load(std::memory_order_relaxed);
        if (function.calls == 0) continue;
        function.function = abi_functions[i].name;
        function.errors = counted.errors.load(std::memory_order_relaxed);
        if (const Histogram* times = counted.times.load(std::memory_order_acquire)) {
            function.p50_ns = times->percentile(0.5);
            function.p99_ns = times->percentile(0.99);
        }
        (abi_functions[i].of_plugin ? cost.calls : cost.host_calls) += function.calls;
        (abi_functions[i].of_plugin ? cost.errors : cost.host_errors) += function.errors;
        cost.functions.push_back(std::move(function));
    }
    cost.rows_read = m_rows.load(std::memory_order_relaxed);
    cost.records_written = m_written.load(std::memory_order_relaxed);
    cost.slow_quanta = m_slow.load(std::memory_order_relaxed);
    cost.late_hooks = m_late.load(std::memory_order_relaxed);
    cost.connections = m_connections.load(std::memory_order_relaxed);
    cost.connections_failed = m_connections_failed.load(std::memory_order_relaxed);
    cost.net_read = m_net_read.load(std::memory_order_relaxed);
    cost.net_written = m_net_written.load(std::memory_order_relaxed);
    cost.queued = m_queued.load(std::memory_order_relaxed);
    cost.queued_most = m_queued_most.load(std::memory_order_relaxed);
    const std::scoped_lock lock{m_mutex};
    cost.slowest = m_slowest;
    cost.start = m_start;
    for (const auto& [type, count] : m_events)
        cost.events.push_back(count);
    return cost;
}

} // namespace mortise::host
