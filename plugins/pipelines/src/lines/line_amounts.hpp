#pragma once

/// \file
/// What lines of an opportunity come to. Pure; each amount is rounded once, and totals are sums of what the
/// lines show.

#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::plugins::pipelines {

inline constexpr std::uint8_t quantity_scale = 4;

/// Months of a period: 0 for "once", 1 for "month", 3, 12; nothing if no period has that name.
std::optional<int> months_of(std::string_view period) noexcept;

struct LineTerms {
    std::int64_t unit_minor{0};
    Decimal quantity{1, 0};
    Decimal discount{0, 2}; ///< in percent
    int months{0}; ///< of its period; 0: once
    std::int64_t term_months{0}; ///< how long it recurs; a year if 0
};

struct LineAmounts {
    std::int64_t net{0}; ///< once, or in each period
    std::int64_t total{0}; ///< over the whole term
    std::int64_t annual{0}; ///< what recurs in a year

    LineAmounts& operator+=(const LineAmounts& other) noexcept;
    friend bool operator==(const LineAmounts&, const LineAmounts&) = default;
};

/// Nothing if it does not fit.
std::optional<LineAmounts> amounts_of(const LineTerms& terms) noexcept;

/// What recurs in a month.
std::int64_t monthly(std::int64_t annual) noexcept;

} // namespace mortise::plugins::pipelines
