#include "records/writer.hpp"

#include "base/clock.hpp"
#include "records/audit/act_scope.hpp"
#include "records/catalog.hpp"
#include "store/connection.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mortise::host {

namespace {

/// How far the write-ahead log grows between two looks at whether it is too long. By pages, not by
/// transactions: an import's transactions are large, and the log must not get far beyond its limit.
constexpr std::int64_t stretch_pages = 256;

/// From so many pieces on it pays to wait for more. Fewer may depend on each other: who acknowledges an event
/// waits for who saves it.
constexpr std::size_t many = 8;
constexpr std::chrono::microseconds most_patience{1000};

} // namespace

Writer::Writer(Database& database, const Clock& clock) : m_database{database}, m_clock{clock} { }

Writer::~Writer()
{
    stop();
}

Result<void> Writer::open()
{
    Connection& connection = m_database.writer();
    MORTISE_CHECK(connection.begin());
    MORTISE_CHECK(create_catalog(connection));
    MORTISE_CHECK(m_events.open(connection, m_clock.now()));
    MORTISE_CHECK(connection.commit());
    m_last_event.store(m_events.last(), std::memory_order_release);
    m_housekeeper = std::thread{[this] { keep_log_short(); }};
    return {};
}

Result<void> Writer::run(Work work)
{
    Piece piece{.work = std::move(work), .act = ActScope::current()};
    std::unique_lock lock{m_mutex};
    if (m_stopping)
        return Error{
            .code = ErrorCode::state,
            .message = "the host is shutting down",
            .key = "store.stopping",
            .where = {},
            .hint = {},
        };
    if (!m_stopped_because.empty()) return refusal();
    m_queue.push_back(&piece);
    if (m_wanted != 0 && m_queue.size() >= m_wanted) m_gathered.notify_one();
    m_changed.wait(lock, [&] { return piece.done || !m_led; });
    if (!piece.done) lead(lock, piece);
    return std::move(piece.result);
}

/// Works through the queue until the own piece is done, then leaves the rest to one of the threads that wait.
void Writer::lead(std::unique_lock<std::mutex>& lock, const Piece& own)
{
    m_led = true;
    while (!own.done) {
        gather(lock);
        std::vector<Piece*> group;
        while (!m_queue.empty() && group.size() < group_size) {
            group.push_back(m_queue.front());
            m_queue.pop_front();
        }
        if (m_stopped_because.empty()) {
            lock.unlock();
            const auto began = std::chrono::steady_clock::now();
            write_group(group);
            const auto took = std::chrono::steady_clock::now() - began;
            lock.lock();
            m_expected = std::min(group.size() + m_queue.size(), group_size);
            m_patience = std::min<std::chrono::steady_clock::duration>(took / 4, most_patience);
        } else { // since they were queued: a sync that succeeds now would prove nothing
            for (Piece* piece : group)
                piece->result = refusal();
        }
        for (Piece* piece : group)
            piece->done = true;
        const auto stretch = m_database.wal_pages() / stretch_pages;
        if (std::exchange(m_log_stretch, stretch) != stretch) m_housekeeping.notify_one();
        if (!own.done) m_changed.notify_all();
    }
    m_led = false;
    m_changed.notify_all();
}

/// Lets those come again whose work was in the last transaction, when they are many.
void Writer::gather(std::unique_lock<std::mutex>& lock)
{
    if (m_expected < many || m_queue.size() >= m_expected) return;
    m_wanted = m_expected;
    m_gathered.wait_for(lock, m_patience, [this] { return m_queue.size() >= m_wanted || m_stopping; });
    m_wanted = 0;
}

Result<void> Writer::tell(const AuditAct& act)
{
    const ActScope scope{&act};
    return run(Work{[&act](WriteTransaction& transaction) {
        return transaction.events.tell(
            transaction.connection, act.kind.empty() ? act.way : act.kind, act.detail, transaction.now
        );
    }});
}

/// What was changed in somebody's name has an entry in the audit trail: that of its events, or one of its
/// own.
Result<void> Writer::run_work(Piece& piece, WriteTransaction& transaction)
{
    Connection& connection = transaction.connection;
    const std::int64_t entry = m_events.mark().entry.number;
    const std::int64_t changes = connection.total_changes();
    m_events.set_act(piece.act);
    MORTISE_CHECK(piece.work(transaction));
    const bool is_told = m_events.mark().entry.number != entry || connection.total_changes() == changes;
    if (!piece.act || !piece.act->tells || is_told) return {};
    return m_events.tell(connection, piece.act->way, piece.act->detail, transaction.now);
}

