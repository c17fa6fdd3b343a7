#pragma once

/// \file
/// Users of the operating system.

#include <string>
#include <sys/types.h>

namespace mortise::host {

/// The login name of a user; "#1000" for a number that has no name.
std::string os_user_name(uid_t uid);
/// The user that this process acts as.
std::string own_os_user();

} // namespace mortise::host
