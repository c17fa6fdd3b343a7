#include "money/decimals.hpp"

#include "money/exact.hpp"

#include <charconv>
#include <cmath>
#include <string>

namespace mortise::plugins::pipelines {

namespace {

std::optional<std::int64_t> parse_text(std::string_view text, std::uint8_t scale)
{
    const std::size_t point = text.find('.');
    std::string digits{text.substr(0, point)};
    std::string behind{point == std::string_view::npos ? std::string_view{} : text.substr(point + 1)};
    while (behind.size() > scale && behind.back() == '0')
        behind.pop_back();
    if (behind.size() > scale
        || (point != std::string_view::npos && behind.find_first_not_of("0123456789") != std::string::npos))
        return std::nullopt;
    behind.append(scale - behind.size(), '0');
    digits += behind;
    std::int64_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
    return number;
}

} // namespace

std::optional<std::int64_t> parse_scaled(ValueView given, std::uint8_t scale)
{
    if (given.kind() == Kind::integer) return scaled(given.integer(), power_of_ten(scale), 1);
    if (const auto decimal = given.as<Decimal>()) return rescaled(*decimal, scale).coefficient;
    if (given.kind() != Kind::real) return parse_text(given.text(), scale);
    // JSON knows no decimals: a number that is one, to within what a double keeps, is taken as that.
    const double times = given.real() * static_cast<double>(power_of_ten(scale));
    const double whole = std::round(times);
    if (std::abs(times - whole) > 1e-6 || std::abs(whole) > 9e15) return std::nullopt;
    return static_cast<std::int64_t>(whole);
}

} // namespace mortise::plugins::pipelines
