#pragma once

/// \file
/// Rates of exchange by date. They are kept by pair and month, so that the one of a day is found by an index.

#include <mortise/hook.hpp>
#include <mortise/record.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::pipelines {

struct Rate {
    Date date;
    Decimal rate;
};

/// The hook of currency_rate: known currencies, above zero, and the index.
void check_rate(const Settings& settings, Draft& draft);

/// "EUR/USD 2026-03".
std::string rate_month(std::string_view from, std::string_view to, Date day);

/// Reads records of currency_rate.
std::vector<Rate> rates_of(const std::vector<Record>& records);

/// The newest rate on or before the day; it may be ten years old. `month_of` gives the rates of a month.
std::optional<Decimal> find_rate(
    std::string_view from,
    std::string_view to,
    Date day,
    const std::function<std::vector<Rate>(const std::string& month)>& month_of
);

} // namespace mortise::plugins::pipelines
