#pragma once

/// \file
/// Reports of non-delivery: which addresses did not get what was sent, why, and where it says so.

#include "bounces/reason.hpp"
#include "mime/message.hpp"

#include <string>
#include <vector>

namespace mortise::plugins::email {

/// One address that a report tells of.
struct BouncedAddress {
    std::string address; ///< lower case
    Reason reason;
    std::string evidence; ///< the words of the report or of the server
    std::string server; ///< who said so; may be empty
};

struct BounceReport {
    std::vector<BouncedAddress> addresses;
    std::string source; ///< "dsn" (RFC 3464), "feedback" (RFC 5965) or "heuristic"
    std::string original_message_id; ///< of what bounced; may be empty
    std::string original_subject;
    bool is_report{false}; ///< it is one, even where no address could be found

    bool found() const noexcept { return !addresses.empty(); }
};

/// Looks for a report in a message.
BounceReport find_bounce(const Message& message, const Entity& entity);

} // namespace mortise::plugins::email
