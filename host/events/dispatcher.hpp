#pragma once

/// \file
/// Durable subscriptions: brings every event at least once, in order per subject, to its handler, and keeps
/// the place in the database. The handler's writes and its acknowledgement commit together.
///
/// Thread-safety: every member may be called from any thread at any time.

#include "events/event.hpp"
#include "events/event_log.hpp"

#include <mortise/result.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

class Database;
class Records;
class Clock;
class Writer;

/// What became of a batch.
struct DeliveryOutcome {
    std::size_t handled{0}; ///< how many from the front were dealt with
    UnitOfWork work; ///< what the handler wants written; committed with the acknowledgement of those
    std::optional<Error>
        error; ///< why the first one that was not handled failed; `retry` asks for another try
    bool is_final{false}; ///< `error` will come each time: the event goes to the dead letters at once
    std::shared_ptr<void> hold{
    }; ///< let go when `work` is durable or dropped: until then the handler's thread waits
};

/// Handles batches of one subscription. Called on a thread of the dispatcher, one batch at a time; blocks
/// until the batch is dealt with. Must not throw.
using EventHandler = std::function<DeliveryOutcome(std::span<const Event>, const CallContext& context)>;

/// An event that a handler could not deal with.
struct DeliveryFailure {
    std::int64_t number{0}; ///< of the event; 0: the trouble was before any
    std::string type;
    std::int64_t attempts{0}; ///< that failed so far, of this event
    std::string error;
    Instant at; ///< of the last attempt; 0 in what was read back from the database
    std::optional<Instant> next; ///< when it is tried again; none: it is a dead letter
};

/// Is told of each failed attempt at a single event. What only has to wait (`retry`, `busy`) is told at the
/// fourth attempt, the eighth, the sixteenth ... Called on a thread of the dispatcher. Must not throw.
using FailureObserver = std::function<void(const DeliveryFailure& failure)>;

struct SubscriptionSpec {
    std::string plugin;
    std::string name; ///< unique within the plugin
    std::vector<std::string> patterns;
    Principal principal; ///< with whose rights the handler's work is written
    std::size_t batch{64};
    bool from_start{false}; ///< a new subscription sees the events there are; otherwise only later ones
    FailureObserver on_failure{}; ///< may be empty
};

/// The last attempt that failed, and what came of its event.
struct PastFailure {
    DeliveryFailure failure;
    std::optional<Instant> succeeded_at; ///< when its event was handled after all
};

struct SubscriptionStatus {
    std::int64_t id{0};
    std::string plugin;
    std::string name;
    std::vector<std::string> patterns;
    std::int64_t cursor{0};
    std::int64_t lag{0}; ///< events between the cursor and the end of the log
    std::int64_t retrying{0};
    std::int64_t dead{0};
    std::int64_t delivered{0}; ///< since the host started
    std::int64_t failed{0}; ///< since the host started
    std::optional<DeliveryFailure> failing{}; ///< of the events that wait for another try, the next one
    std::optional<PastFailure> last_failure{}; ///< since the host started
    bool attached{false}; ///< a handler is there

    /// What the last attempt failed with; empty once its event was handled.
    std::string last_error() const
    {
        if (failing) return failing->error;
        return last_failure && !last_failure->succeeded_at ? last_failure->failure.error : std::string{};
    }
};

struct DeadLetter {
    std::int64_t subscription{0};
    std::string plugin;
    std::string name;
    Event event;
    std::int64_t attempts{0};
    std::string error;
    Instant since;
};

class Dispatcher {
public:
    Dispatcher(Database& database, Writer& writer, Records& records, EventLog& log, const Clock& clock);
    ~Dispatcher();

    /// Makes the subscription if it is new (keeping its place if it is not) and starts to deliver. `handler`
    /// null: only makes it, so that its events wait. Returns its id.
    Result<std::int64_t> attach(const SubscriptionSpec& spec, EventHandler handler);
    /// Stops delivering; waits for a batch in flight. The place is kept.
    void detach(std::int64_t subscription);
    /// Forgets a subscription for good.
    Result<void> remove(std::int64_t subscription);

    /// Delivers again what followed event number `from`.
    Result<void> replay(std::int64_t subscription, std::int64_t from);
    std::vector<SubscriptionStatus> status();
    Result<std::vector<DeadLetter>> dead_letters();
    /// One event of a subscription, or all of it with `number` 0.
    Result<std::int64_t> retry_dead(std::int64_t subscription, std::int64_t number);
    Result<std::int64_t> discard_dead(std::int64_t subscription, std::int64_t number);

    /// Told by the writer: there are events up to this number.
    void notify(std::int64_t last) noexcept;
    /// Waits until every attached subscription is past `number` or the time is over; for tests, demo and
    /// import.
    bool wait_until(std::int64_t number, std::chrono::milliseconds timeout);
    void stop();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace mortise::host