Result<void> Writer::run_piece(Piece& piece, WriteTransaction& transaction, bool alone)
{
    if (alone) return run_work(piece, transaction);
    const EventWriter::Mark mark = m_events.mark();
    MORTISE_CHECK(transaction.connection.savepoint("piece"));
    Result<void> result = run_work(piece, transaction);
    if (!result) {
        m_events.rewind(mark);
        MORTISE_CHECK(transaction.connection.rollback_to("piece"));
    }
    MORTISE_CHECK(transaction.connection.release("piece"));
    return result;
}

void Writer::write_group(const std::vector<Piece*>& group)
{
    Connection& connection = m_database.writer();
    const EventWriter::Mark mark = m_events.mark();
    if (auto begun = connection.begin(); !begun) return fail_group(group, begun.error());
    WriteTransaction transaction{connection, m_events, m_clock.now()};
    const bool alone = group.size() == 1;
    bool any = false;
    for (Piece* piece : group) {
        piece->result = run_piece(*piece, transaction, alone);
        any |= piece->result.has_value();
        if (!connection.in_transaction()) { // the database undid everything by itself: disk full, I/O error
            m_events.rewind(mark);
            return fail_group(group, piece->result ? Error{} : piece->result.error());
        }
    }
    if (!any) {
        m_events.rewind(mark);
        (void)connection.rollback();
        return;
    }
    if (auto committed = connection.commit(); !committed) {
        m_events.rewind(mark);
        const bool undone = connection.rollback().has_value();
        if (!undone || committed.error().key == "store.io") {
            const std::scoped_lock lock{m_mutex};
            refuse_from_now(committed.error());
            committed.error().code = ErrorCode::outcome_unknown;
        }
        return fail_group(group, committed.error());
    }
    m_events.settle();
    m_last_event.store(m_events.last(), std::memory_order_release);
    if (m_listener) m_listener(m_events.last());
}

void Writer::fail_group(const std::vector<Piece*>& group, const Error& error)
{
    for (Piece* piece : group)
        if (piece->result) piece->result = error;
}

Error Writer::refusal() const
{
    return {
        .code = ErrorCode::io,
        .message = m_stopped_because,
        .key = "store.read_only",
        .where = {},
        .hint = "mend the disk and start the host again; what was acknowledged is safe",
    };
}

void Writer::refuse_from_now(const Error& error)
{
    m_stopped_because = "writing to the database failed: " + error.message;
}

std::string Writer::stopped_because() const
{
    const std::scoped_lock lock{m_mutex};
    return m_stopped_because;
}

/// Brings the write-ahead log back into the database file when it has grown. The one connection that writes
/// does it, in its turn, so that no two connections ever write and checkpoint at the same time.
void Writer::keep_log_short()
{
    std::int64_t seen = 0;
    std::unique_lock lock{m_mutex};
    while (!m_stopping) {
        m_housekeeping.wait(lock, [&] { return m_stopping || m_log_stretch != seen; });
        if (m_stopping) return;
        seen = m_log_stretch;
        m_changed.wait(lock, [&] { return !m_led || m_stopping; });
        if (m_stopping) return;
        m_led = true;
        lock.unlock();
        const auto checked = m_database.checkpoint_if_large();
        lock.lock();
        m_led = false;
        // A full disk is met again, and told, by the next write. A sync that failed is not: the system may
        // have dropped what it could not write, and the next sync would say that all is well.
        if (!checked && checked.error().key == "store.io") refuse_from_now(checked.error());
        m_changed.notify_all();
    }
}

Result<bool> Writer::cut_log(std::chrono::milliseconds patience)
{
    constexpr std::chrono::milliseconds pause{20};
    const auto until = std::chrono::steady_clock::now() + patience;
    while (true) {
        std::unique_lock lock{m_mutex};
        m_changed.wait(lock, [&] { return !m_led || m_stopping; });
        if (m_stopping || !m_stopped_because.empty()) return refusal();
        m_led = true;
        lock.unlock();
        auto cut = m_database.checkpoint_truncate();
        lock.lock();
        m_led = false;
        if (!cut && cut.error().key == "store.io") refuse_from_now(cut.error());
        m_changed.notify_all();
        if (!cut || *cut || std::chrono::steady_clock::now() >= until) return cut;
        lock.unlock();
        std::this_thread::sleep_for(pause);
    }
}

void Writer::stop()
{
    {
        const std::scoped_lock lock{m_mutex};
        m_stopping = true;
    }
    m_housekeeping.notify_all();
    m_gathered.notify_all();
    m_changed.notify_all();
    if (m_housekeeper.joinable()) m_housekeeper.join();
    std::unique_lock lock{m_mutex};
    m_changed.wait(lock, [&] { return !m_led && m_queue.empty(); });
}

} // namespace mortise::host
