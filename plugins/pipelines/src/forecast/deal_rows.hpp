#pragma once

/// \file
/// Reads states of opportunities off the rows of a query. Columns: id, pipeline, agent, status, category,
/// minor, currency, probability, close_date, and perhaps base_minor and base_currency.

#include "forecast/bridge.hpp"

#include <mortise/record.hpp>

namespace mortise::plugins::pipelines {

DealState state_of(const Row& row);

/// An id, be it kept as a number.
Id id_in(const Cell& cell);
/// The coefficient of a number of fixed scale.
std::int64_t scaled_in(const Cell& cell);
std::optional<Date> date_in(const Cell& cell);

} // namespace mortise::plugins::pipelines
