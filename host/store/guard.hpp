#pragma once

/// \file
/// Reads by SQL from people and plugins, guarded: they see views, and through them only the rows and columns
/// that their principal may see. `GuardedPool` checks a statement, lends it a connection on which those views
/// (and nothing else) can be named, and `GuardedQuery` steps through its rows within time, row and byte
/// limits.
///
/// What is kept, rule by rule (R1 to R10 in docs/reference/sql.md): the names behind the views cannot be
/// spelt, the authorizer denies by default, views belong to one principal, errors say nothing about rows. A
/// plugin that must not be trusted has its box as a second wall: no secret rests on this one alone.

#include "store/database.hpp"
#include "store/statement.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::host {

/// Each rule of the guard. All are on; a test takes one away to show that it is needed.
struct GuardRules {
    bool reserved_names{true}; ///< R1: text that could name a hidden object is refused
    bool authorizer{true}; ///< R2: what is not allowed is denied, for the connection's whole life
    bool temporary_views_only{true}; ///< R3: views of the database file itself cannot be used
    bool checked_views{true}; ///< R4: a view that would be denied when no column of it is used is refused
    bool one_select{true}; ///< R6: one statement, it reads, it gives rows, and it is not EXPLAIN
    bool sound_joins{true}; ///< R7: RIGHT and FULL JOIN are refused; SQLite 3.40 gives wrong rows for them
    bool json_tables{true}; ///< R8: json_each and json_tree are there, made before the authorizer
    bool quiet_errors{true}; ///< R9: texts of errors tell only what the caller typed
    bool quiet_functions{true}; ///< R9: no function or operator fails on what a row holds
    bool small_limits{true}; ///< sizes, depths and ATTACH
    bool bounded_expansion{true
    }; ///< WITH clauses that multiply each other are refused before they are prepared
};

struct ViewColumn {
    std::string name; ///< as people write it
    std::string
        expression; ///< SQL over the table's alias `t`, such as `t."email"` or `NULL`; never per-row rights
};

/// The parts of the usual view over one table; `select_text` writes it.
struct ViewSource {
    std::string table; ///< the table behind the view, such as "mt$contact"
    std::vector<ViewColumn> columns;
    std::string deleted_column; ///< null in rows that are not deleted; needed, see R4
    std::string owner_column; ///< empty: the view has no row scope
};

/// The SELECT of a view: `+deleted IS NULL` (R5: the plus keeps SQLite from a skip-scan that is 2 to 10 times
/// slower), and for a scoped reader `likelihood(owner IN (scope), 0.9)`, which keeps pages streaming in index
/// order.
std::string select_text(const ViewSource& source, bool scoped);

struct GuardedView {
    std::string name;
    /// A full SELECT over `mt$` objects. It must use a column of its table in WHERE (R4), and
    /// `temp."mt$scope"` for the row scope.
    std::string select;
    std::vector<std::string> dependencies; ///< the objects that this view alone may read; not the scope
};

/// What one principal may read.
struct ViewSet {
    std::string principal; ///< names the set: another name never shares a connection
    std::uint64_t version{0}; ///< epoch of grants and schema: another version gets new connections
    std::vector<GuardedView> views;
    bool scoped{false}; ///< views read their row scope from `temp."mt$scope"(id)`
    std::vector<std::int64_t> scope_owners; ///< what that table holds
};

/// How much one query may take, and what it sees as now.
struct QueryLimits {
    std::chrono::milliseconds time{5000}; ///< of its own: waiting for the caller between steps does not count
    std::uint64_t rows{1'000'000};
    std::uint64_t bytes{256ULL << 20}; ///< of text and bytes read from its rows
    std::uint64_t temporary_bytes{256ULL << 20}; ///< of what it sorts and keeps on the side
    const std::atomic<bool>* cancel{nullptr}; ///< set by any thread to stop it; must outlive the query
    std::int64_t as_of{std::numeric_limits<std::int64_t>::max()
    }; ///< what `mt_as_of()` gives: a commit number
    std::int64_t now{0
    }; ///< what `now()` gives, in microseconds since 1970 UTC; 0: the system's time at the start
};

using NamedParameters = std::vector<std::pair<std::string, Value>>;

class GuardedConnection;
class GuardedPool;

