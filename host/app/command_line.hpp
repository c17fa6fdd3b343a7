#pragma once

/// \file
/// The command line of `mortise`: which verbs there are and what they take. The rest is in verbs/.

namespace mortise::host {

/// Reads the command line and does what it says. Returns the exit status.
int run_command_line(int argc, char** argv);

} // namespace mortise::host
