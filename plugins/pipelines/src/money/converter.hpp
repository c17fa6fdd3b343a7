#pragma once

/// \file
/// Amounts in the currency that a report is asked for. What has no rate is left out and counted, never taken
/// as 0.

#include "forecast/bridge.hpp"

#include <mortise/currency.hpp>
#include <mortise/host.hpp>

#include <map>
#include <string>

namespace mortise::plugins::pipelines {

class Converter {
public:
    /// Into `currency`, with the newest rates until `day`. An empty currency leaves amounts as they are.
    /// Throws Failure if there is no such currency.
    Converter(const Host& host, std::string_view currency, Date day);

    /// Gives the amount of the state in the currency; false if it has one and there is no rate. A won one
    /// takes the rate that was frozen when it closed.
    bool convert_state(DealState& state);
    /// Converts all it can, and takes the others out.
    std::vector<DealState> convert_all(std::vector<DealState> states);

    /// How many were left out, by currency; and which.
    Map left_out() const;

private:
    std::optional<Decimal> rate_from(const std::string& currency);

    const Host* m_host;
    const Currency* m_to{nullptr};
    Date m_day;
    std::map<std::string, std::optional<Decimal>> m_rates{};
    std::map<std::string, std::map<Id, bool>> m_left_out{};
};

} // namespace mortise::plugins::pipelines
