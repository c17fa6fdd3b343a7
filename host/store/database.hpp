#pragma once

/// \file
/// `Database`: the database file of one data folder. One connection writes *and* checkpoints; a pool of
/// read-only ones reads. (SQLite before 3.51.3 can damage a file when one connection checkpoints while
/// another writes.)

#include "store/connection.hpp"
#include "store/read_pool.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace mortise::host {

struct DatabaseOptions {
    bool create{false}; ///< makes the file if it is not there
    std::int64_t cache_bytes{
        256LL << 20
    }; ///< at most this much page cache for the writer; taken as it is used
    std::int64_t reader_cache_bytes{8LL << 20}; ///< for each reader
    std::int64_t mmap_bytes{1LL << 30}; ///< of the file that each reader maps instead of copying
    std::string vfs{}; ///< SQLite VFS to open with; empty: the system's. For tests
    Synchronous synchronous{Synchronous::full};
    std::size_t readers{4};
    std::int64_t checkpoint_bytes{64LL << 20}; ///< size of the WAL from which `checkpoint_if_large` acts
};

/// What `status` tells about the store.
struct DatabaseFacts {
    std::string sqlite_version;
    std::string journal_mode;
    std::string synchronous;
    std::int64_t page_size{0};
    std::int64_t page_count{0};
    std::int64_t free_page_count{0};
    std::int64_t file_bytes{0};
    std::int64_t wal_bytes{0};
    /// How the WAL-reset bug of this SQLite version is kept away; one sentence for people.
    std::string wal_reset_note;
};

class Database {
public:
    /// Opens `file`; ":memory:" gives a database of its own in memory (as files in the system's shared
    /// memory, so that readers and the writer behave as on disk), gone when this object is.
    ///
    /// Errors: `store.missing` (not there, and `create` is off), `store.foreign`, `store.wal`, and those of
    /// SQLite.
    static Result<std::unique_ptr<Database>>
    open(const std::filesystem::path& file, const DatabaseOptions& options);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    /// All leases and statements must have ended. The WAL is written back into the file.
    ~Database();

    /// The connection that writes. One thread at a time: the writer thread.
    Connection& writer() noexcept { return *m_writer; }
    /// A read-only connection; one more is opened while all are lent. From any thread. Without `begin()` each
    /// statement sees what was committed when it started; with it, all see one snapshot.
    ReadLease read() { return m_readers.lend(); }
    /// How its readers are opened; for connections outside the pool. From any thread.
    ConnectionSettings reader_settings() const;

    /// Writes the WAL back into the file, without waiting for anybody, once it has reached
    /// `checkpoint_bytes`. Writer thread, outside a transaction; call it after each commit, it costs nothing
    /// when there is nothing to do.
    Result<void> checkpoint_if_large();
    /// Writes all of the WAL back and cuts it to nothing: for idle moments. Writer thread. False: a reader
    /// was in the way, and it is done as far as possible.
    Result<bool> checkpoint_truncate();
    /// Pages in the WAL after the last commit, checkpointed or not.
    std::int64_t wal_pages() const noexcept { return m_wal_pages.load(std::memory_order_relaxed); }

    /// Copies the whole database, as of one moment, into `file`, which must not exist. Any thread; writers go
    /// on.
    Result<void> copy_to(const std::filesystem::path& file);

    /// Any thread; borrows a reader.
    Result<DatabaseFacts> facts();
    const std::filesystem::path& file() const noexcept { return m_file; }

private:
    Database(std::filesystem::path file, DatabaseOptions options);
    Result<void> open_connections();

    std::filesystem::path m_file;
    std::filesystem::path m_own_folder; ///< of a database in memory; removed at the end
    DatabaseOptions m_options;
    std::atomic<std::int64_t> m_wal_pages{0};
    std::int64_t m_page_size{0};
    std::int64_t m_pages_when_checkpointed{0};
    std::unique_ptr<Connection> m_writer;
    ReadPool m_readers; // after the writer: closes first
};

} // namespace mortise::host
