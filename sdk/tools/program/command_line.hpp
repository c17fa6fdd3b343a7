#pragma once

/// \file
/// The command line of `mortise-sdk`: which sub-command was chosen, and what it ends with.

namespace mortise::tool {

/// Runs the program; gives its exit status.
int run_command_line(int argc, char** argv);

} // namespace mortise::tool
