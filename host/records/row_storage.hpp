#pragma once

/// \file
/// Rows in and out of statements, in the column order of `TableSql`.

#include "records/row.hpp"

#include <span>
#include <string>

namespace mortise::host {

class Statement;

/// Binds a whole row and its sort keys for `TableSql::insert`. Texts are borrowed until the statement is
/// reset.
void bind_row(
    Statement& statement, const RecordType& type, const Row& row, std::span<const std::string> sort_keys
);
/// Binds a sort key; an empty one is null. Borrowed until the statement is reset.
void bind_sort_key(Statement& statement, int index, const std::string& key);

/// Reads a row whose columns begin at `column`.
Row read_row(const Statement& statement, const RecordType& type, int column = 0);

} // namespace mortise::host
