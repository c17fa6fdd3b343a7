#pragma once

/// \file
/// Reports that are made for programs: delivery status notifications (RFC 3464) and feedback (RFC 5965).

#include "bounces/bounce.hpp"

namespace mortise::plugins::email {

/// Adds what a part of type message/delivery-status says. Delivered and relayed are no bounces.
void read_delivery_status(const Entity& part, BounceReport& report);
void read_feedback(const Entity& part, BounceReport& report);
/// Adds an address, or what is new about one that is there.
void add_bounced(BounceReport& report, BouncedAddress found);
/// The address in a value such as "rfc822; <a@b>"; empty if there is none. Lower case.
std::string bare_address(std::string_view value);

} // namespace mortise::plugins::email
