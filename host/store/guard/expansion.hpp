#pragma once

/// \file
/// How large a statement becomes when SQLite writes out its WITH clauses and views. It does so before
/// anything can stop it: twenty clauses that each name the one before twice make a million copies from one
/// line of text.

#include "store/guard/sql_tokens.hpp"
#include "store/guard/statement_text.hpp"

#include <cstddef>
#include <vector>

namespace mortise::host {

/// In tokens; prepared in about 0.1 s.
inline constexpr std::size_t max_expanded_size = 100'000;

struct StatementShape {
    std::size_t expanded_size{0}; ///< in tokens, after expansion; not less than it really is
    SqlNames clause_names; ///< of its WITH clauses, in small letters
};

StatementShape shape_of(const std::vector<SqlToken>& tokens, const ViewSizes& views);

} // namespace mortise::host
