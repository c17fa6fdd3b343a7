#include "run/number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace mortise::plugins::reporting {

namespace {

__extension__ using Wide = __int128;

constexpr int most_digits = 12;

std::optional<std::int64_t> narrowed(Wide number) noexcept
{
    if (number > std::numeric_limits<std::int64_t>::max()
        || number < std::numeric_limits<std::int64_t>::min())
        return std::nullopt;
    return static_cast<std::int64_t>(number);
}

Wide power_of_ten(int digits) noexcept
{
    Wide power = 1;
    for (int i = 0; i < digits; ++i)
        power *= 10;
    return power;
}

std::optional<Decimal> parsed(std::string_view text)
{
    std::string digits;
    std::size_t behind = 0;
    bool has_point = false;
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    for (const char c : text) {
        if (c == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        digits += c;
        if (has_point) ++behind;
    }
    std::int64_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || behind > most_digits || read.ec != std::errc{}) return std::nullopt;
    return Decimal{is_negative ? -number : number, static_cast<std::uint8_t>(behind)};
}

} // namespace

std::optional<Decimal> decimal_of(const Value& value)
{
    if (const auto* whole = value.as<std::int64_t>()) return Decimal{*whole, 0};
    if (const auto* decimal = value.as<Decimal>()) return *decimal;
    if (const auto* real = value.as<double>()) {
        for (int digits = 0; digits <= most_digits; ++digits) {
            const double scaled = *real * std::pow(10.0, digits);
            if (!std::isfinite(scaled) || std::abs(scaled) > 9e15) return std::nullopt;
            if (std::abs(scaled - std::round(scaled)) < 1e-9 * std::max(1.0, std::abs(scaled)))
                return Decimal{
                    static_cast<std::int64_t>(std::round(scaled)), static_cast<std::uint8_t>(digits)
                };
        }
        return std::nullopt;
    }
    return parsed(value.text());
}

std::optional<std::int64_t> rescaled(Decimal number, int scale) noexcept
{
    if (scale >= number.scale) return narrowed(Wide{number.coefficient} * power_of_ten(scale - number.scale));
    const Wide power = power_of_ten(number.scale - scale);
    if (number.coefficient % power != 0) return std::nullopt;
    return narrowed(number.coefficient / power);
}

std::optional<Decimal> quotient(Decimal part, Decimal whole, int digits) noexcept
{
    if (whole.coefficient == 0) return std::nullopt;
    Wide above = part.coefficient;
    Wide below = whole.coefficient;
    const int shift = digits + whole.scale - part.scale;
    if (shift >= 0)
        above *= power_of_ten(std::min(shift, 18));
    else
        below *= power_of_ten(std::min(-shift, 18));
    const bool is_negative = (above < 0) != (below < 0);
    if (above < 0) above = -above;
    if (below < 0) below = -below;
    const auto rounded = narrowed((2 * above + below) / (2 * below));
    if (!rounded) return std::nullopt;
    return Decimal{is_negative ? -*rounded : *rounded, static_cast<std::uint8_t>(digits)};
}

std::optional<Decimal> difference(Decimal a, Decimal b) noexcept
{
    const int scale = std::max<int>(a.scale, b.scale);
    const auto left = rescaled(a, scale);
    const auto right = rescaled(b, scale);
    if (!left || !right) return std::nullopt;
    const auto found = narrowed(Wide{*left} - *right);
    if (!found) return std::nullopt;
    return Decimal{*found, static_cast<std::uint8_t>(scale)};
}

std::string text_of(Decimal number)
{
    std::string digits = std::to_string(number.coefficient);
    const bool is_negative = digits.starts_with('-');
    if (is_negative) digits.erase(0, 1);
    if (digits.size() <= number.scale) digits.insert(0, number.scale + 1U - digits.size(), '0');
    if (number.scale > 0) digits.insert(digits.size() - number.scale, 1, '.');
    return (is_negative ? "-" : "") + digits;
}

double real_of(Decimal number) noexcept
{
    return static_cast<double>(number.coefficient) / std::pow(10.0, number.scale);
}

} // namespace mortise::plugins::reporting
