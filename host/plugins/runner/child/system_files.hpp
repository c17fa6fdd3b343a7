#pragma once

/// \file
/// The files that a boxed plugin may read: what the system has for everybody. Libraries, their modules,
/// fonts, time zones, locales and character sets; no configuration that names people, hosts or secrets, and
/// nothing of the host's.

#include <array>

namespace mortise::host {

/// A path that is not there is left out. Folders are meant with all that is in them.
inline constexpr std::array system_files{
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libx32",
    "/usr/local/lib",
    "/usr/local/share/fonts",
    "/usr/share",
    "/lib",
    "/lib64",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/locale.alias",
    "/etc/localtime",
    "/etc/timezone",
    "/var/cache/fontconfig",
    "/dev/null",
    "/dev/urandom",
};

} // namespace mortise::host
