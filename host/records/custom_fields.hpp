#pragma once

/// \file
/// Fields that an admin of the installation adds to record types at run time. They belong to the installation
/// and not to a plugin, and are archived, never dropped.

#include "records/field.hpp"

#include <mortise/result.hpp>

#include <string_view>

namespace mortise::host {

class Records;

// One call at a time: each starts from the fields that there are.

/// Adds a field of this installation to a type, or changes or brings back one of its own. Errors: those of
/// `Records::declare`.
Result<void> add_custom_field(Records& records, std::string_view type, const Field& field);
/// Archives a field of this installation: what is in it stays, and can be read.
Result<void> archive_custom_field(Records& records, std::string_view type, std::string_view field);

} // namespace mortise::host
