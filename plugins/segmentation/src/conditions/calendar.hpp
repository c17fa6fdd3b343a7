#pragma once

/// \file
/// Days and times as people write them in a condition.

#include <mortise/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace mortise::plugins::segmentation {

/// A day written YYYY-MM-DD.
std::optional<Date> parse_day(std::string_view text) noexcept;
/// The day as SQL shows it, YYYY-MM-DD.
std::string day_text(Date day);
/// A moment: a time, a day (at midnight UTC), or either as text (YYYY-MM-DDThh:mm:ssZ).
std::optional<Instant> moment_of(const Value& value) noexcept;

} // namespace mortise::plugins::segmentation
