#pragma once

/// \file
/// `QueryBudget`: how long one query may still work, and whether somebody cancelled it.

#include <atomic>
#include <chrono>
#include <cstdint>

namespace mortise::host {

/// Used by the thread that runs the query.
class QueryBudget {
public:
    enum class Stop : std::uint8_t { none, time, cancelled };

    void start(std::chrono::nanoseconds time, const std::atomic<bool>* cancel) noexcept;
    /// The query works from `enter()` to `leave()`; time in between counts.
    void enter() noexcept;
    void leave() noexcept;
    /// True once the query must stop; a few nanoseconds. Remembers why.
    bool spent() noexcept;
    Stop stopped_by() const noexcept { return m_stop; }
    std::chrono::nanoseconds used() const noexcept { return m_used; }

private:
    std::chrono::nanoseconds m_limit{0};
    std::chrono::nanoseconds m_used{0};
    std::chrono::nanoseconds m_entered{0};
    const std::atomic<bool>* m_cancel{nullptr};
    Stop m_stop{Stop::none};
};

} // namespace mortise::host
