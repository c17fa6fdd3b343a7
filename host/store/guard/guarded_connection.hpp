#pragma once

/// \file
/// `GuardedConnection`: a read-only connection on which one principal's views, and nothing else, can be
/// named.

#include "store/connection.hpp"
#include "store/database.hpp"
#include "store/guard.hpp"
#include "store/guard/authorizer.hpp"
#include "store/guard/budget.hpp"
#include "store/guard/functions.hpp"
#include "store/guard/statement_text.hpp"
#include "store/guard/temporary_space.hpp"

#include <mortise/result.hpp>

#include <list>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace mortise::host {

/// Used by one thread at a time.
class GuardedConnection {
public:
    static Result<std::unique_ptr<GuardedConnection>>
    build(const Database& database, const ViewSet& views, const GuardRules& rules);
    GuardedConnection(const GuardedConnection&) = delete;
    GuardedConnection& operator=(const GuardedConnection&) = delete;
    ~GuardedConnection();

    const std::string& principal() const noexcept { return m_principal; }
    /// Whether it was built for just these views and this scope.
    bool serves(const ViewSet& views) const noexcept;

    /// The statement for `sql`, reset; kept for the next time. The budget must have been entered.
    Result<Statement*> statement(std::string_view sql);
    /// The views that the statement reads which was asked for last.
    const std::set<std::string>& views_read() const noexcept { return m_kept.front().views; }
    /// Resets what was left open.
    void end_reads() noexcept { m_connection->end_reads(); }

    QueryBudget& budget() noexcept { return m_budget; }
    FunctionState& functions() noexcept { return m_functions; }
    TemporarySpace& temporary_space() noexcept { return m_temporary_space; }

private:
    GuardedConnection(const Database& database, const ViewSet& views, const GuardRules& rules);
    Result<void> open(const Database& database);
    Result<void> prepare_connection(const ViewSet& views);
    Result<void> create_scope(const ViewSet& views);
    Result<void> create_views(const ViewSet& views);
    Result<void> close_doors();
    Result<void> check_views(const ViewSet& views);
    Result<Statement> prepare(std::string_view sql, const std::string& text);

    std::string m_principal;
    std::uint64_t m_version;
    bool m_scoped;
    std::vector<std::int64_t> m_scope_owners;
    GuardRules m_rules;
    ViewSizes m_view_sizes;
    TemporarySpace m_temporary_space;
    QueryBudget m_budget;
    FunctionState m_functions;
    Authorizer m_authorizer;
    std::unique_ptr<Connection> m_connection;

    struct Kept {
        std::string sql;
        std::shared_ptr<const SqlNames> clause_names; ///< SQLite may prepare the statement anew
        Statement statement;
        std::set<std::string> views{}; ///< that it reads
    };
    std::list<Kept> m_kept; ///< the one used last is first
};

} // namespace mortise::host
