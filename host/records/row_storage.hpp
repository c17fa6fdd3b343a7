#pragma once

/// \file
/// Rows in and out of statements, in the column order of `TableSql`.

#include "records/row.hpp"

namespace mortise::host {

class Statement;

/// Binds a whole row for `TableSql::insert`. Texts are borrowed from `row` until the statement is reset.
void bind_row(Statement& statement, const RecordType& type, const Row& row);

/// Reads a row whose columns begin at `column`.
Row read_row(const Statement& statement, const RecordType& type, int column = 0);

} // namespace mortise::host
