#pragma once

/// \file
/// Secrets that a person types, or that come by standard input: never by the command line, which others of
/// the machine can read.

#include <string>

namespace mortise::host {

/// Asks for `name` and reads one line without showing it when standard input is a terminal; otherwise reads
/// all of it, but for a line end at its end.
std::string read_secret(const std::string& name);

} // namespace mortise::host