/// The rows of one query. Used by one thread at a time; must end before its pool. Holds a connection, and
/// from the first step to the last a snapshot of the database: do not keep it longer than needed.
class GuardedQuery {
public:
    GuardedQuery(GuardedQuery&&) noexcept;
    GuardedQuery& operator=(GuardedQuery&&) noexcept;
    GuardedQuery(const GuardedQuery&) = delete;
    GuardedQuery& operator=(const GuardedQuery&) = delete;
    ~GuardedQuery();

    /// Goes to the next row: true, a row is there; false, there are no more. Errors: `query.timeout`,
    /// `query.cancelled`, `query.too_many_rows`, `query.too_many_bytes`, and `query.failed` for whatever went
    /// wrong on a row; after an error there are no more rows.
    Result<bool> step();

    int column_count() const noexcept { return m_statement->column_count(); }
    std::string_view column_name(int column) const noexcept { return m_statement->column_name(column); }
    /// The type that the column of the table behind was declared with, when the result column is that column
    /// as it is; else empty.
    std::string_view declared_type(int column) const noexcept;
    /// The table and the column behind, under the same condition. For the host: never shown to the reader.
    std::string_view origin_table(int column) const noexcept;
    std::string_view origin_column(int column) const noexcept;

    bool is_null(int column) const noexcept { return m_statement->is_null(column); }
    std::int64_t integer(int column) const noexcept { return m_statement->integer(column); }
    double real(int column) const noexcept { return m_statement->real(column); }
    std::string_view text(int column) const noexcept
    {
        const std::string_view value = m_statement->text(column);
        m_bytes += value.size();
        return value;
    }
    std::span<const std::byte> bytes(int column) const noexcept
    {
        const auto value = m_statement->bytes(column);
        m_bytes += value.size();
        return value;
    }
    StorageClass storage_class(int column) const noexcept { return m_statement->storage_class(column); }

    /// The views that it reads, by their names.
    const std::set<std::string>& views_read() const noexcept;

    std::uint64_t rows() const noexcept { return m_rows; }
    /// How long the query has worked so far, preparing included.
    std::chrono::nanoseconds time() const noexcept;

private:
    friend class GuardedPool;
    GuardedQuery(
        GuardedPool& pool,
        std::unique_ptr<GuardedConnection> connection,
        Statement& statement,
        const QueryLimits& limits
    ) noexcept;
    Result<bool> stop(Error error);

    GuardedPool* m_pool;
    std::unique_ptr<GuardedConnection> m_connection;
    Statement* m_statement;
    QueryLimits m_limits;
    std::uint64_t m_rows{0};
    mutable std::uint64_t m_bytes{0};
    bool m_done{false};
};

/// Keeps the connections of principals that asked lately. All members from any thread; queries must have
/// ended before it, and it before its database.
class GuardedPool {
public:
    explicit GuardedPool(Database& database, GuardRules rules = {});
    GuardedPool(const GuardedPool&) = delete;
    GuardedPool& operator=(const GuardedPool&) = delete;
    ~GuardedPool();

    /// Checks and prepares `sql` for the reader of `views`.
    ///
    /// Parameters are written `:name`, `@name` or `$name` (given by name, without the sign) and `?` (given by
    /// place); each must have its value and each value its parameter. Money and decimals are bound as the
    /// whole number that their columns hold, dates as ISO text, times as microseconds, lists and maps not at
    /// all.
    ///
    /// Errors (code, key): `refused` for text that the guard does not let through (`query.reserved_name`,
    /// `query.several_statements`, `query.not_a_read`, `query.outer_join`, `query.operator`, `query.denied`),
    /// `invalid` for what the caller can mend (`query.syntax`, `query.unknown_name`, `query.parameter`),
    /// `limit` (`query.too_complex`, `query.busy` as `busy`), `timeout` and `cancelled`. `where` is
    /// "line L, column C" when it is known.
    Result<GuardedQuery> query(
        const ViewSet& views,
        std::string_view sql,
        const NamedParameters& named,
        const std::vector<Value>& positional,
        const QueryLimits& limits
    );

    /// Connections that are lent now, and that wait to be.
    struct Counts {
        std::size_t lent{0};
        std::size_t idle{0};
    };
    Counts counts() const;

private:
    friend class GuardedQuery;
    struct State;
    Result<std::unique_ptr<GuardedConnection>> take(const ViewSet& views);
    void give_back(std::unique_ptr<GuardedConnection> connection) noexcept;

    Database& m_database;
    GuardRules m_rules;
    std::unique_ptr<State> m_state;
};

} // namespace mortise::host
