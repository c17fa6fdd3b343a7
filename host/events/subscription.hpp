#pragma once

/// \file
/// One attached subscription: the thread that reads the log for it, calls the handler, and keeps its place.
/// Used by the dispatcher only.

#include "events/dispatcher.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace mortise::host {

/// What a subscription works with.
struct DeliveryTools {
    Database& database;
    Writer& writer;
    Records& records;
    EventLog& log;
    const Clock& clock;
    std::shared_ptr<std::atomic<int>> working; ///< how many subscriptions are not at rest
};

/// Thread-safety: every member may be called from any thread at any time.
class Subscription {
public:
    Subscription(DeliveryTools tools, std::int64_t id, SubscriptionSpec spec, EventHandler handler);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

    std::int64_t id() const noexcept { return m_id; }
    void start();
    /// There are events up to this number. Nothing happens when that is known and nothing waits to be tried
    /// again: every acknowledgement of somebody else is a commit too.
    void wake(std::int64_t last) noexcept;
    /// The place in the database was changed by somebody else: read it again.
    void reload() noexcept;
    /// Whether every event up to `number` was handed over or set aside.
    bool is_past(std::int64_t number) const;
    /// Waits until it is, or until it ends, or until that time.
    void wait_past(std::int64_t number, std::chrono::steady_clock::time_point until) const;
    void fill(SubscriptionStatus& status) const;
    void stop();

private:
    struct Place {
        std::int64_t cursor{0}; ///< in the database
        std::int64_t fence{0};
        std::int64_t seen_to{0}; ///< in memory: nothing between cursor and here concerns this subscription
    };
    struct Parked {
        std::int64_t number{0};
        std::int64_t attempts{0};
    };
    enum class Progress : std::uint8_t { some, none, trouble };

    void run();
    void begin_work() noexcept;
    void end_work() noexcept;
    Progress step();
    Result<void> load_place();
    Progress deliver_new();
    Progress deliver(std::span<const Event> batch, std::int64_t seen_to);
    Progress deliver_parked();
    Result<std::optional<Parked>> next_parked();
    Result<void> settle_batch(
        std::span<const Event> batch,
        DeliveryOutcome outcome,
        std::int64_t to,
        std::vector<std::int64_t> settled
    );
    Result<void> park(std::span<const Event> events, const DeliveryFailure& why, std::int64_t to);
    Result<void> postpone(const DeliveryFailure& failure);
    Progress set_aside_or_wait(std::span<const Event> batch, const Error& error, bool is_final);
    Progress wait_for_better(const Event& event, const Error& error);
    std::chrono::milliseconds pause() const noexcept;
    CallContext context_for(std::span<const Event> batch) const;
    DeliveryFailure failure_of(const Event& event, const Error& error, std::int64_t attempts) const;
    void note_failure(const Error& error);
    void note_failure(DeliveryFailure failure);
    void note_handled(std::span<const Event> batch);
    void tell(const DeliveryFailure& failure) const;
    bool is_at_rest_past(std::int64_t number) const noexcept; // under the mutex

    DeliveryTools m_tools;
    const std::int64_t m_id;
    const SubscriptionSpec m_spec;
    const EventHandler m_handler;

    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_wake;
    mutable std::condition_variable m_rested; ///< it rests now
    bool m_stopping{false};
    bool m_reload{true};
    bool m_woken{false};
    std::int64_t m_woken_for{-1}; ///< number of the last event that it was woken for
    bool m_resting{false}; ///< it looked, and nothing is to be done now
    Place m_place;
    std::int64_t m_delivered{0};
    std::int64_t m_failed{0};
    std::optional<PastFailure> m_last_failure;
    std::optional<DeliveryFailure> m_waiting; ///< it is not set aside: its whole batch is tried again

    std::atomic<bool> m_has_parked{false}; ///< set by the thread alone

    // Touched by the thread alone.
    bool m_is_working{false};
    std::size_t m_batch;
    int m_troubles{0};
    std::set<std::int64_t> m_parked_subjects;

    std::thread m_thread;
};

} // namespace mortise::host
