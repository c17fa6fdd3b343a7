#pragma once

/// \file
/// Cells as the answer of a command.

#include "run/cells.hpp"

#include <mortise/value.hpp>

namespace mortise::plugins::reporting {

/// dimensions with their keys, measures, and cells with row, column and values. Totals have shorter rows and
/// columns.
Map answer_of(const Cells& cells);
/// A figure as people and programs read it: whole number, decimal, amount, day; null for none.
Value value_of(const Figure& figure, const MeasureInfo& measure);
/// null, {"other": true}, or the value.
Value value_of(const Key& key);
/// The same back.
Result<Key> key_from(const Value& value, const std::string& at);

} // namespace mortise::plugins::reporting
