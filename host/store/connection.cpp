#include "store/connection.hpp"

#include "store/sqlite_error.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <algorithm>
#include <sqlite3.h>

namespace mortise::host {

namespace {

constexpr std::int64_t application_id = 0x4d6f7274; // "Mort"
/// Against 4096: inserts +10 to +30 %, single commits +30 to +60 %, reads the same; 16384 made deletes 30 %
/// slower.
constexpr int page_size = 8192;
/// A WAL that a long reader let grow is cut back to this by the first restart after it.
constexpr std::int64_t journal_size_limit = 128LL << 20;

std::string_view name_of(Synchronous synchronous)
{
    switch (synchronous) {
    case Synchronous::off:
        return "OFF";
    case Synchronous::normal:
        return "NORMAL";
    case Synchronous::full:
        return "FULL";
    }
    return "FULL";
}

/// What SQLite leaves open for old programs' sake.
Result<void> harden(sqlite3* database)
{
    struct Switch {
        int option;
        int value;
    };
    constexpr Switch switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 0},
    };
    for (const Switch& each : switches) {
        const int code = sqlite3_db_config(database, each.option, each.value, nullptr);
        if (code != SQLITE_OK) return sqlite_error(database, code);
    }
    return {};
}

std::int64_t integer_pragma(SQLite::Database& database, const std::string& name)
{
    return database.execAndGet("PRAGMA " + name).getInt64();
}

} // namespace

Connection::Connection(ConnectionSettings::Role role, std::unique_ptr<SQLite::Database> database)
    : m_role{role},
      m_database{std::move(database)}
{
}

Connection::~Connection()
{
    m_cache.clear(); // statements end before their database closes
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSettings& settings)
{
    const bool writes = settings.role == ConnectionSettings::Role::writer;
    const int flags = (writes ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY)
        | (writes && settings.create ? SQLite::OPEN_CREATE : 0) | SQLite::OPEN_NOMUTEX;
    try {
        auto database
            = std::make_unique<SQLite::Database>(settings.file, flags, busy_timeout_ms, settings.vfs);
        std::unique_ptr<Connection> connection{new Connection{settings.role, std::move(database)}};
        MORTISE_CHECK(connection->configure(settings));
        return connection;
    } catch (const SQLite::Exception& failure) {
        Error error = sqlite_error(failure.getExtendedErrorCode(), failure.what());
        if (error.where.empty()) error.where = settings.file;
        return error;
    }
}

Result<void> Connection::configure(const ConnectionSettings& settings)
{
    sqlite3* database = handle();
    sqlite3_extended_result_codes(database, 1);
    MORTISE_CHECK(harden(database));
    MORTISE_CHECK(execute(
        "PRAGMA temp_store = " + std::string{settings.temporary_files ? "FILE" : "MEMORY"}
        + "; PRAGMA mmap_size = " + std::to_string(settings.mmap_bytes) + ";"
    ));
    // SQLite turns bytes into pages of the size that it knows: the file is to be looked at before.
    const std::string cache = "PRAGMA schema_version; PRAGMA cache_size = -"
        + std::to_string(std::max<std::int64_t>(settings.cache_bytes / 1024, 64)) + ";";
    if (m_role == ConnectionSettings::Role::writer) {
        MORTISE_CHECK(configure_file(settings));
        return execute(cache);
    }
    // A reader neither writes nor checkpoints, not even as the last one to close. It does not check cell
    // sizes: a mapped page would be checked at each visit, which costs as much again as the read (9 us
    // against 5.5).
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return execute(cache + "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0;");
}

