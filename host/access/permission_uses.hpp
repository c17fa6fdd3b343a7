#pragma once

/// \file
/// How often a plugin used what it was granted, and when last: counted where permissions are judged, since
/// the host started.

#include <mortise/value.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// One permission, as it was used so far.
struct PermissionUse {
    std::string permission;
    std::uint64_t count{0};
    Instant last{}; ///< 0: never
};

/// Outlives changes of the grants. Thread-safety: any thread.
class PermissionUses {
public:
    /// Counting is a relaxed increment, and a look at the system's coarse clock (4 ms).
    class Counter {
    public:
        void count(std::uint64_t times = 1) noexcept;

    private:
        friend class PermissionUses;
        std::atomic<std::uint64_t> m_count{0};
        std::atomic<std::int64_t> m_last{0};
    };

    /// Lives as long as this.
    Counter& of(std::string_view permission);
    std::vector<PermissionUse> all() const;

private:
    mutable std::mutex m_mutex; // guards the map, not the counters
    std::map<std::string, std::unique_ptr<Counter>, std::less<>> m_counters;
};

} // namespace mortise::host
