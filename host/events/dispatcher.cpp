#include "events/dispatcher.hpp"

#include "base/json.hpp"
#include "events/subscription.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace mortise::host {

namespace {

std::string patterns_text(const std::vector<std::string>& patterns)
{
    List list;
    for (const std::string& pattern : patterns)
        list.emplace_back(pattern);
    return json_text(Value{std::move(list)});
}

std::vector<std::string> patterns_of(std::string_view text)
{
    std::vector<std::string> patterns;
    if (const auto list = parse_value(text, "patterns"))
        for (const Value& pattern : list->get_or(List{}))
            patterns.emplace_back(pattern.text());
    return patterns;
}

} // namespace

struct Dispatcher::State {
    DeliveryTools tools;
    mutable std::mutex mutex;
    std::map<std::int64_t, std::shared_ptr<Subscription>> attached;

    std::shared_ptr<Subscription> find(std::int64_t id) const
    {
        const std::scoped_lock lock{mutex};
        const auto found = attached.find(id);
        return found == attached.end() ? nullptr : found->second;
    }

    /// Changes what is set aside for a subscription and lets it look again.
    Result<std::int64_t> change_dead(const char* sql, std::int64_t subscription, std::int64_t number)
    {
        std::int64_t changed = 0;
        MORTISE_CHECK(tools.writer.run([&](Connection& connection) -> Result<void> {
            MORTISE_TRY(Statement * change, connection.cached(sql));
            change->bind(1, subscription);
            change->bind(2, number);
            MORTISE_CHECK(change->run());
            changed = connection.changes();
            return {};
        }));
        if (const auto live = find(subscription)) live->reload();
        return changed;
    }
};

Dispatcher::Dispatcher(
    Database& database, Writer& writer, Records& records, EventLog& log, const Clock& clock
)
    : m_state{std::make_unique<State>(
          DeliveryTools{database, writer, records, log, clock, std::make_shared<std::atomic<int>>(0)}
      )}
{
}

Dispatcher::~Dispatcher()
{
    stop();
}

Result<std::int64_t> Dispatcher::attach(const SubscriptionSpec& spec, EventHandler handler)
{
    std::int64_t id = 0;
    const std::int64_t start = spec.from_start ? 0 : m_state->tools.log.last();
    MORTISE_CHECK(m_state->tools.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(
            Statement * upsert,
            connection.cached(
                "INSERT INTO \"mt$subscription\" (plugin, name, patterns, cursor) VALUES (?1,?2,?3,?4) ON "
                "CONFLICT (plugin, name) DO UPDATE SET patterns = ?3, fence = fence + 1 RETURNING id"
            )
        );
        upsert->bind(1, std::string_view{spec.plugin});
        upsert->bind(2, std::string_view{spec.name});
        upsert->bind(3, std::string_view{patterns_text(spec.patterns)});
        upsert->bind(4, start);
        MORTISE_CHECK(upsert->step());
        id = upsert->integer(0);
        upsert->reset();
        return {};
    }));
    if (!handler) return id;
    auto subscription = std::make_shared<Subscription>(m_state->tools, id, spec, std::move(handler));
    std::shared_ptr<Subscription> before;
    {
        const std::scoped_lock lock{m_state->mutex};
        before = std::exchange(m_state->attached[id], subscription);
    }
    if (before) before->stop();
    subscription->start();
    return id;
}

void Dispatcher::detach(std::int64_t subscription)
{
    std::shared_ptr<Subscription> gone;
    {
        const std::scoped_lock lock{m_state->mutex};
        const auto found = m_state->attached.find(subscription);
        if (found == m_state->attached.end()) return;
        gone = std::move(found->second);
        m_state->attached.erase(found);
    }
    gone->stop();
}

Result<void> Dispatcher::remove(std::int64_t subscription)
{
    detach(subscription);
    return m_state->tools.writer.run([&](Connection& connection) -> Result<void> {
        for (const char* sql :
             {"DELETE FROM \"mt$parked\" WHERE subscription = ?",
              "DELETE FROM \"mt$subscription\" WHERE id = ?"}) {
            MORTISE_TRY(Statement * remove, connection.cached(sql));
            remove->bind(1, subscription);
            MORTISE_CHECK(remove->run());
        }
        return {};
    });
}

Result<void> Dispatcher::replay(std::int64_t subscription, std::int64_t from)
{
    MORTISE_CHECK(m_state->tools.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(
            Statement * move,
            connection.cached("UPDATE \"mt$subscription\" SET cursor = ?, fence = fence + 1 WHERE id = ?")
        );
        move->bind(1, std::max<std::int64_t>(0, from));
        move->bind(2, subscription);
        MORTISE_CHECK(move->run());
        if (connection.changes() == 1) return {};
        return Error{
            .code = ErrorCode::not_found,
            .message = "there is no subscription " + std::to_string(subscription),
            .key = "events.unknown_subscription",
            .where = std::to_string(subscription),
            .hint = "\"mortise subscriptions\" lists them",
        };
    }));
    if (const auto live = m_state->find(subscription)) live->reload();
    return {};
}

