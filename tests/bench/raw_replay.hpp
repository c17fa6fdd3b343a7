#pragma once

/// \file
/// The limit of all writing: the rows of a database of ours, written again by bare SQLite.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace mortise::bench {

/// A database that is used with nothing but SQLite, with the settings of the host's writer.
class RawDatabase {
public:
    enum class Indexes : std::uint8_t { at_once, at_the_end };

    /// Opens one that is there.
    explicit RawDatabase(const std::filesystem::path& file);
    /// Makes one with the tables of `model`, a database of the host.
    RawDatabase(
        const std::filesystem::path& file,
        const std::filesystem::path& model,
        Indexes indexes = Indexes::at_once
    );
    ~RawDatabase();
    RawDatabase(const RawDatabase&) = delete;
    RawDatabase& operator=(const RawDatabase&) = delete;

    sqlite3* handle() const noexcept { return m_database; }
    void execute(const std::string& sql);
    sqlite3_stmt* prepare(const std::string& sql);
    /// Those that were left for the end.
    void build_indexes();

private:
    sqlite3* m_database{nullptr};
    std::vector<sqlite3_stmt*> m_statements;
    std::vector<std::string> m_indexes;
};

/// What each transaction of the model wrote: rows of any table, in order. Held in memory, so that reading it
/// costs the replay nothing.
class Replay {
public:
    /// Reads what commits after number `after` wrote, and puts commits together until a transaction has
    /// `records` records (or events, where there are more).
    static Replay read(const std::filesystem::path& model, std::int64_t after, std::size_t records);

    /// Writes everything into `database` and returns the seconds that each transaction took.
    std::vector<double> run(RawDatabase& database) const;

private:
    struct Cell {
        int type{0};
        int size{0}; ///< of text and bytes
        union {
            std::int64_t integer;
            double real;
            std::size_t at; ///< in `m_bytes`
        };
    };
    struct TableRow {
        std::size_t table{0};
        std::size_t first{0}; ///< in `m_cells`
        std::size_t count{0};
    };

    Cell keep(sqlite3_stmt* select, int column);

    std::vector<std::string> m_inserts; // by table
    std::vector<Cell> m_cells;
    std::string m_bytes;
    std::vector<std::vector<TableRow>> m_transactions;
};

} // namespace mortise::bench
