#pragma once

/// \file
/// Days: which one a moment falls on, and how people write one.

#include <mortise/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace mortise::plugins::pipelines {

/// The day, in UTC, of a moment.
Date day_of(Instant moment) noexcept;
/// The first moment, in UTC, of a day.
Instant start_of(Date day) noexcept;
/// YYYY-MM-DD; nothing if the text is no day of the calendar.
std::optional<Date> parse_day(std::string_view text) noexcept;
/// A day as YYYY-MM-DD.
std::string day_text(Date day);
/// The first day of the month that the day is in.
Date first_of_month(Date day) noexcept;
/// "Q1 2017" of a day written YYYY-MM-DD; the text itself if it is none.
std::string quarter_label(std::string_view day);

} // namespace mortise::plugins::pipelines
