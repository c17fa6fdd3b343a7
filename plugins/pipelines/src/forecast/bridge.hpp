#pragma once

/// \file
/// What changed in a forecast between two days, so that start and changes add up to the end, to the last
/// minor unit and whatever happened in between. Pure.

#include <mortise/value.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::pipelines {

/// An opportunity at one moment.
struct DealState {
    Id opportunity{};
    Id pipeline{};
    Id agent{};
    std::string status{"open"}; ///< open, won, lost
    std::string category{}; ///< pipeline, best_case, commit, closed, omitted
    std::string currency{}; ///< empty: no amount
    std::int64_t minor{0};
    std::int64_t probability{0}; ///< in hundredths of a percent
    std::optional<Date> close_date{};
    std::string base_currency{}; ///< of a won one: the currency of the business ...
    std::int64_t base_minor{0}; ///< ... and its amount at the rate of its closing

    friend bool operator==(const DealState&, const DealState&) = default;
};

/// Which opportunities count: open ones that are not omitted, of this pipeline and agent, expected to close
/// in the period.
struct BridgeScope {
    Id pipeline{}; ///< 0: all
    Id agent{}; ///< 0: all
    std::optional<Date> from{};
    std::optional<Date> to{};
};

/// Why the forecast changed; what a name adds or takes away follows from it.
enum class Change : std::uint8_t {
    added,
    reopened,
    pulled_in, ///< its close date moved into the period
    pushed_out, ///< ... out of it, or it has none any more
    amount_up,
    amount_down,
    won,
    lost,
    included, ///< its category was "omitted"
    omitted,
    transferred_in, ///< of another pipeline or agent before
    transferred_out,
    currency_in, ///< its amount is in this currency now
    currency_out,
    removed, ///< it was deleted, or may not be seen any more
};
inline constexpr std::size_t change_kinds = 15;
std::string_view name_of(Change change) noexcept;

struct BridgeStep {
    Id opportunity{};
    Change change{};
    std::string currency{};
    std::int64_t minor{0};
};

struct BridgeLine {
    std::int64_t start{0};
    std::int64_t start_count{0};
    std::int64_t end{0};
    std::int64_t end_count{0};
    std::array<std::int64_t, change_kinds> sums{};
    std::array<std::int64_t, change_kinds> counts{};
};

struct Bridge {
    std::map<std::string, BridgeLine> lines{}; ///< by currency
    std::vector<BridgeStep> steps{}; ///< by opportunity, as in `after` and then those that are gone
};

/// Whether the state counts.
bool counts(const DealState& state, const BridgeScope& scope) noexcept;

Bridge
bridge_between(std::span<const DealState> before, std::span<const DealState> after, const BridgeScope& scope);

} // namespace mortise::plugins::pipelines
