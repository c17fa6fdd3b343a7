#pragma once

/// \file
/// Arithmetic on amounts in minor units. Nothing here passes through floating point; what must be rounded is
/// rounded half away from zero, once.

#include <mortise/currency.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mortise::plugins::pipelines {

/// Digits behind the point of rates of exchange.
inline constexpr std::uint8_t rate_scale = 10;

/// 10^digits, for up to 18.
std::int64_t power_of_ten(unsigned digits) noexcept;

/// value * times / over, rounded; nothing if it does not fit, or `over` is 0.
std::optional<std::int64_t> scaled(std::int64_t value, std::int64_t times, std::int64_t over) noexcept;

/// The same number with another scale, rounded where digits are lost; what does not fit is 0.
Decimal rescaled(Decimal number, std::uint8_t scale) noexcept;

/// An amount in another currency: `rate` units of it are one unit of the amount's. Nothing if it does not
/// fit.
std::optional<Money> convert(Money amount, Decimal rate, const Currency& to) noexcept;

/// Shares of an amount by weight, in minor units: they add up to it, whatever the weights. Units that do not
/// divide go to those with the largest remainders, the earlier first. Empty if the weights add up to nothing.
std::vector<std::int64_t> allocate(std::int64_t minor, std::span<const std::int64_t> weights);

} // namespace mortise::plugins::pipelines
