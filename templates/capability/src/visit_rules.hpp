#pragma once

/// \file
/// What the plugin decides about visits, without the host: plain functions that a unit test calls.

#include <cstdint>
#include <optional>
#include <string_view>

namespace my_plugin {

/// How long a visit was: short up to 15 minutes, long from 60 on.
std::string_view length_of(std::int64_t minutes);

/// Days since 1970 of a point in time in microseconds since then, in UTC.
std::int64_t day_of(std::int64_t microseconds);

/// Days since 1970 of "2026-02-28"; nothing if there is no such day.
std::optional<std::int64_t> parse_day(std::string_view text);

} // namespace my_plugin
