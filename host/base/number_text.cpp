#include "base/number_text.hpp"

#include <mortise/currency.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace mortise::host {
namespace {

constexpr auto powers_of_ten = [] {
    std::array<std::int64_t, max_scale + 1> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i)
        powers[i] = powers[i - 1] * 10;
    return powers;
}();

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

Error invalid(std::string_view what, std::string_view text, std::string_view hint = {})
{
    return Error{
        ErrorCode::invalid,
        "not " + std::string{what} + ": \"" + std::string{text.substr(0, 60)} + "\"",
        "number.invalid",
        {},
        std::string{hint},
    };
}

Error out_of_range(std::string_view text, std::string_view hint)
{
    return Error{
        ErrorCode::limit,
        "number out of range: " + std::string{text.substr(0, 60)},
        "number.range",
        {},
        std::string{hint},
    };
}

/// Gathered as a negative number, which reaches one further than a positive one.
bool add_digit(std::int64_t& negative, char digit) noexcept
{
    return !__builtin_mul_overflow(negative, 10, &negative)
        && !__builtin_sub_overflow(negative, digit - '0', &negative);
}

} // namespace

Result<Decimal> parse_decimal(std::string_view text)
{
    constexpr std::string_view hint = "write it as -1234.56";
    const bool negative = text.starts_with('-');
    const std::string_view digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
    std::int64_t gathered = 0;
    std::size_t count = 0;
    std::size_t after_point = 0;
    bool point = false;
    bool fits = true;
    for (const char c : digits) {
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(c)) return invalid("a number", text, hint);
        ++count;
        after_point += point ? 1 : 0;
        fits = fits && add_digit(gathered, c);
    }
    if (count == 0 || digits.ends_with('.')) return invalid("a number", text, hint);
    if (after_point > max_scale) return out_of_range(text, "at most 18 digits after the point");
    if (!fits || (!negative && gathered == INT64_MIN))
        return out_of_range(text, "at most 18 digits in all are safe");
    return Decimal{negative ? gathered : -gathered, static_cast<std::uint8_t>(after_point)};
}

void append_decimal(std::string& out, const Decimal& number)
{
    auto rest = static_cast<std::uint64_t>(number.coefficient);
    if (number.coefficient < 0) {
        out += '-';
        rest = 0 - rest;
    }
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), rest).ptr;
    const auto count = static_cast<std::size_t>(end - digits.data());
    const std::size_t scale = number.scale;
    if (scale == 0) {
        out.append(digits.data(), count);
    } else if (count > scale) {
        out.append(digits.data(), count - scale);
        out += '.';
        out.append(end - scale, scale);
    } else {
        out += "0.";
        out.append(scale - count, '0');
        out.append(digits.data(), count);
    }
}

std::string format_decimal(const Decimal& number)
{
    std::string out;
    append_decimal(out, number);
    return out;
}

Result<Decimal> rescale(const Decimal& number, std::uint8_t scale)
{
    if (scale > max_scale || number.scale > max_scale)
        return out_of_range(format_decimal(number), "at most 18 digits after the point");
    if (scale >= number.scale) {
        std::int64_t coefficient = 0;
        if (__builtin_mul_overflow(
                number.coefficient,
                powers_of_ten[static_cast<std::size_t>(scale - number.scale)],
                &coefficient
            ))
            return out_of_range(
                format_decimal(number), "too large with " + std::to_string(scale) + " digits after the point"
            );
        return Decimal{coefficient, scale};
    }
    const std::int64_t divisor = powers_of_ten[static_cast<std::size_t>(number.scale - scale)];
    if (number.coefficient % divisor != 0)
        return Error{
            ErrorCode::invalid,
            format_decimal(number) + " has more than " + std::to_string(scale) + " digits after the point",
            "number.scale",
            {},
            "round it first",
        };
    return Decimal{number.coefficient / divisor, scale};
}

Result<Money> to_money(const Decimal& amount, std::uint16_t currency)
{
    const Currency* known = find_currency(currency);
    if (!known)
        return Error{
            ErrorCode::invalid,
            "no ISO 4217 currency has the number " + std::to_string(currency),
            "money.currency",
            {},
            {}
        };
    auto exact = rescale(amount, known->digits);
    if (exact) return Money{exact->coefficient, known->number, known->digits};
    if (exact.error().code == ErrorCode::invalid) {
        exact.error().message
            = format_decimal(amount) + " is finer than the minor unit of " + std::string{known->alpha};
        exact.error().key = "money.minor_unit";
        exact.error().hint
            = std::string{known->alpha} + " has " + std::to_string(known->digits) + " digits after the point";
    }
    return std::move(exact).error();
}

Result<Money> parse_money(std::string_view amount, std::string_view currency)
{
    const Currency* known = find_currency(currency);
    std::uint16_t number = 0;
    if (known == nullptr && !currency.empty() && currency.size() <= 3
        && std::from_chars(currency.data(), currency.data() + currency.size(), number).ptr
            == currency.data() + currency.size())
        known = find_currency(number);
    if (!known)
        return Error{
            ErrorCode::invalid,
            "no ISO 4217 currency: \"" + std::string{currency.substr(0, 60)} + "\"",
            "money.currency",
            {},
            "write it as three letters such as EUR",
        };
    MORTISE_TRY(const Decimal exact, parse_decimal(amount));
    return to_money(exact, known->number);
}

void append_amount(std::string& out, const Money& money)
{
    append_decimal(out, Decimal{money.minor, money.digits});
}

std::string format_amount(const Money& money)
{
    return format_decimal(Decimal{money.minor, money.digits});
}

std::string currency_code(std::uint16_t number)
{
    if (const Currency* known = find_currency(number)) return std::string{known->alpha};
    const std::string digits = std::to_string(number);
    return digits.size() < 3 ? std::string(3 - digits.size(), '0') + digits : digits;
}

Result<std::int64_t> parse_integer(std::string_view text)
{
    const std::string_view digits = text.starts_with('+') && !text.starts_with("+-") ? text.substr(1) : text;
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (ec == std::errc::result_out_of_range && end == digits.data() + digits.size())
        return out_of_range(text, "at most 9223372036854775807");
    if (ec != std::errc{} || end != digits.data() + digits.size()) return invalid("a whole number", text);
    return number;
}

Result<double> parse_real(std::string_view text)
{
    const std::string_view digits = text.starts_with('+') && !text.starts_with("+-") ? text.substr(1) : text;
    double number = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = end == digits.data() + digits.size();
    if (ec == std::errc::result_out_of_range && whole) return out_of_range(text, {});
    if (ec != std::errc{} || !whole || !std::isfinite(number)) return invalid("a number", text);
    return number;
}

} // namespace mortise::host
