#include "raw_replay.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <sqlite3.h>

namespace mortise::bench {

namespace {

[[noreturn]] void fail(sqlite3* database, const std::string& what)
{
    std::cerr << "raw SQLite: " << what << ": " << sqlite3_errmsg(database) << '\n';
    std::exit(1);
}

void check(sqlite3* database, int code, const std::string& what)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) fail(database, what);
}

/// A table of the model, and how its rows are told apart by commit.
struct Source {
    std::string table;
    std::string commit; ///< SQL that gives the commit's number of a row of table `t`
};

std::vector<std::string> texts(sqlite3* database, const std::string& sql)
{
    std::vector<std::string> found;
    sqlite3_stmt* select = nullptr;
    check(database, sqlite3_prepare_v2(database, sql.c_str(), -1, &select, nullptr), sql);
    while (sqlite3_step(select) == SQLITE_ROW)
        found.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(select, 0)));
    sqlite3_finalize(select);
    return found;
}

/// Every table whose rows belong to a commit: records by the commit that wrote them, their history by the
/// one that ended them, and what events have.
std::vector<Source> sources_of(sqlite3* database)
{
    std::vector<Source> sources;
    const auto with_column = [&](const std::string& column) {
        return texts(
            database,
            "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND "
            "m.name "
            "GLOB 'mt$*' AND c.name = '"
                + column + "'"
        );
    };
    const auto histories = with_column("until");
    for (const std::string& table : with_column("since"))
        if (table != "mt$parked") {
            const bool is_history = std::ranges::find(histories, table) != histories.end();
            sources.push_back({table, is_history ? "t.until" : "t.since"});
        }
    sources.push_back({"mt$event", "t.unit"});
    sources.push_back({"mt$audit", "t.last"});
    for (const char* table : {"mt$event_data", "mt$event_link"})
        sources.push_back({table, "(SELECT e.unit FROM \"mt$event\" e WHERE e.number = t.number)"});
    return sources;
}

} // namespace

RawDatabase::RawDatabase(const std::filesystem::path& file)
{
    check(m_database, sqlite3_open(file.c_str(), &m_database), "open");
    execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
            "PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 8192");
}

RawDatabase::RawDatabase(
    const std::filesystem::path& file, const std::filesystem::path& model, Indexes indexes
)
    : RawDatabase{file}
{
    sqlite3* from = nullptr;
    check(from, sqlite3_open_v2(model.c_str(), &from, SQLITE_OPEN_READONLY, nullptr), "open the model");
    const std::string own
        = " FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND type ";
    for (const std::string& sql : texts(from, "SELECT sql" + own + "<> 'index'"))
        execute(sql);
    m_indexes = texts(from, "SELECT sql" + own + "= 'index'");
    sqlite3_close(from);
    if (indexes == Indexes::at_once) build_indexes();
}

RawDatabase::~RawDatabase()
{
    for (sqlite3_stmt* statement : m_statements)
        sqlite3_finalize(statement);
    sqlite3_close(m_database);
}

void RawDatabase::execute(const std::string& sql)
{
    check(m_database, sqlite3_exec(m_database, sql.c_str(), nullptr, nullptr, nullptr), sql);
}

sqlite3_stmt* RawDatabase::prepare(const std::string& sql)
{
    sqlite3_stmt* statement = nullptr;
    check(m_database, sqlite3_prepare_v2(m_database, sql.c_str(), -1, &statement, nullptr), sql);
    m_statements.push_back(statement);
    return statement;
}

void RawDatabase::build_indexes()
{
    execute("BEGIN");
    for (const std::string& sql : m_indexes)
        execute(sql);
    execute("COMMIT");
    m_indexes.clear();
}

Replay::Cell Replay::keep(sqlite3_stmt* select, int column)
{
    Cell cell{};
    cell.type = sqlite3_column_type(select, column);
    if (cell.type == SQLITE_INTEGER)
        cell.integer = sqlite3_column_int64(select, column);
    else if (cell.type == SQLITE_FLOAT)
        cell.real = sqlite3_column_double(select, column);
    else if (cell.type == SQLITE_TEXT || cell.type == SQLITE_BLOB) {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(select, column));
        cell.size = sqlite3_column_bytes(select, column);
        cell.at = m_bytes.size();
        if (bytes) m_bytes.append(bytes, static_cast<std::size_t>(cell.size));
    }
    return cell;
}

