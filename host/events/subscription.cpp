#include "events/subscription.hpp"

#include "base/clock.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::size_t look_at = 1024;

/// Errors that say nothing about the event: the same batch is tried again without counting.
bool is_passing(const Error& error)
{
    return error.code == ErrorCode::retry || error.code == ErrorCode::busy || error.key.starts_with("store.");
}

/// From this depth on a batch holds events of one depth. What a batch writes counts as caused by its deepest
/// event: while there is always something fresh beside what the batch before caused, depths would grow for
/// ever without any circle.
constexpr std::uint32_t mixed_depth = 8;

/// The first event that has to wait for a batch of its own.
auto end_of_depth(std::span<const Event> events)
{
    const std::uint32_t first = events.front().depth;
    return std::ranges::find_if(events, [first](const Event& event) {
        return event.depth != first && std::max(event.depth, first) >= mixed_depth;
    });
}

} // namespace

Subscription::Subscription(DeliveryTools tools, std::int64_t id, SubscriptionSpec spec, EventHandler handler)
    : m_tools{std::move(tools)},
      m_id{id},
      m_spec{std::move(spec)},
      m_handler{std::move(handler)},
      m_batch{m_spec.batch}
{
}

Subscription::~Subscription()
{
    stop();
}

void Subscription::start()
{
    m_thread = std::thread{[this] { run(); }};
}

