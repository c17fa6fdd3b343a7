#pragma once

/// \file
/// Whether a role names what this host has: record types, fields, commands.

#include "access/role.hpp"
#include "commands/registry.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>

#include <span>

namespace mortise::host {

/// Errors: `invalid` with the JSON pointer in `where`, and what may have been meant in `hint`.
Result<void> check_role(const Role& role, const Schema& schema, std::span<const CommandInfo> commands);

} // namespace mortise::host
