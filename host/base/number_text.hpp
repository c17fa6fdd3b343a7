#pragma once

/// \file
/// Numbers and amounts of money as text, and back, exactly. All functions are pure and may be called from any
/// thread. Parsing takes ASCII digits with at most one point and a sign: no thousands separators, no
/// exponents, no blanks; what a file writes otherwise is for the importer's mapping to clean.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::host {

/// Digits after the point of a `Decimal`, at most.
inline constexpr std::uint8_t max_scale = 18;

/// The scale is the number of digits after the point as written: "12.30" has scale 2. Refuses (`invalid`)
/// what is no number and (`limit`) more than 18 digits after the point or a coefficient beyond 64 bits.
Result<Decimal> parse_decimal(std::string_view text);
/// All digits of the scale: {1230, 2} is "12.30".
std::string format_decimal(const Decimal& number);
void append_decimal(std::string& out, const Decimal& number);

/// The same number with another scale. Refuses (`invalid`) if digits other than zero would be lost, and
/// (`limit`) overflow or a scale above 18.
Result<Decimal> rescale(const Decimal& number, std::uint8_t scale);

/// \param currency  three letters in any case, or the ISO 4217 number as one to three digits
/// Refuses (`invalid`) an amount finer than the currency's minor unit and an unknown currency.
Result<Money> parse_money(std::string_view amount, std::string_view currency);
/// The number as an amount of `currency` (ISO 4217 number), under the same rules.
Result<Money> to_money(const Decimal& amount, std::uint16_t currency);
/// "12.30" of EUR, "12" of JPY: without the currency.
std::string format_amount(const Money& money);
void append_amount(std::string& out, const Money& money);
/// "EUR" for 978; the number in three digits if it is no known currency.
std::string currency_code(std::uint16_t number);

/// An int64 in decimal digits with an optional sign. Refuses (`invalid`) anything else, (`limit`) overflow.
Result<std::int64_t> parse_integer(std::string_view text);
/// A finite real, exponents included ("1.5e-3"). Refuses infinities, NaN and hexadecimal forms.
Result<double> parse_real(std::string_view text);

} // namespace mortise::host
