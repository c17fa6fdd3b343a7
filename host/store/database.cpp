#include "store/database.hpp"

#include "store/copy.hpp"
#include "store/sqlite_error.hpp"

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <sqlite3.h>
#include <stdlib.h> // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX, not C++
#include <system_error>
#include <unistd.h>

namespace mortise::host {

namespace {

/// Versions from here on do not have the WAL-reset bug.
constexpr int wal_reset_fixed_in = 3051003;

Result<std::filesystem::path> make_memory_folder()
{
    std::error_code failure;
    std::filesystem::path base{"/dev/shm"};
    if (!std::filesystem::is_directory(base, failure)) base = std::filesystem::temp_directory_path(failure);
    // With the process's number, so that whoever stopped a process can remove what it left.
    std::string pattern = (base / ("mortise-" + std::to_string(::getpid()) + "-XXXXXX")).string();
    if (!::mkdtemp(pattern.data()))
        return Error{
            ErrorCode::io,
            "no folder for a database in memory can be made in " + base.string(),
            "store.open",
            base.string(),
            {}
        };
    return std::filesystem::path{pattern};
}

int note_wal_pages(void* pages, sqlite3*, const char*, int count)
{
    static_cast<std::atomic<std::int64_t>*>(pages)->store(count, std::memory_order_relaxed);
    return SQLITE_OK;
}

std::int64_t size_of(const std::filesystem::path& file)
{
    std::error_code failure;
    const auto size = std::filesystem::file_size(file, failure);
    return failure ? 0 : static_cast<std::int64_t>(size);
}

std::string wal_reset_note()
{
    const std::string version = sqlite3_libversion();
    if (sqlite3_libversion_number() >= wal_reset_fixed_in)
        return "SQLite " + version + " is free of the WAL-reset bug";
    return "SQLite " + version
        + " has the WAL-reset bug (fixed in 3.51.3); it is kept away because one connection both writes and "
          "checkpoints";
}

Result<std::int64_t> integer_pragma(Connection& connection, std::string_view sql)
{
    MORTISE_TRY(Statement * statement, connection.cached(sql));
    MORTISE_TRY(const bool found, statement->step());
    const std::int64_t value = found ? statement->integer(0) : 0;
    statement->reset();
    return value;
}

std::string name_of(Synchronous synchronous)
{
    switch (synchronous) {
    case Synchronous::off:
        return "off";
    case Synchronous::normal:
        return "normal";
    case Synchronous::full:
        return "full";
    }
    return {};
}

} // namespace

Database::Database(std::filesystem::path file, DatabaseOptions options)
    : m_file{std::move(file)},
      m_options{std::move(options)}
{
}

Database::~Database()
{
    m_readers.close();
    m_writer.reset();
    std::error_code ignored;
    if (!m_own_folder.empty()) std::filesystem::remove_all(m_own_folder, ignored);
}

Result<std::unique_ptr<Database>>
Database::open(const std::filesystem::path& file, const DatabaseOptions& options)
{
    std::unique_ptr<Database> database{new Database{file, options}};
    if (file == ":memory:") {
        MORTISE_TRY(database->m_own_folder, make_memory_folder());
        database->m_file = database->m_own_folder / "mortise.db";
        database->m_options.create = true;
        database->m_options.synchronous = Synchronous::off;
    } else if (options.vfs.empty() && !options.create) {
        std::error_code failure;
        if (!std::filesystem::exists(file, failure))
            return Error{
                ErrorCode::not_found,
                "there is no database at " + file.string(),
                "store.missing",
                file.string(),
                "make one with `mortise init`"
            };
    }
    MORTISE_CHECK(database->open_connections());
    return database;
}

Result<void> Database::open_connections()
{
    const ConnectionSettings settings{
        .file = m_file.string(),
        .role = ConnectionSettings::Role::writer,
        .create = m_options.create,
        .vfs = m_options.vfs,
        .cache_bytes = m_options.cache_bytes,
        .mmap_bytes = 0,
        .synchronous = m_options.synchronous,
    };
    MORTISE_TRY(m_writer, Connection::open(settings));
    MORTISE_TRY(m_page_size, integer_pragma(*m_writer, "PRAGMA page_size"));
    sqlite3_wal_hook(m_writer->handle(), note_wal_pages, &m_wal_pages);
    if (!m_own_folder.empty()) // what goes away is not brought in order before
        sqlite3_db_config(m_writer->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // Of a database in memory the others are opened when they are needed: most that have one are tests.
    const std::size_t at_once = m_own_folder.empty() ? std::max<std::size_t>(m_options.readers, 1) : 1;
    for (std::size_t i = 0; i < at_once; ++i) {
        MORTISE_TRY(auto reader, Connection::open(reader_settings()));
        m_readers.add(std::move(reader));
    }
    m_readers.grow_with(
        [this] { return Connection::open(reader_settings()); }, std::max<std::size_t>(m_options.readers, 1)
    );
    return {};
}

ConnectionSettings Database::reader_settings() const
{
    return {
        .file = m_file.string(),
        .role = ConnectionSettings::Role::reader,
        .create = false,
        .vfs = m_options.vfs,
        .cache_bytes = m_options.reader_cache_bytes,
        .mmap_bytes = m_options.mmap_bytes,
        .synchronous = m_options.synchronous,
    };
}

Result<void> Database::checkpoint_if_large()
{
    const std::int64_t pages = wal_pages();
    const std::int64_t limit = m_options.checkpoint_bytes / m_page_size;
    if (pages < m_pages_when_checkpointed) m_pages_when_checkpointed = 0; // the WAL began anew
    // A reader may keep the WAL from beginning anew: then act again only when it has grown by another
    // quarter.
    if (pages < limit || pages < m_pages_when_checkpointed + limit / 4) return {};
    const int code
        = sqlite3_wal_checkpoint_v2(m_writer->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    m_pages_when_checkpointed = pages;
    if (code != SQLITE_OK && code != SQLITE_BUSY) return sqlite_error(m_writer->handle(), code);
    return {};
}

Result<bool> Database::checkpoint_truncate()
{
    m_writer->sqlite().setBusyTimeout(0);
    const int code = sqlite3_wal_checkpoint_v2(
        m_writer->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr
    );
    Result<bool> outcome{code == SQLITE_OK};
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) outcome = sqlite_error(m_writer->handle(), code);
    if (code == SQLITE_OK) {
        m_wal_pages.store(0, std::memory_order_relaxed);
        m_pages_when_checkpointed = 0;
    }
    m_writer->sqlite().setBusyTimeout(Connection::busy_timeout_ms);
    return outcome;
}

Result<void> Database::copy_to(const std::filesystem::path& file)
{
    return copy_database(*this, file);
}

Result<DatabaseFacts> Database::facts()
{
    const ReadLease reader = read();
    DatabaseFacts facts{
        .sqlite_version = sqlite3_libversion(),
        .journal_mode = {},
        .synchronous = name_of(m_options.synchronous),
        .file_bytes = size_of(m_file),
        .wal_bytes = size_of(m_file.string() + "-wal"),
        .wal_reset_note = wal_reset_note(),
    };
    MORTISE_TRY(Statement * mode, reader->cached("PRAGMA journal_mode"));
    MORTISE_CHECK(mode->step());
    facts.journal_mode = mode->text(0);
    mode->reset();
    MORTISE_TRY(facts.page_size, integer_pragma(*reader, "PRAGMA page_size"));
    MORTISE_TRY(facts.page_count, integer_pragma(*reader, "PRAGMA page_count"));
    MORTISE_TRY(facts.free_page_count, integer_pragma(*reader, "PRAGMA freelist_count"));
    return facts;
}

} // namespace mortise::host
