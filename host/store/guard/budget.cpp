#include "store/guard/budget.hpp"

#include <ctime>

namespace mortise::host {

namespace {

/// The kernel's tick: coarse (up to 4 ms), which a budget can bear, and 5 times cheaper than the exact clock.
std::chrono::nanoseconds tick() noexcept
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

} // namespace

void QueryBudget::start(std::chrono::nanoseconds time, const std::atomic<bool>* cancel) noexcept
{
    *this = {};
    m_limit = time;
    m_cancel = cancel;
}

void QueryBudget::enter() noexcept
{
    m_entered = tick();
}

void QueryBudget::leave() noexcept
{
    m_used += tick() - m_entered;
}

bool QueryBudget::spent() noexcept
{
    if (m_stop != Stop::none) return true;
    if (m_cancel && m_cancel->load(std::memory_order_relaxed))
        m_stop = Stop::cancelled;
    else if (m_used + (tick() - m_entered) > m_limit)
        m_stop = Stop::time;
    return m_stop != Stop::none;
}

} // namespace mortise::host
