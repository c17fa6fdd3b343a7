#pragma once

/// \file
/// The commands about duplicates: `duplicates.scan`, `.list`, `.explain`, `.check`, `.dismiss`, `.reopen`,
/// `.merge`.

#include <mortise/result.hpp>

namespace mortise::host {

class CommandRegistry;
class Duplicates;
class Records;

/// `duplicates` and `records` outlive the registry.
Result<void> add_duplicate_commands(CommandRegistry& registry, Duplicates& duplicates, Records& records);

} // namespace mortise::host
