#pragma once

/// \file
/// The record types of this room: `source_profile`, what one source says of a contact, and
/// `survivorship_rule`, which of several sources counts for a field.

#include "records/type_declaration.hpp"

#include <mortise/result.hpp>

#include <string_view>
#include <vector>

namespace mortise::host {

/// Who owns the types and the jobs.
inline constexpr std::string_view identities_owner = "mortise.identities";
inline constexpr std::string_view rule_type = "survivorship_rule";

Result<std::vector<TypeDeclaration>> identity_types();

} // namespace mortise::host
