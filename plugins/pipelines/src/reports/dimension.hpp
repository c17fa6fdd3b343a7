#pragma once

/// \file
/// What a report is grouped by: a usual name (agent, sector, quarter ...), a field of opportunities, or a
/// field of a record that opportunities refer to (organisation.country).

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::plugins::pipelines {

/// A stretch of time that a report is grouped by: the one in which the close date falls.
enum class Period : std::uint8_t { none, month, quarter, year };

struct Dimension {
    std::string expression; ///< SQL over `opportunity o` and the joined records
    std::string joins; ///< the joins that the expression needs; may be empty
    Period period{Period::none}; ///< the expression is the first day of one
};

/// Errors: invalid, with the names there are; a field that does not exist is told by the query.
Result<Dimension> parse_dimension(std::string_view by);

/// How a value of the dimension is written: text, or null for opportunities that have none.
Value label_of(const Dimension& dimension, const Value& value);

} // namespace mortise::plugins::pipelines
