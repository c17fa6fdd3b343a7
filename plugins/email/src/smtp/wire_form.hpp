#pragma once

/// \file
/// A message as it goes over the wire of SMTP: lines that end with CR LF and nothing else, dots doubled.

#include <string>
#include <string_view>

namespace mortise::plugins::email {

/// The bytes between the reply to DATA and the last dot. Every CR, LF and CR LF of the message is one line
/// end: a bare CR or LF means an end to some servers and none to others, which smuggles a second message past
/// the first. U+0000 is left out.
std::string to_wire_form(std::string_view message);
/// The same without dots doubled: a message as a mailbox keeps it.
std::string plain_lines(std::string_view message);
/// What ends a message.
inline constexpr std::string_view end_of_data = ".\r\n";

} // namespace mortise::plugins::email
