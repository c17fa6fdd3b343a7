#pragma once

/// \file
/// Names of folders as IMAP writes them: modified UTF-7 (RFC 3501, section 5.1.3).

#include <string>
#include <string_view>

namespace mortise::plugins::email {

std::string to_imap_name(std::string_view utf8);
/// What is no modified UTF-7 comes back as it is.
std::string from_imap_name(std::string_view name);

} // namespace mortise::plugins::email
