#pragma once

/// \file
/// Stretches of the calendar by name: 2026, 2026-Q1, 2026-03.

#include <mortise/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace mortise::plugins::pipelines {

struct Span {
    Date from; ///< first day
    Date to; ///< last day
};

/// A year, a quarter or a month; nothing if the text names none.
std::optional<Span> parse_period(std::string_view text) noexcept;

/// The span of so many months that begins with the month of the day.
Span months_from(Date day, int months) noexcept;

} // namespace mortise::plugins::pipelines
