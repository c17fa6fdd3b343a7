#pragma once

/// \file
/// The host's own commands about record types. Plugins that work with whatever types are there (segments,
/// reports, automation) learn of them here.

#include <mortise/result.hpp>

namespace mortise::host {

class CommandRegistry;
class Records;

/// Adds `types.describe`. `records` must outlive the registry.
Result<void> add_type_commands(CommandRegistry& registry, const Records& records);

} // namespace mortise::host
