#pragma once

/// \file
/// The figures of reports: amounts by currency, which are never added across currencies, and rates.

#include <mortise/record.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace mortise::plugins::pipelines {

/// An amount from the two columns that a money field has in SQL; null if there is none, or the currency is
/// unknown.
Value money_of(const Cell& minor, const Cell& currency);

/// Sums in minor units, one for each currency.
class MoneySums {
public:
    void add(std::string_view currency, std::int64_t minor);
    bool empty() const noexcept { return m_minor.empty(); }
    /// A list of money, by the currency's letters.
    List list() const;
    /// The only sum; null if there are several, or none.
    Value only() const;

private:
    std::map<std::string, std::int64_t, std::less<>> m_minor;
};

/// part / whole as text with four digits, rounded half up: "0.6315". Null if `whole` is 0.
Value rate_of(std::int64_t part, std::int64_t whole);

/// `sum` / 10,000, rounded half up: amounts that were weighted with probabilities of two digits.
std::int64_t weighted_minor(std::int64_t sum) noexcept;

} // namespace mortise::plugins::pipelines
