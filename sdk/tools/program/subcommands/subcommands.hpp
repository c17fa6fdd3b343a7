#pragma once

/// \file
/// The sub-commands of `mortise-sdk`. Each lies in a file of its own, which adds its options to the command
/// line and says what is run when it was chosen.

#include "program/output.hpp"

#include <functional>

namespace CLI {
class App;
}

namespace mortise::tool {

/// What was chosen on the command line; empty until then.
using Action = std::function<Result<Exit>(Output&)>;

void add_new(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_dev(CLI::App& app, Action& action);
void add_pack(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);
void add_keygen(CLI::App& app, Action& action);
void add_sign(CLI::App& app, Action& action);
void add_catalog(CLI::App& app, Action& action);
void add_statement(CLI::App& app, Action& action);
void add_docs(CLI::App& app, Action& action);

} // namespace mortise::tool
