#include "access/permission_uses.hpp"

#include <ctime>

namespace mortise::host {

void PermissionUses::Counter::count(std::uint64_t times) noexcept
{
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    constexpr std::int64_t microseconds = 1'000'000;
    m_count.fetch_add(times, std::memory_order_relaxed);
    m_last.store(now.tv_sec * microseconds + now.tv_nsec / 1000, std::memory_order_relaxed);
}

PermissionUses::Counter& PermissionUses::of(std::string_view permission)
{
    const std::scoped_lock lock{m_mutex};
    auto found = m_counters.find(permission);
    if (found == m_counters.end())
        found = m_counters.emplace(std::string{permission}, std::make_unique<Counter>()).first;
    return *found->second;
}

std::vector<PermissionUse> PermissionUses::all() const
{
    const std::scoped_lock lock{m_mutex};
    std::vector<PermissionUse> uses;
    uses.reserve(m_counters.size());
    for (const auto& [permission, counter] : m_counters)
        uses.push_back({
            .permission = permission,
            .count = counter->m_count.load(std::memory_order_relaxed),
            .last = Instant{counter->m_last.load(std::memory_order_relaxed)},
        });
    return uses;
}

} // namespace mortise::host