void Subscription::stop()
{
    {
        const std::scoped_lock lock{m_mutex};
        m_stopping = true;
    }
    m_wake.notify_all();
    m_rested.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

void Subscription::wake(std::int64_t last) noexcept
{
    {
        const std::scoped_lock lock{m_mutex};
        if (last <= m_woken_for && !m_has_parked) return;
        m_woken_for = last;
        m_woken = true;
    }
    m_wake.notify_all();
}

void Subscription::reload() noexcept
{
    {
        const std::scoped_lock lock{m_mutex};
        m_reload = true;
        m_woken = true;
    }
    m_wake.notify_all();
}

bool Subscription::is_past(std::int64_t number) const
{
    const std::scoped_lock lock{m_mutex};
    return is_at_rest_past(number);
}

bool Subscription::is_at_rest_past(std::int64_t number) const noexcept
{
    return !m_reload && !m_woken && m_resting && m_place.seen_to >= number;
}

void Subscription::wait_past(std::int64_t number, std::chrono::steady_clock::time_point until) const
{
    std::unique_lock lock{m_mutex};
    m_rested.wait_until(lock, until, [&] { return m_stopping || is_at_rest_past(number); });
}

void Subscription::fill(SubscriptionStatus& status) const
{
    const std::scoped_lock lock{m_mutex};
    status.attached = true;
    status.delivered = m_delivered;
    status.failed = m_failed;
    status.last_failure = m_last_failure;
    if (m_waiting) status.failing = m_waiting;
    status.lag = std::max<std::int64_t>(0, m_tools.log.last() - std::max(m_place.seen_to, status.cursor));
}

void Subscription::run()
{
    std::unique_lock lock{m_mutex};
    while (!m_stopping) {
        m_woken = false;
        m_resting = false;
        lock.unlock();
        begin_work();
        const Progress progress = step();
        lock.lock();
        if (progress == Progress::some) continue;
        end_work();
        m_resting = progress != Progress::trouble;
        m_rested.notify_all();
        const auto ready = [this] { return m_stopping || m_woken; };
        if (progress == Progress::trouble) {
            m_wake.wait_for(lock, pause(), [this] { return m_stopping; });
        } else if (m_has_parked)
            m_wake.wait_for(lock, std::chrono::milliseconds{250}, ready);
        else
            m_wake.wait(lock, ready);
    }
    end_work();
}

void Subscription::begin_work() noexcept
{
    if (!std::exchange(m_is_working, true)) m_tools.working->fetch_add(1);
}

/// What was read from the log is held for others only while there may be others who come by.
void Subscription::end_work() noexcept
{
    if (std::exchange(m_is_working, false) && m_tools.working->fetch_sub(1) == 1) m_tools.log.forget_recent();
}

Subscription::Progress Subscription::step()
{
    bool must_load = false;
    {
        const std::scoped_lock lock{m_mutex};
        must_load = std::exchange(m_reload, false);
    }
    if (must_load)
        if (auto loaded = load_place(); !loaded) {
            note_failure(loaded.error());
            const std::scoped_lock lock{m_mutex};
            m_reload = true;
            return Progress::trouble;
        }
    if (const Progress parked = deliver_parked(); parked != Progress::none) return parked;
    return deliver_new();
}

Result<void> Subscription::load_place()
{
    const ReadLease reader = m_tools.database.read();
    MORTISE_TRY(
        Statement * place, reader->cached("SELECT cursor, fence FROM \"mt$subscription\" WHERE id = ?")
    );
    place->bind(1, m_id);
    MORTISE_TRY(const bool found, place->step());
    if (!found) {
        place->reset();
        return Error{
            .code = ErrorCode::not_found, .message = "the subscription was removed", .key = "events.removed"
        };
    }
    const Place loaded{place->integer(0), place->integer(1), place->integer(0)};
    place->reset();
    MORTISE_TRY(
        Statement * parked,
        reader->cached("SELECT DISTINCT subject FROM \"mt$parked\" WHERE subscription = ? AND dead = 0")
    );
    parked->bind(1, m_id);
    m_parked_subjects.clear();
    m_has_parked = false;
    for (;;) {
        MORTISE_TRY(const bool more, parked->step());
        if (!more) break;
        m_has_parked = true;
        m_parked_subjects.insert(parked->integer(0));
    }
    parked->reset();
    const std::scoped_lock lock{m_mutex};
    m_place = loaded;
    m_waiting.reset();
    return {};
}

CallContext Subscription::context_for(std::span<const Event> batch) const
{
    CallContext context;
    context.principal = m_spec.principal;
    context.client = "subscription " + m_spec.plugin + "/" + m_spec.name;
    const auto deepest = std::ranges::max_element(batch, {}, &Event::depth);
    context.cause = deepest->number;
    context.correlation = deepest->correlation;
    context.depth = deepest->depth + 1;
    return context;
}

Subscription::Progress Subscription::deliver_new()
{
    const std::int64_t from = m_place.seen_to;
    if (from >= m_tools.log.last()) return Progress::none;
    auto slice = m_tools.log.read_after(from, m_spec.patterns, m_batch, look_at);
    if (!slice) {
        note_failure(slice.error());
        return Progress::trouble;
    }
    if (slice->events.empty()) {
        const std::scoped_lock lock{m_mutex};
        m_place.seen_to = std::max(m_place.seen_to, slice->seen_to);
        return slice->seen_to > from ? Progress::some : Progress::none;
    }
    // Behind an event that was set aside, later ones of the same subject wait too.
    const auto waits = [this](const Event& event) {
        return event.subject && m_parked_subjects.contains(event.subject.number);
    };
    const std::span<const Event> events = slice->events;
    const auto first_waiting = std::ranges::find_if(events, waits);
    if (first_waiting == events.begin()) {
        const auto last_waiting = std::ranges::find_if_not(events, waits);
        const std::span<const Event> waiting{events.begin(), last_waiting};
        const bool all = last_waiting == events.end();
        DeliveryFailure none;
        none.error = "waits for an earlier event";
        auto parked = park(waiting, none, all ? slice->seen_to : waiting.back().number);
        if (!parked) note_failure(parked.error());
        return parked ? Progress::some : Progress::trouble;
    }
    const std::span<const Event> ready{events.begin(), first_waiting};
    const std::span<const Event> batch{ready.begin(), end_of_depth(ready)};
    return deliver(batch, batch.size() == events.size() ? slice->seen_to : batch.back().number);
}

/// `seen_to`: what was looked at when all of it is handled.
Subscription::Progress Subscription::deliver(std::span<const Event> batch, std::int64_t seen_to)
{
    DeliveryOutcome outcome = m_handler(batch, context_for(batch));
    const std::size_t handled = std::min(outcome.handled, batch.size());
    std::optional<Error> failure = std::move(outcome.error);
    const bool is_final = outcome.is_final;
    if (handled > 0) {
        const std::int64_t to = handled == batch.size() ? seen_to : batch[handled - 1].number;
        if (auto settled = settle_batch(batch.first(handled), std::move(outcome), to, {}); !settled)
            return set_aside_or_wait(batch.first(handled), settled.error(), false);
        m_batch = std::min(m_batch * 2, m_spec.batch);
        m_troubles = 0;
    }
    if (failure && handled < batch.size())
        return set_aside_or_wait(batch.subspan(handled), *failure, is_final);
    return Progress::some;
}

/// A batch that failed is halved until the one event is found that cannot be handled; that one is set aside.
Subscription::Progress
Subscription::set_aside_or_wait(std::span<const Event> batch, const Error& error, bool is_final)
{
    if (error.key == "events.fenced") {
        note_failure(error);
        const std::scoped_lock lock{m_mutex};
        m_reload = true;
        return Progress::trouble;
    }
    if (is_passing(error)) return wait_for_better(batch.front(), error);
    DeliveryFailure failure = failure_of(batch.front(), error, 1);
    if (is_final) failure.next.reset();
    note_failure(failure);
    if (batch.size() > 1) {
        m_batch = std::max<std::size_t>(1, batch.size() / 2);
        return Progress::some;
    }
    if (auto parked = park(batch.first(1), failure, failure.number); !parked) {
        note_failure(parked.error());
        return Progress::trouble;
    }
    tell(failure);
    return Progress::some;
}

Result<void> Subscription::settle_batch(
    std::span<const Event> batch, DeliveryOutcome outcome, std::int64_t to, std::vector<std::int64_t> settled
)
{
    UnitOfWork unit = std::move(outcome.work);
    unit.acknowledgement = Acknowledgement{m_id, m_place.fence, m_place.cursor, to, std::move(settled)};
    MORTISE_CHECK(m_tools.records.commit(context_for(batch), unit));
    const std::scoped_lock lock{m_mutex};
    m_place.cursor = to;
    m_place.seen_to = std::max(m_place.seen_to, to);
    m_delivered += static_cast<std::int64_t>(batch.size());
    note_handled(batch);
    return {};
}

/// Sets events aside, for when `why` says: at once if they were not tried yet.
Result<void> Subscription::park(std::span<const Event> events, const DeliveryFailure& why, std::int64_t to)
{
    const std::int64_t now = m_tools.clock.now().microseconds;
    const bool is_given_up = why.attempts > 0 && !why.next;
    MORTISE_CHECK(m_tools.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(
            Statement * insert,
            connection.cached(
                "INSERT OR IGNORE INTO \"mt$parked\" (subscription, number, subject, attempts, next_at, "
                "dead, error, since) VALUES (?,?,?,?,?,?,?,?)"
            )
        );
        for (const Event& event : events) {
            insert->bind(1, m_id);
            insert->bind(2, event.number);
            insert->bind(3, event.subject.number);
            insert->bind(4, why.attempts);
            insert->bind(5, why.next.value_or(Instant{}).microseconds);
            insert->bind(6, std::int64_t{is_given_up ? 1 : 0});
            insert->bind(7, std::string_view{why.error});
            insert->bind(8, now);
            MORTISE_CHECK(insert->run());
        }
        MORTISE_TRY(
            Statement * move,
            connection.cached("UPDATE \"mt$subscription\" SET cursor=? WHERE id=? AND fence=? AND cursor=?")
        );
        move->bind(1, to);
        move->bind(2, m_id);
        move->bind(3, m_place.fence);
        move->bind(4, m_place.cursor);
        MORTISE_CHECK(move->run());
        return connection.changes() == 1
            ? Result<void>{}
            : Error{
                  .code = ErrorCode::conflict, .message = "the subscription was moved", .key = "events.fenced"
              };
    }));
    m_has_parked = true;
    for (const Event& event : events)
        if (event.subject) m_parked_subjects.insert(event.subject.number);
    const std::scoped_lock lock{m_mutex};
    m_place.cursor = to;
    m_place.seen_to = std::max(m_place.seen_to, to);
    return {};
}

