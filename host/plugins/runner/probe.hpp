#pragma once

/// \file
/// How strong a box this machine gives, before any plugin has run in one.

#include "plugins/runner/box.hpp"

#include <mortise/result.hpp>

#include <filesystem>

namespace mortise::host {

/// Starts a process as a plugin's is started, has it close its box and tell how far that went, and ends it.
/// Nothing is loaded. Errors: those of a start (`runner.start`).
Result<BoxReport> probe_box(const std::filesystem::path& program);

} // namespace mortise::host
