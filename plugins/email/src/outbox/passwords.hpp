#pragma once

/// \file
/// The secret `passwords`: a line for each mailbox, its address, a blank, and its password or access token.

#include <optional>
#include <string>
#include <string_view>

namespace mortise::plugins::email {

/// Nothing if no line is for that address.
std::optional<std::string> find_password(std::string_view passwords, std::string_view address);

} // namespace mortise::plugins::email