std::vector<SubscriptionStatus> Dispatcher::status()
{
    std::vector<SubscriptionStatus> all;
    const ReadLease reader = m_state->tools.database.read();
    // Beside each what is set aside, and of that the event that is tried next.
    auto select = reader->cached(R"(SELECT s.id, s.plugin, s.name, s.patterns, s.cursor,
        (SELECT count(*) FROM "mt$parked" p WHERE p.subscription = s.id AND dead = 0),
        (SELECT count(*) FROM "mt$parked" p WHERE p.subscription = s.id AND dead = 1),
        f.number, f.attempts, f.next_at, f.error,
        (SELECT t.text FROM "mt$event" e JOIN "mt$name" t ON t.id = e.type WHERE e.number = f.number)
        FROM "mt$subscription" s LEFT JOIN "mt$parked" f ON f.subscription = s.id AND f.number =
            (SELECT p.number FROM "mt$parked" p WHERE p.subscription = s.id AND p.dead = 0 AND p.attempts > 0
             ORDER BY p.next_at, p.number LIMIT 1)
        ORDER BY s.plugin, s.name)");
    if (!select) return all;
    const std::int64_t last = m_state->tools.log.last();
    for (;;) {
        const auto more = (*select)->step();
        if (!more || !*more) break;
        SubscriptionStatus status;
        status.id = (*select)->integer(0);
        status.plugin = (*select)->text(1);
        status.name = (*select)->text(2);
        status.patterns = patterns_of((*select)->text(3));
        status.cursor = (*select)->integer(4);
        status.lag = std::max<std::int64_t>(0, last - status.cursor);
        status.retrying = (*select)->integer(5);
        status.dead = (*select)->integer(6);
        if (const std::int64_t number = (*select)->integer(7); number != 0) {
            DeliveryFailure& failing = status.failing.emplace();
            failing.number = number;
            failing.attempts = (*select)->integer(8);
            failing.next = Instant{(*select)->integer(9)};
            failing.error = (*select)->text(10);
            failing.type = (*select)->text(11);
        }
        if (const auto live = m_state->find(status.id)) live->fill(status);
        all.push_back(std::move(status));
    }
    (*select)->reset();
    return all;
}

Result<std::vector<DeadLetter>> Dispatcher::dead_letters()
{
    std::vector<DeadLetter> letters;
    {
        const ReadLease reader = m_state->tools.database.read();
        MORTISE_TRY(
            Statement * select,
            reader->cached(R"(SELECT p.subscription, s.plugin, s.name, p.number, p.attempts, p.error, p.since
            FROM "mt$parked" p JOIN "mt$subscription" s ON s.id = p.subscription WHERE p.dead = 1
            ORDER BY p.subscription, p.number)")
        );
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            DeadLetter letter;
            letter.subscription = select->integer(0);
            letter.plugin = select->text(1);
            letter.name = select->text(2);
            letter.event.number = select->integer(3);
            letter.attempts = select->integer(4);
            letter.error = select->text(5);
            letter.since.microseconds = select->integer(6);
            letters.push_back(std::move(letter));
        }
        select->reset();
    }
    for (DeadLetter& letter : letters) {
        MORTISE_TRY(letter.event, m_state->tools.log.get(letter.event.number));
    }
    return letters;
}

Result<std::int64_t> Dispatcher::retry_dead(std::int64_t subscription, std::int64_t number)
{
    return m_state->change_dead(
        "UPDATE \"mt$parked\" SET dead = 0, attempts = 0, next_at = 0 WHERE subscription = ?1 AND "
        "dead = 1 AND (?2 = 0 OR number = ?2)",
        subscription,
        number
    );
}

Result<std::int64_t> Dispatcher::discard_dead(std::int64_t subscription, std::int64_t number)
{
    return m_state->change_dead(
        "DELETE FROM \"mt$parked\" WHERE subscription = ?1 AND dead = 1 AND (?2 = 0 OR number = ?2)",
        subscription,
        number
    );
}

void Dispatcher::notify(std::int64_t last) noexcept
{
    m_state->tools.log.committed(last);
    const std::scoped_lock lock{m_state->mutex};
    for (const auto& [id, subscription] : m_state->attached)
        subscription->wake(last);
}

bool Dispatcher::wait_until(std::int64_t number, std::chrono::milliseconds timeout)
{
    const auto end = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        std::shared_ptr<Subscription> behind;
        {
            const std::scoped_lock lock{m_state->mutex};
            const auto found = std::ranges::find_if(m_state->attached, [number](const auto& entry) {
                return !entry.second->is_past(number);
            });
            if (found == m_state->attached.end()) return true;
            behind = found->second;
        }
        if (std::chrono::steady_clock::now() >= end) return false;
        behind->wait_past(number, end);
    }
}

void Dispatcher::stop()
{
    std::map<std::int64_t, std::shared_ptr<Subscription>> all;
    {
        const std::scoped_lock lock{m_state->mutex};
        all.swap(m_state->attached);
    }
    for (const auto& [id, subscription] : all)
        subscription->stop();
}

} // namespace mortise::host
