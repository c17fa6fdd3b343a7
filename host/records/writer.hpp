#pragma once

/// \file
/// The one way to write: a queue of pieces of work, of which as many as are waiting (at most 64) become one
/// durable transaction. Each piece can fail alone.

#include "records/event_writer.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mortise::host {

class Clock;
class Connection;
class Database;
struct AuditAct;

/// What a piece of work may use while its transaction is open.
struct WriteTransaction {
    Connection& connection;
    EventWriter& events;
    Instant now; ///< the same for the whole transaction
};

/// Thread-safety: every member may be called from any thread at any time; `run` must not be called from
/// inside a piece of work.
///
/// There is no thread of its own for writing: of the threads that wait in `run`, one at a time does the work
/// of all. That saves two switches of threads for each commit (measured: docs/performance.md). While many
/// write, those whose work is done come again in a moment: the next transaction waits for them, a quarter of
/// what the last one took at most. Otherwise they would go on in two halves, of which one gets ready while
/// the other is written, and each would pay a transaction of its own.
class Writer {
public:
    using Work = std::function<Result<void>(WriteTransaction&)>;

    static constexpr std::size_t group_size = 64;

    Writer(Database& database, const Clock& clock);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Makes the tables of the log and the catalog where they are not there, and starts to keep the log of
    /// the database short.
    Result<void> open();

    /// Does `work` in a transaction and returns when it is durable. On an error nothing of this piece is
    /// left. Errors: those of `work`; io when the disk is full or fails (then nothing was written),
    /// outcome_unknown when the end of the transaction failed in a way that leaves open whether it is
    /// durable, state after `stop`.
    Result<void> run(Work work);
    /// The same for work that needs only the connection.
    template <class F>
        requires std::is_invocable_r_v<Result<void>, F, Connection&>
    Result<void> run(F work)
    {
        return run(Work{[work = std::move(work)](WriteTransaction& transaction) {
            return work(transaction.connection);
        }});
    }

    /// Writes an entry of the audit trail about what is no change of the database: an export that begins, a
    /// refusal. Returns when it is durable. Errors: as of `run`.
    Result<void> tell(const AuditAct& act);

    /// Called after each durable transaction with the number of the last event. Set before the first `run`.
    void on_commit(std::function<void(std::int64_t last_event)> listener)
    {
        m_listener = std::move(listener);
    }

    /// Brings all of the write-ahead log back into the database and cuts it to nothing, so that it holds no
    /// former content. Waits for a reader that is in the way, at most `patience`; false if one still is.
    Result<bool> cut_log(std::chrono::milliseconds patience);

    std::int64_t last_event() const noexcept { return m_last_event.load(std::memory_order_acquire); }
    /// Why no more writes are accepted; empty text if they are.
    std::string stopped_because() const;
    /// Waits for the work in the queue and takes no more.
    void stop();

private:
    struct Piece {
        Work work;
        const AuditAct* act{nullptr}; ///< in whose name; lives as long as the piece
        Result<void> result{};
        bool done{false};
    };

    void lead(std::unique_lock<std::mutex>& lock, const Piece& own);
    void gather(std::unique_lock<std::mutex>& lock);
    void write_group(const std::vector<Piece*>& group);
    Result<void> run_piece(Piece& piece, WriteTransaction& transaction, bool alone);
    Result<void> run_work(Piece& piece, WriteTransaction& transaction);
    void fail_group(const std::vector<Piece*>& group, const Error& error);
    Error refusal() const; // the mutex is held
    void refuse_from_now(const Error& error); // the mutex is held
    void keep_log_short();

    Database& m_database;
    const Clock& m_clock;
    EventWriter m_events;
    std::function<void(std::int64_t)> m_listener;
    std::atomic<std::int64_t> m_last_event{0};

    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::deque<Piece*> m_queue;
    bool m_led{false}; // some thread does the work of all
    std::condition_variable m_gathered;
    std::size_t m_wanted{0}; // pieces that the leader waits for; 0: it does not
    std::size_t m_expected{0}; // pieces of the last transaction, with those that came meanwhile
    std::chrono::steady_clock::duration m_patience{}; // how long waiting for them may be worth it
    bool m_stopping{false};
    std::string m_stopped_because;
    std::condition_variable m_housekeeping;
    std::int64_t m_log_stretch{0}; // the log's length after the last transaction, in stretches
    std::thread m_housekeeper;
};

} // namespace mortise::host
