#include "lines/line_amounts.hpp"

#include "money/exact.hpp"

namespace mortise::plugins::pipelines {

namespace {

constexpr std::int64_t whole_percent = 100'00;
constexpr std::int64_t months_of_year = 12;

} // namespace

std::optional<int> months_of(std::string_view period) noexcept
{
    if (period == "once") return 0;
    if (period == "month") return 1;
    if (period == "quarter") return 3;
    if (period == "year") return 12;
    return std::nullopt;
}

LineAmounts& LineAmounts::operator+=(const LineAmounts& other) noexcept
{
    net += other.net;
    total += other.total;
    annual += other.annual;
    return *this;
}

std::optional<LineAmounts> amounts_of(const LineTerms& terms) noexcept
{
    const std::int64_t quantity = rescaled(terms.quantity, quantity_scale).coefficient;
    const std::int64_t share = whole_percent - rescaled(terms.discount, 2).coefficient;
    const auto times = scaled(quantity, share, 1);
    if (!times) return std::nullopt;
    const auto net = scaled(terms.unit_minor, *times, power_of_ten(quantity_scale) * whole_percent);
    if (!net) return std::nullopt;
    if (terms.months == 0) return LineAmounts{*net, *net, 0};
    const std::int64_t term = terms.term_months > 0 ? terms.term_months : months_of_year;
    const auto total = scaled(*net, term, terms.months);
    const auto annual = scaled(*net, months_of_year, terms.months);
    if (!total || !annual) return std::nullopt;
    return LineAmounts{*net, *total, *annual};
}

std::int64_t monthly(std::int64_t annual) noexcept
{
    return scaled(annual, 1, months_of_year).value_or(0);
}

} // namespace mortise::plugins::pipelines
