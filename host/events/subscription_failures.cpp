/// \file
/// What a subscription does with failures: when the next try is, and what it tells of them.

#include "base/clock.hpp"
#include "events/subscription.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::int64_t most_attempts = 10;

/// 1, 2, 4 ... 60 seconds.
std::chrono::microseconds back_off(std::int64_t attempts)
{
    constexpr std::chrono::seconds longest{60};
    return std::min(
        longest, std::chrono::seconds{std::int64_t{1} << std::min<std::int64_t>(attempts - 1, 6)}
    );
}

Instant later(Instant at, std::chrono::microseconds pause)
{
    return {at.microseconds + pause.count()};
}

} // namespace

/// The event is not to blame: the same is tried again, after a pause that grows.
Subscription::Progress Subscription::wait_for_better(const Event& event, const Error& error)
{
    constexpr int told_from = 4;
    ++m_troubles;
    DeliveryFailure failure = failure_of(event, error, m_troubles);
    failure.next = later(failure.at, pause());
    note_failure(failure);
    if (m_troubles < told_from) return Progress::trouble;
    if (std::has_single_bit(static_cast<unsigned>(m_troubles))) tell(failure);
    const std::scoped_lock lock{m_mutex};
    m_waiting = std::move(failure);
    return Progress::trouble;
}

std::chrono::milliseconds Subscription::pause() const noexcept
{
    return std::chrono::milliseconds{std::min(50 << std::min(m_troubles, 10), 30'000)};
}

/// As it stands after this attempt: tried again later, or given up.
DeliveryFailure Subscription::failure_of(const Event& event, const Error& error, std::int64_t attempts) const
{
    const Instant now = m_tools.clock.now();
    return {
        .number = event.number,
        .type = event.type,
        .attempts = attempts,
        .error = error.message,
        .at = now,
        .next = attempts < most_attempts ? std::optional{later(now, back_off(attempts))} : std::nullopt,
    };
}

/// Trouble of the host itself, at no event.
void Subscription::note_failure(const Error& error)
{
    DeliveryFailure failure;
    failure.error = error.message;
    failure.at = m_tools.clock.now();
    note_failure(std::move(failure));
}

void Subscription::note_failure(DeliveryFailure failure)
{
    const std::scoped_lock lock{m_mutex};
    ++m_failed;
    m_waiting.reset();
    m_last_failure = PastFailure{.failure = std::move(failure), .succeeded_at = {}};
}

/// With `m_mutex` held.
void Subscription::note_handled(std::span<const Event> batch)
{
    m_waiting.reset();
    if (!m_last_failure || m_last_failure->succeeded_at) return;
    const std::int64_t failed = m_last_failure->failure.number;
    if (failed == 0 || std::ranges::find(batch, failed, &Event::number) != batch.end())
        m_last_failure->succeeded_at = m_tools.clock.now();
}

void Subscription::tell(const DeliveryFailure& failure) const
{
    if (m_spec.on_failure) m_spec.on_failure(failure);
}

} // namespace mortise::host
