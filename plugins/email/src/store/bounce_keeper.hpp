#pragma once

/// \file
/// What bounces say about addresses, kept: each report as a record, and the state of the address.

#include "bounces/bounce.hpp"

#include <mortise/host.hpp>

#include <string>
#include <string_view>

namespace mortise::plugins::email {

/// Keeps what a report says. `report_message` is the message that it came as; 0 if a server said it at once.
void keep_bounces(
    const Host& host, const BounceReport& report, Id report_message, std::int64_t soft_limit, Work& work
);

/// Nothing is sent to the address any more.
void suppress_address(const Host& host, std::string_view address, std::string_view because, Work& work);
void allow_address(const Host& host, std::string_view address, Work& work);
/// Why nothing is sent to an address; empty if it may be.
std::string why_suppressed(const Host& host, std::string_view address);

} // namespace mortise::plugins::email
