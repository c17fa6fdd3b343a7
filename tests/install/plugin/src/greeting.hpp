#pragma once

/// \file
/// The logic of the greeter, without the SDK.

#include <string>
#include <string_view>

namespace greeter {

/// Gets the greeting for a name.
std::string greeting(std::string_view name);

} // namespace greeter