/// The oldest event that was set aside and is due, but never one that stands behind another of its subject.
Result<std::optional<Subscription::Parked>> Subscription::next_parked()
{
    const ReadLease reader = m_tools.database.read();
    MORTISE_TRY(
        Statement * select,
        reader->cached(
            R"(SELECT number, attempts FROM "mt$parked" p WHERE subscription = ?1 AND dead = 0 AND next_at <= ?2
            AND NOT EXISTS (SELECT 1 FROM "mt$parked" q WHERE q.subscription = p.subscription AND q.dead = 0
                AND q.number < p.number AND q.subject = p.subject AND p.subject <> 0) ORDER BY number LIMIT 1)"
        )
    );
    select->bind(1, m_id);
    select->bind(2, m_tools.clock.now().microseconds);
    MORTISE_TRY(const bool found, select->step());
    std::optional<Parked> parked;
    if (found) parked = Parked{select->integer(0), select->integer(1)};
    select->reset();
    return parked;
}

Subscription::Progress Subscription::deliver_parked()
{
    if (!m_has_parked) return Progress::none;
    auto parked = next_parked();
    if (!parked) {
        note_failure(parked.error());
        return Progress::trouble;
    }
    if (!*parked) return Progress::none;
    auto event = m_tools.log.get((*parked)->number);
    if (!event) {
        note_failure(event.error());
        return Progress::trouble;
    }
    const std::span<const Event> batch{&*event, 1};
    DeliveryOutcome outcome = m_handler(batch, context_for(batch));
    std::optional<Error> failure = std::move(outcome.error);
    const bool is_final = failure && outcome.is_final;
    if (!failure)
        if (auto settled = settle_batch(batch, std::move(outcome), m_place.cursor, {event->number}); !settled)
            failure = settled.error();
    if (failure) {
        if (failure->key == "events.fenced") {
            note_failure(*failure);
            ++m_troubles;
            return Progress::trouble;
        }
        if (is_passing(*failure)) return wait_for_better(*event, *failure);
        DeliveryFailure failed = failure_of(*event, *failure, (*parked)->attempts + 1);
        if (is_final) failed.next.reset();
        note_failure(failed);
        if (auto postponed = postpone(failed); !postponed) return Progress::trouble;
        tell(failed);
    } else
        m_troubles = 0;
    const std::int64_t cursor = m_place.cursor;
    const std::int64_t seen_to = m_place.seen_to;
    if (auto loaded = load_place(); !loaded) // which subjects are still set aside
        return Progress::trouble;
    const std::scoped_lock lock{m_mutex};
    if (m_place.cursor == cursor) m_place.seen_to = seen_to;
    return Progress::some;
}

Result<void> Subscription::postpone(const DeliveryFailure& failure)
{
    return m_tools.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(
            Statement * update,
            connection.cached(
                "UPDATE \"mt$parked\" SET attempts=?, next_at=?, dead=?, error=? WHERE subscription=? AND "
                "number=?"
            )
        );
        update->bind(1, failure.attempts);
        update->bind(2, failure.next.value_or(failure.at).microseconds);
        update->bind(3, std::int64_t{failure.next ? 0 : 1});
        update->bind(4, std::string_view{failure.error});
        update->bind(5, m_id);
        update->bind(6, failure.number);
        return update->run();
    });
}

} // namespace mortise::host
