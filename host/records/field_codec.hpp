#pragma once

/// \file
/// Brings values to the form that a field of a kind has (`coerce`), and to and from the database's columns.

#include "records/field.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <string_view>

namespace mortise::host {

class Statement;

/// Checks and normalises. Null stays null; an empty text becomes null. Text is accepted for every kind in the
/// form of the contract's table (it is how JSON and CSV carry them). Errors are `invalid`; `where` is the
/// field's name.
Result<Value> coerce(const Field& field, const Value& value);

/// Binds the field's columns from `index` on, and moves it past them. Text is borrowed from `value`, which
/// must live until the statement is reset.
void bind_field(Statement& statement, int& index, const Field& field, const Value& value);

/// Reads the field's columns from `column` on, and moves it past them.
Value read_field(const Statement& statement, int& column, const Field& field);

} // namespace mortise::host
