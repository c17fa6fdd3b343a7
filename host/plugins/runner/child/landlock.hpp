#pragma once

/// \file
/// Closes the file system, TCP and signals to others for this process and all its threads to come.

#include "plugins/runner/box.hpp"

namespace mortise::host {

/// Leaves `system_files` to be read. What the kernel cannot do is missing in the report. Needs
/// no_new_privs. One thread.
void close_files(BoxReport& report) noexcept;

} // namespace mortise::host
