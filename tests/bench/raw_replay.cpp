#include "raw_replay.hpp"

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

const std::vector<Source> sources{
    {"mt$contact", "t.since"},
    {"mt$import_h", "t.until"},
    {"mt$event", "t.unit"},
    {"mt$event_data", "(SELECT e.unit FROM \"mt$event\" e WHERE e.number = t.number)"},
    {"mt$event_link", "(SELECT e.unit FROM \"mt$event\" e WHERE e.number = t.number)"},
};

} // namespace

RawDatabase::RawDatabase(const std::filesystem::path& file, const std::filesystem::path& model)
{
    check(m_database, sqlite3_open(file.c_str(), &m_database), "open");
    execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
            "PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 8192");
    sqlite3* from = nullptr;
    check(from, sqlite3_open_v2(model.c_str(), &from, SQLITE_OPEN_READONLY, nullptr), "open the model");
    sqlite3_stmt* schema = nullptr;
    sqlite3_prepare_v2(
        from,
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
        -1,
        &schema,
        nullptr
    );
    while (sqlite3_step(schema) == SQLITE_ROW)
        execute(reinterpret_cast<const char*>(sqlite3_column_text(schema, 0)));
    sqlite3_finalize(schema);
    sqlite3_close(from);
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

Replay Replay::read(const std::filesystem::path& model, std::int64_t after, std::size_t per_transaction)
{
    sqlite3* database = nullptr;
    check(
        database, sqlite3_open_v2(model.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), "open the model"
    );
    Replay replay;
    std::map<std::int64_t, std::vector<TableRow>> commits;
    for (std::size_t table = 0; table < sources.size(); ++table) {
        const std::string sql = "SELECT " + sources[table].commit + ", t.* FROM \"" + sources[table].table
            + "\" t WHERE " + sources[table].commit + " > " + std::to_string(after);
        sqlite3_stmt* select = nullptr;
        check(database, sqlite3_prepare_v2(database, sql.c_str(), -1, &select, nullptr), sql);
        const int columns = sqlite3_column_count(select);
        std::string insert = "INSERT INTO \"" + sources[table].table + "\" VALUES (?";
        for (int i = 2; i < columns; ++i)
            insert += ",?";
        replay.m_inserts.push_back(insert + ")");
        while (sqlite3_step(select) == SQLITE_ROW) {
            TableRow row{.table = table, .cells = {}};
            for (int i = 1; i < columns; ++i) {
                Cell cell;
                cell.type = sqlite3_column_type(select, i);
                cell.integer = sqlite3_column_int64(select, i);
                if (cell.type == SQLITE_TEXT || cell.type == SQLITE_BLOB)
                    cell.bytes.assign(
                        static_cast<const char*>(sqlite3_column_blob(select, i)),
                        static_cast<std::size_t>(sqlite3_column_bytes(select, i))
                    );
                row.cells.push_back(std::move(cell));
            }
            commits[sqlite3_column_int64(select, 0)].push_back(std::move(row));
        }
        sqlite3_finalize(select);
    }
    sqlite3_close(database);
    std::size_t in_transaction = 0;
    for (auto& [number, rows] : commits) {
        if (in_transaction == 0) replay.m_transactions.emplace_back();
        auto& transaction = replay.m_transactions.back();
        transaction.insert(
            transaction.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end())
        );
        in_transaction = (in_transaction + 1) % per_transaction;
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
    std::vector<double> seconds;
    for (const std::vector<TableRow>& transaction : m_transactions) {
        const auto start = std::chrono::steady_clock::now();
        step(begin);
        for (const TableRow& row : transaction) {
            sqlite3_stmt* insert = inserts[row.table];
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                const Cell& cell = row.cells[i];
                const int at = static_cast<int>(i) + 1;
                const int size = static_cast<int>(cell.bytes.size());
                if (cell.type == SQLITE_INTEGER)
                    sqlite3_bind_int64(insert, at, cell.integer);
                else if (cell.type == SQLITE_TEXT)
                    sqlite3_bind_text(insert, at, cell.bytes.data(), size, SQLITE_STATIC);
                else if (cell.type == SQLITE_BLOB)
                    sqlite3_bind_blob(insert, at, cell.bytes.data(), size, SQLITE_STATIC);
                else
                    sqlite3_bind_null(insert, at);
            }
            step(insert);
        }
        step(commit);
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return seconds;
}

} // namespace mortise::bench