Replay Replay::read(const std::filesystem::path& model, std::int64_t after, std::size_t records)
{
    sqlite3* database = nullptr;
    check(
        database, sqlite3_open_v2(model.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), "open the model"
    );
    Replay replay;
    std::map<std::int64_t, std::vector<TableRow>> commits;
    for (const Source& source : sources_of(database)) {
        const std::string sql = "SELECT " + source.commit + ", t.* FROM \"" + source.table + "\" t WHERE "
            + source.commit + " > " + std::to_string(after);
        sqlite3_stmt* select = nullptr;
        check(database, sqlite3_prepare_v2(database, sql.c_str(), -1, &select, nullptr), sql);
        const int columns = sqlite3_column_count(select);
        std::string insert = "INSERT INTO \"" + source.table + "\" VALUES (?";
        for (int i = 2; i < columns; ++i)
            insert += ",?";
        const std::size_t table = replay.m_inserts.size();
        replay.m_inserts.push_back(insert + ")");
        while (sqlite3_step(select) == SQLITE_ROW) {
            const std::size_t first = replay.m_cells.size();
            for (int i = 1; i < columns; ++i)
                replay.m_cells.push_back(replay.keep(select, i));
            commits[sqlite3_column_int64(select, 0)].push_back(
                {table, first, static_cast<std::size_t>(columns) - 1}
            );
        }
        sqlite3_finalize(select);
    }
    sqlite3_close(database);
    const auto is_event = [&](const TableRow& row) {
        return replay.m_inserts[row.table].find("mt$event\"") != std::string::npos;
    };
    std::size_t in_transaction = records;
    for (auto& [number, rows] : commits) {
        if (in_transaction >= records) {
            replay.m_transactions.emplace_back();
            in_transaction = 0;
        }
        in_transaction += static_cast<std::size_t>(std::ranges::count_if(rows, is_event));
        auto& transaction = replay.m_transactions.back();
        transaction.insert(transaction.end(), rows.begin(), rows.end());
    }
    return replay;
}

std::vector<double> Replay::run(RawDatabase& database) const
{
    std::vector<sqlite3_stmt*> inserts;
    for (const std::string& sql : m_inserts)
        inserts.push_back(database.prepare(sql));
    sqlite3_stmt* begin = database.prepare("BEGIN IMMEDIATE");
    sqlite3_stmt* commit = database.prepare("COMMIT");
    const auto step = [&](sqlite3_stmt* statement) {
        check(database.handle(), sqlite3_step(statement), "step");
        sqlite3_reset(statement);
    };
    const auto bind = [this](sqlite3_stmt* insert, int at, const Cell& cell) {
        if (cell.type == SQLITE_INTEGER)
            sqlite3_bind_int64(insert, at, cell.integer);
        else if (cell.type == SQLITE_FLOAT)
            sqlite3_bind_double(insert, at, cell.real);
        else if (cell.type == SQLITE_TEXT)
            sqlite3_bind_text(insert, at, m_bytes.data() + cell.at, cell.size, SQLITE_STATIC);
        else if (cell.type == SQLITE_BLOB)
            sqlite3_bind_blob(insert, at, m_bytes.data() + cell.at, cell.size, SQLITE_STATIC);
        else
            sqlite3_bind_null(insert, at);
    };
    std::vector<double> seconds;
    for (const std::vector<TableRow>& transaction : m_transactions) {
        const auto start = std::chrono::steady_clock::now();
        step(begin);
        for (const TableRow& row : transaction) {
            sqlite3_stmt* insert = inserts[row.table];
            for (std::size_t i = 0; i < row.count; ++i)
                bind(insert, static_cast<int>(i) + 1, m_cells[row.first + i]);
            step(insert);
        }
        step(commit);
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return seconds;
}

} // namespace mortise::bench