Result<void> Connection::configure_file(const ConnectionSettings& settings)
{
    const bool fresh = integer_pragma(*m_database, "page_count") == 0;
    const std::int64_t owner = integer_pragma(*m_database, "application_id");
    if (!fresh && owner != application_id)
        return Error{
            ErrorCode::invalid,
            "the file is a database of another program (application id " + std::to_string(owner) + ")",
            "store.foreign",
            settings.file,
            "name a data folder of mortise, or an empty one"
        };
    // The mark of ownership is in the first page that is ever written: power that goes a moment later must
    // not leave a file that the next start takes for somebody else's.
    if (fresh)
        MORTISE_CHECK(execute(
            "PRAGMA page_size = " + std::to_string(page_size) + "; PRAGMA encoding = 'UTF-8';"
            + "PRAGMA auto_vacuum = NONE; PRAGMA application_id = " + std::to_string(application_id) + ";"
        ));
    const std::string mode = m_database->execAndGet("PRAGMA journal_mode = WAL").getText();
    if (mode != "wal")
        return Error{
            ErrorCode::io,
            "the disk does not support write-ahead logging (journal mode is " + mode + ")",
            "store.wal",
            settings.file,
            "keep the data folder on a local disk"
        };
    // What is deleted or overwritten is zeros in the file: a person who is erased is not found in free pages.
    return execute(
        "PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA "
        "journal_size_limit = "
        + std::to_string(journal_size_limit)
        + "; PRAGMA synchronous = " + std::string{name_of(settings.synchronous)} + ";"
    );
}

Result<Statement> Connection::prepare(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int code
        = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()), 0, &statement, &tail);
    if (code != SQLITE_OK) {
        Error error = sqlite_error(handle(), code);
        error.where = sql.substr(0, 200);
        return error;
    }
    Statement prepared{statement};
    if (!statement)
        return Error{
            ErrorCode::invalid, "there is no statement in the text", "store.sql", std::string{sql}, {}
        };
    return prepared;
}

Result<Statement*> Connection::cached(std::string_view sql)
{
    if (auto found = m_cache.find(sql); found != m_cache.end()) {
        found->second.reset();
        return &found->second;
    }
    MORTISE_TRY(Statement statement, prepare(sql));
    return &m_cache.emplace(std::string{sql}, std::move(statement)).first->second;
}

Result<void> Connection::execute(std::string_view sql)
{
    while (!sql.empty()) {
        sqlite3_stmt* handle_of_next = nullptr;
        const char* tail = nullptr;
        const int code = sqlite3_prepare_v3(
            handle(), sql.data(), static_cast<int>(sql.size()), 0, &handle_of_next, &tail
        );
        if (code != SQLITE_OK) {
            Error error = sqlite_error(handle(), code);
            error.where = sql.substr(0, 200);
            return error;
        }
        Statement statement{handle_of_next};
        if (handle_of_next) MORTISE_CHECK(statement.run());
        sql.remove_prefix(static_cast<std::size_t>(tail - sql.data()));
    }
    return {};
}

Result<void> Connection::run_cached(std::string_view sql)
{
    MORTISE_TRY(Statement * statement, cached(sql));
    return statement->run();
}

Result<void> Connection::run_named(std::string_view verb, std::string_view name)
{
    std::string sql;
    sql.reserve(verb.size() + name.size() + 3);
    sql.append(verb).append(" \"").append(name).append("\"");
    return run_cached(sql);
}

Result<void> Connection::begin()
{
    return run_cached(m_role == ConnectionSettings::Role::writer ? "BEGIN IMMEDIATE" : "BEGIN");
}

Result<void> Connection::commit()
{
    return run_cached("COMMIT");
}

Result<void> Connection::rollback()
{
    if (!in_transaction()) return {};
    return run_cached("ROLLBACK");
}

bool Connection::in_transaction() const noexcept
{
    return sqlite3_get_autocommit(handle()) == 0;
}

void Connection::end_reads() noexcept
{
    for (sqlite3_stmt* each = sqlite3_next_stmt(handle(), nullptr); each;
         each = sqlite3_next_stmt(handle(), each))
        if (sqlite3_stmt_busy(each)) sqlite3_reset(each);
    if (in_transaction()) sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Connection::savepoint(std::string_view name)
{
    return run_named("SAVEPOINT", name);
}

Result<void> Connection::release(std::string_view name)
{
    return run_named("RELEASE", name);
}

Result<void> Connection::rollback_to(std::string_view name)
{
    return run_named("ROLLBACK TO", name);
}

std::int64_t Connection::changes() const noexcept
{
    return sqlite3_changes64(handle());
}

std::int64_t Connection::total_changes() const noexcept
{
    return sqlite3_total_changes64(handle());
}

std::int64_t Connection::last_insert_id() const noexcept
{
    return sqlite3_last_insert_rowid(handle());
}

void Connection::interrupt() noexcept
{
    sqlite3_interrupt(handle());
}

sqlite3* Connection::handle() const noexcept
{
    return m_database->getHandle();
}

} // namespace mortise::host
