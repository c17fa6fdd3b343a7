#pragma once

/// \file
/// SQL reads for people and plugins: one view for each record type that the principal may see, and views of
/// the event log. The views are the contract (docs/reference/sql.md), the tables behind them are not.
///
/// Thread-safety: every member may be called from any thread at any time.

#include "access/principal.hpp"
#include "records/records.hpp"
#include "store/guard.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

struct QueryRequest {
    std::string sql;
    NamedParameters named{};
    std::vector<Value> positional{};
    QueryLimits limits{};
    std::optional<std::int64_t> as_of{}; ///< as things were after this commit; nothing: as they are
};

/// What a result column is, as far as it is known: a column of a view that comes through as it is keeps the
/// kind of its field, anything computed is what the database made of it.
struct QueryColumn {
    std::string name;
    std::optional<FieldKind> kind{};
    std::uint8_t scale{0}; ///< decimal, percent
    bool is_id{false};

    /// Whether its texts are values as they are, not dates, lists or JSON.
    bool is_text_itself() const noexcept;
};

/// The rows of a query. Used by one thread at a time; do not keep it longer than needed.
class QueryRows {
public:
    QueryRows(GuardedQuery query, std::vector<QueryColumn> columns)
        : m_query{std::move(query)},
          m_columns{std::move(columns)}
    {
    }

    const std::vector<QueryColumn>& columns() const noexcept { return m_columns; }
    Result<bool> step() { return m_query.step(); }
    /// The value in the present row: an Id, Instant, Date, Decimal ... where the column's kind is known.
    Value value(int column) const;
    /// For fast paths: the present row as the database has it.
    const GuardedQuery& raw() const noexcept { return m_query; }

private:
    GuardedQuery m_query;
    std::vector<QueryColumn> m_columns;
};

class Views {
public:
    Views(Database& database, const Records& records);

    /// Errors: those of `GuardedPool::query`.
    Result<QueryRows> query(const Principal& principal, const QueryRequest& request);

    /// The views that the principal sees, with their columns, for completion and documentation.
    struct Description {
        std::string name;
        std::vector<QueryColumn> columns;
    };
    std::vector<Description> describe(const Principal& principal) const;

private:
    std::shared_ptr<const ViewSet> views_of(const Principal& principal, bool as_of);

    const Records& m_records;
    GuardedPool m_pool;
    std::mutex m_mutex;
    std::map<std::string, std::shared_ptr<const ViewSet>> m_sets; // by name of the set
};

} // namespace mortise::host
