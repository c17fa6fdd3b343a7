#pragma once

/// \file
/// The record types of consent: purposes, consents, suppressions. Being records they have history, undo,
/// import, export and a place in lists without more.

#include "records/type_declaration.hpp"

#include <mortise/result.hpp>

#include <vector>

namespace mortise::host {

/// Who owns the types.
inline constexpr std::string_view consent_owner = "mortise.consent";

Result<std::vector<TypeDeclaration>> consent_types();

} // namespace mortise::host
