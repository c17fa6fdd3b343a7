#pragma once

/// \file
/// Gives this process a user, a file system, a network and a host name of its own, where the kernel lets
/// everybody do so.

#include "plugins/runner/box.hpp"

namespace mortise::host {

/// If the host runs as root: becomes nobody, who owns no file.
void become_nobody(BoxReport& report) noexcept;

/// Its file system has `system_files`, read-only, and its own descriptors in /proc/self/fd; its network
/// reaches nothing. Where that is not allowed all stays as it is. One thread.
void close_namespaces(BoxReport& report) noexcept;

} // namespace mortise::host
