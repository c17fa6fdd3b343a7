#pragma once

/// \file
/// R2: decides, while SQLite prepares a statement, what it may touch. Denies by default.

#include "store/guard.hpp"
#include "store/guard/budget.hpp"
#include "store/guard/statement_text.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;

namespace mortise::host {

/// The temporary table that holds the reader's row scope.
inline constexpr std::string_view scope_table = "mt$scope";

/// Stays installed for the connection's whole life: an authorizer taken off between prepare and step would
/// let `VACUUM INTO` through.
class Authorizer {
public:
    Authorizer(const ViewSet& views, QueryBudget& budget);
    Authorizer(const Authorizer&) = delete;
    Authorizer& operator=(const Authorizer&) = delete;

    void install(sqlite3* database) noexcept;
    /// The WITH clauses of the statement that is prepared next, or that runs.
    void set_clause_names(std::shared_ptr<const SqlNames> names) noexcept
    {
        m_clause_names = std::move(names);
    }

    struct Denial {
        int action{0};
        std::string name; ///< the function or the table, if it was one
    };
    /// What was denied last; `forget_denial()` before preparing.
    const Denial& denial() const noexcept { return m_denial; }
    void forget_denial() noexcept { m_denial = {}; }
    /// The views that were read by what was prepared since the last time, by their names.
    std::set<std::string> take_views_read() noexcept { return std::exchange(m_read, {}); }

private:
    struct IgnoringCase {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const noexcept;
    };
    using Names = std::set<std::string, IgnoringCase>;

    static int decide(void* self, int action, const char*, const char*, const char*, const char*) noexcept;
    bool allows(
        int action,
        std::string_view first,
        std::string_view second,
        std::string_view schema,
        std::string_view context
    ) const;
    bool may_read(
        std::string_view object, std::string_view column, std::string_view schema, std::string_view context
    ) const;

    std::map<std::string, Names, IgnoringCase> m_views; ///< and what each may read
    QueryBudget& m_budget;
    std::shared_ptr<const SqlNames> m_clause_names;
    Denial m_denial;
    mutable std::set<std::string> m_read;
};

} // namespace mortise::host
