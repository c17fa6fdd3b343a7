#pragma once

/// \file
/// Where the time comes from. What needs the time takes a `Clock&`, so that a test can set it.

#include <mortise/value.hpp>

#include <atomic>

namespace mortise::host {

/// Thread-safety: any thread may call `now()`.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    /// The time in UTC. It follows the system's clock and may therefore step back.
    virtual Instant now() const noexcept = 0;
};

/// The system's real-time clock; lives for ever.
const Clock& system_clock_source() noexcept;

/// A clock that stands still until it is told.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Instant start) noexcept : m_microseconds{start.microseconds} { }

    Instant now() const noexcept override { return {m_microseconds.load(std::memory_order_acquire)}; }
    void set(Instant instant) noexcept
    {
        m_microseconds.store(instant.microseconds, std::memory_order_release);
    }
    void advance(Duration step) noexcept
    {
        m_microseconds.fetch_add(step.microseconds, std::memory_order_acq_rel);
    }

private:
    std::atomic<std::int64_t> m_microseconds;
};

} // namespace mortise::host
