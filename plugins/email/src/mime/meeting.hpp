#pragma once

/// \file
/// What a message says about a meeting: an invitation, or the answer to one, as calendars send them (RFC
/// 5546).

#include "mime/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mortise::plugins::email {

struct Meeting {
    std::string
        kind; ///< "invited", "accepted", "tentative", "declined", "countered" (another time), "cancelled"
    std::string uid; ///< of the calendar's entry
    std::string summary;
    std::string starts; ///< as the calendar writes it: 20261201T090000Z

    /// Whether there is a meeting with whoever sent it, or somebody sees to it that there will be one.
    bool is_on() const noexcept { return kind != "declined" && kind != "cancelled"; }
};

/// Nothing if the message has no calendar, or one that says neither. `sender` is whose answer counts: a
/// calendar may repeat those of others.
std::optional<Meeting> find_meeting(const Message& message, std::string_view sender);

} // namespace mortise::plugins::email
