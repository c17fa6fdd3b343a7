#pragma once

/// \file
/// Asks the host whether a message may leave for somebody, and keeps what it said: `mortise.consent/1`.

#include <mortise/command.hpp>
#include <mortise/host.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::plugins::email {

/// What messages are for if nobody says otherwise; purposes of these names are made at the start.
inline constexpr std::string_view usual_purpose = "correspondence";
inline constexpr std::string_view usual_sequence_purpose = "follow-up";

struct Recipient {
    Id contact; ///< 0: nobody we know; then only suppressions stand against it
    std::string address; ///< in its normal form
    std::string purpose;
};

/// The host's answer.
struct Permit {
    bool allowed{false};
    std::uint64_t ticket{0}; ///< 0: none is needed, or it was only asked
    std::string key; ///< why not: "consent.withdrawn"
    std::string message;
    Instant again; ///< when asking may be answered otherwise; 0: nobody knows, so it is for good

    bool may_come_later() const { return !allowed && again.microseconds != 0; }
    std::string why() const { return key + ": " + message; }
};

/// Whether it would be allowed now.
Permit ask_permit(const Host& host, const Recipient& recipient);
/// The same with a ticket, which is good for 60 seconds.
Permit take_permit(const Host& host, const Recipient& recipient);
/// Uses the ticket up, right before the message goes out; takes another one if it got too old. Gives what is
/// kept as evidence. Throws, with the key of the refusal, if the message must not go out after all.
std::string use_permit(const Host& host, const Recipient& recipient, const Permit& permit);

/// The purpose of a message or a sequence: what was said, or the setting's.
std::string purpose_or_usual(const Host& host, std::string_view given, std::string_view setting);

/// Makes the usual purposes where they are not there.
Value set_up_purposes(const Host& host, const Arguments& arguments, Work& work);

} // namespace mortise::plugins::email
