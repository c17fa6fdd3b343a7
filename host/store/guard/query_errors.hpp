#pragma once

/// \file
/// R9: what the errors of guarded SQL say. While a statement is prepared no row is read, so SQLite's text may
/// be told, as long as it names nothing of the host's; once it runs, all failures look alike.

#include "store/guard.hpp"
#include "store/guard/authorizer.hpp"
#include "store/guard/budget.hpp"

#include <mortise/result.hpp>

#include <string_view>

struct sqlite3;

namespace mortise::host {

/// `sql` is what the caller wrote.
Error prepare_error(
    sqlite3* database,
    int code,
    std::string_view sql,
    const Authorizer::Denial& denial,
    QueryBudget::Stop stop,
    const GuardRules& rules
);

/// `failure` is what `Statement::step` returned.
Error run_error(Error failure, QueryBudget::Stop stop, const GuardRules& rules);

} // namespace mortise::host
