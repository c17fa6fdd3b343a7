#pragma once

/// \file
/// The limit of all writing: the rows of a database of ours, written again by bare SQLite.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace mortise::bench {

/// Opens with the settings of the host's writer and makes the tables of `model`, a database of the host.
class RawDatabase {
public:
    RawDatabase(const std::filesystem::path& file, const std::filesystem::path& model);
    ~RawDatabase();
    RawDatabase(const RawDatabase&) = delete;
    RawDatabase& operator=(const RawDatabase&) = delete;

    sqlite3* handle() const noexcept { return m_database; }
    void execute(const std::string& sql);
    sqlite3_stmt* prepare(const std::string& sql);

private:
    sqlite3* m_database{nullptr};
    std::vector<sqlite3_stmt*> m_statements;
};

/// What each transaction of the model wrote: rows of any table, in order. Held in memory, so that reading it
/// costs the replay nothing.
class Replay {
public:
    /// Reads what commits after number `after` wrote; `per_transaction` commits become one transaction.
    static Replay read(const std::filesystem::path& model, std::int64_t after, std::size_t per_transaction);

    std::size_t transactions() const noexcept { return m_transactions.size(); }
    /// Writes everything into `database` and returns the seconds that each transaction took.
    std::vector<double> run(RawDatabase& database) const;

private:
    struct Cell {
        int type{0};
        std::int64_t integer{0};
        double real{0};
        std::string bytes;
    };
    struct TableRow {
        std::size_t table{0};
        std::vector<Cell> cells;
    };

    std::vector<std::string> m_inserts; // by table
    std::vector<std::vector<TableRow>> m_transactions;
};

} // namespace mortise::bench
