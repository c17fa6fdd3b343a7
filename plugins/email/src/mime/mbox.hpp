#pragma once

/// \file
/// A file of messages: an mbox, or one message by itself.

#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

bool is_mbox(std::string_view file);
/// The messages of an mbox, in place. "From " lines part them; lengths and quoting of the various dialects
/// are respected as far as they can be told.
std::vector<std::string_view> split_mbox(std::string_view file);
/// A message of an mbox as it was: ">From " at the start of lines is "From " again.
std::string unquote_from(std::string_view message);

} // namespace mortise::plugins::email
