#pragma once

/// \file
/// Users of the operating system.

#include <filesystem>
#include <string>
#include <sys/types.h>

namespace mortise::host {

/// The login name of a user; "#1000" for a number that has no name.
std::string os_user_name(uid_t uid);
/// Whether the machine has such an account; "#1000" is one by its number.
bool is_os_user(const std::string& name);
/// To whom a file or folder belongs; empty if it is not there.
std::string owner_of_file(const std::filesystem::path& file);
/// The user that this process acts as.
std::string own_os_user();

} // namespace mortise::host
