#pragma once

/// \file
/// Permissions that mean more than one thing.

#include <string_view>

namespace mortise::host {

/// Reads records of every type, those of plugins that come later among them.
inline constexpr std::string_view every_type_read = "records.read";

} // namespace mortise::host
