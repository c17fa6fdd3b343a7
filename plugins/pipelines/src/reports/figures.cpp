#include "reports/figures.hpp"

#include <mortise/currency.hpp>

namespace mortise::plugins::pipelines {

namespace {

/// 10,000: four digits of a rate; and a probability of 1 in its hundredths of a percent.
constexpr std::int64_t whole_rate = 10'000;

Value money(std::string_view currency, std::int64_t minor)
{
    const Currency* known = find_currency(currency);
    return known == nullptr ? Value{} : Value{Money{minor, known->number, known->digits}};
}

} // namespace

Value money_of(const Cell& minor, const Cell& currency)
{
    return minor.is_null() ? Value{} : money(currency.text(), minor.integer());
}

void MoneySums::add(std::string_view currency, std::int64_t minor)
{
    const auto found = m_minor.find(currency);
    if (found == m_minor.end())
        m_minor.emplace(currency, minor);
    else
        found->second += minor;
}

List MoneySums::list() const
{
    List sums;
    for (const auto& [currency, minor] : m_minor)
        sums.push_back(money(currency, minor));
    return sums;
}

Value MoneySums::only() const
{
    return m_minor.size() == 1 ? money(m_minor.begin()->first, m_minor.begin()->second) : Value{};
}

Value rate_of(std::int64_t part, std::int64_t whole)
{
    if (whole <= 0) return {};
    const std::int64_t rate = (part * whole_rate * 2 + whole) / (whole * 2);
    std::string digits = std::to_string(rate % whole_rate);
    digits.insert(0, 4 - digits.size(), '0');
    return std::to_string(rate / whole_rate) + "." + digits;
}

std::int64_t weighted_minor(std::int64_t sum) noexcept
{
    return (sum + whole_rate / 2) / whole_rate;
}

} // namespace mortise::plugins::pipelines
