#pragma once

/// \file
/// `Connection`: one open connection to the database: statements, transactions, savepoints. Take them from
/// `Database` (`writer()`, `read()`); nobody else opens the file.

#include "store/statement.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
namespace SQLite {
class Database;
}

namespace mortise::host {

/// What a commit waits for. `full` is the only one that keeps an acknowledged commit through a power cut; the
/// others are there so that tests can show it.
enum class Synchronous : std::uint8_t { off, normal, full };

/// How a connection is opened; `Database` fills it in.
struct ConnectionSettings {
    enum class Role : std::uint8_t { writer, reader };

    std::string file{};
    Role role{Role::reader};
    bool create{false}; ///< makes the file if it is not there; the writer only
    std::string vfs{}; ///< empty: the system's
    std::int64_t cache_bytes{0};
    std::int64_t mmap_bytes{0};
    bool temporary_files{false}; ///< what does not fit the cache goes to files and not to memory
    Synchronous synchronous{Synchronous::full};
};

/// Used by one thread at a time; only `interrupt()` may come from another.
class Connection {
public:
    /// How long a statement waits for another process's lock.
    static constexpr int busy_timeout_ms = 5000;

    static Result<std::unique_ptr<Connection>> open(const ConnectionSettings& settings);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Prepares the one statement in `sql`. It must end before the connection.
    Result<Statement> prepare(std::string_view sql);
    /// The statement for `sql`, prepared at the first call and kept until the connection closes; it is handed
    /// out reset. For texts from a fixed set, never for what a person typed. The same text is the same
    /// statement: do not ask for it again while stepping through its rows. Does not allocate when the
    /// statement is there.
    Result<Statement*> cached(std::string_view sql);
    /// Runs one or several statements that take no parameters; rows are passed over. Stops at the first
    /// error.
    Result<void> execute(std::string_view sql);
    /// Forgets the statements of `cached()`; pointers to them are void.
    void clear_cache() noexcept { m_cache.clear(); }

    /// Begins a transaction: with the write lock on the writer, a read transaction on readers (their snapshot
    /// is taken by the first read after it).
    Result<void> begin();
    Result<void> commit();
    /// Undoes the open transaction; fine if there is none (SQLite undoes it by itself after some errors).
    Result<void> rollback();
    bool in_transaction() const noexcept;
    /// Resets every statement and ends the transaction, so that no snapshot stays open.
    void end_reads() noexcept;
    Result<void> savepoint(std::string_view name);
    /// Keeps what was done since the savepoint and forgets it.
    Result<void> release(std::string_view name);
    /// Undoes what was done since the savepoint, which stays open.
    Result<void> rollback_to(std::string_view name);

    /// Rows that the last INSERT, UPDATE or DELETE changed.
    std::int64_t changes() const noexcept;
    /// Rows that were changed since the connection was opened.
    std::int64_t total_changes() const noexcept;
    std::int64_t last_insert_id() const noexcept;
    /// Makes the statement that runs now fail with `store.interrupted`. From any thread. Does nothing when
    /// none runs.
    void interrupt() noexcept;

    /// SQLite's own handle, for this room's other files.
    sqlite3* handle() const noexcept;
    SQLite::Database& sqlite() const noexcept { return *m_database; }

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };

    explicit Connection(ConnectionSettings::Role role, std::unique_ptr<SQLite::Database> database);
    Result<void> configure(const ConnectionSettings& settings);
    Result<void> configure_file(const ConnectionSettings& settings);
    Result<void> run_cached(std::string_view sql);
    Result<void> run_named(std::string_view verb, std::string_view name);

    ConnectionSettings::Role m_role;
    std::unique_ptr<SQLite::Database> m_database;
    std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> m_cache;
};

} // namespace mortise::host
