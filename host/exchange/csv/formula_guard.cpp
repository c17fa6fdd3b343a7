#include "exchange/csv/formula_guard.hpp"

namespace mortise::host {
namespace {

/// A sign and digits with at most one point: what every spreadsheet reads as a number.
bool is_number(std::string_view text) noexcept
{
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const auto point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction
        = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    const auto all_digits = [](std::string_view digits) {
        return digits.find_first_not_of("0123456789") == std::string_view::npos;
    };
    return !(whole.empty() && fraction.empty()) && all_digits(whole) && all_digits(fraction);
}

} // namespace

bool needs_formula_guard(std::string_view text) noexcept
{
    const auto first = text.find_first_not_of('\'');
    if (first == std::string_view::npos) return false;
    const std::string_view rest = text.substr(first);
    return std::string_view{"=+-@\t\r"}.find(rest[0]) != std::string_view::npos && !is_number(rest);
}

std::string add_formula_guard(std::string_view text)
{
    return needs_formula_guard(text) ? "'" + std::string{text} : std::string{text};
}

std::string_view remove_formula_guard(std::string_view text) noexcept
{
    return text.starts_with('\'') && needs_formula_guard(text) ? text.substr(1) : text;
}

} // namespace mortise::host
