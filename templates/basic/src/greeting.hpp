#pragma once

/// \file
/// What the plugin decides, without the host: plain functions that a unit test calls.

#include <string>
#include <string_view>

namespace my_plugin {

/// "Hello, Marie Curie", or "Hello" for somebody without a name.
std::string greeting(std::string_view word, std::string_view name);

/// Whether a new contact is refused for want of an e-mail address: people are, organisations are not.
bool lacks_email(std::string_view kind, std::string_view email);

} // namespace my_plugin
