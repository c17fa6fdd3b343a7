#pragma once

/// \file
/// Exact numbers: coefficients with a scale, rounded half away from zero.

#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace mortise::plugins::reporting {

/// From a whole number, a real, a Decimal or a text such as "-12.30"; none if it is no number or has more
/// than 12 digits behind the point.
std::optional<Decimal> decimal_of(const Value& value);
/// At another scale; none where digits would be lost or the number becomes too large.
std::optional<std::int64_t> rescaled(Decimal number, int scale) noexcept;
/// part / whole with so many digits; none if `whole` is 0 or the result does not fit.
std::optional<Decimal> quotient(Decimal part, Decimal whole, int digits) noexcept;
std::optional<Decimal> difference(Decimal a, Decimal b) noexcept;
std::string text_of(Decimal number);
double real_of(Decimal number) noexcept;

} // namespace mortise::plugins::reporting
