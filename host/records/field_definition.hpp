#pragma once

/// \file
/// A field's properties as the catalog keeps them: one JSON text beside its name, column and kind.

#include "records/field.hpp"

#include <mortise/result.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

/// The same text for the same properties.
std::string definition_of(const Field& field);

/// Sets what `definition_of` wrote; older databases may not say all of it. Errors: unsupported for what only
/// a newer host knows.
Result<void> read_definition(std::string_view text, Field& field);

} // namespace mortise::host
