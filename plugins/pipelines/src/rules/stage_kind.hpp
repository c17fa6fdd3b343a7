#pragma once

/// \file
/// What a stage means for the opportunities in it, and what follows from that.

#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::plugins::pipelines {

/// The options of the field `kind` of a stage.
enum class StageKind : std::uint8_t { open, hold, won, lost };

/// Nothing if no kind has that name.
std::optional<StageKind> parse_stage_kind(std::string_view name) noexcept;
std::string_view name_of(StageKind kind) noexcept;

/// The status of an opportunity in a stage of that kind: open, won or lost.
std::string_view status_of(StageKind kind) noexcept;
bool is_closed_status(std::string_view status) noexcept;
inline bool is_closed(StageKind kind) noexcept
{
    return is_closed_status(status_of(kind));
}

/// The category that a stage of that kind has in forecasts if nothing is said.
std::string_view forecast_category_of(StageKind kind) noexcept;

/// Digits after the point that every probability of this plugin has: the scale of its percent fields.
inline constexpr std::uint8_t probability_scale = 2;
inline constexpr Decimal certain{100'00, probability_scale};
inline constexpr Decimal impossible{0, probability_scale};

/// The probability that a closed stage must have; nothing for the others, which may have any between 0 and
/// 100.
std::optional<Decimal> fixed_probability(StageKind kind) noexcept;
/// Whether a stage of that kind, or an opportunity in it, may have this probability: 0 and 100 are for lost
/// and won alone.
bool may_have_probability(StageKind kind, const Decimal& probability) noexcept;

} // namespace mortise::plugins::pipelines
