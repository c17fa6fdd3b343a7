#pragma once

/// \file
/// The system calls that a boxed plugin may make: an allow-list, closed before the plugin's library is
/// loaded. Every other call answers EPERM.

#include "plugins/runner/box.hpp"

namespace mortise::host {

/// Closes the list for this process and all its threads to come. Needs no_new_privs. One thread.
void close_system_calls(BoxReport& report) noexcept;

/// How many calls are on the list.
std::size_t allowed_call_count() noexcept;

} // namespace mortise::host
