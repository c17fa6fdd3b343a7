#pragma once

/// \file
/// What an activity is worth, without the host: plain functions that a unit test calls.

#include <cstdint>
#include <string_view>

namespace leadscore {

/// Points of what a contact did.
std::int64_t points_of(std::string_view activity);

/// cold, warm (from half of `hot_from` on) or hot.
std::string_view temperature(std::int64_t points, std::int64_t hot_from);

/// A tenth less, but at least one, and never below zero.
std::int64_t cooled(std::int64_t points);

} // namespace leadscore
