#pragma once

/// \file
/// What the host itself knows about contacts: the declaration of its own record types, and how a contact's
/// name follows from its parts.

#include "records/row.hpp"
#include "records/type_declaration.hpp"

#include <mortise/result.hpp>

#include <vector>

namespace mortise::host {

/// The types that every database has.
Result<std::vector<TypeDeclaration>> own_types();

/// Fills a contact's name from its parts, or from its e-mail address or phone number, where it has none.
/// Returns the slots that were changed.
std::vector<std::size_t> complete_contact(const RecordType& type, Row& row);

} // namespace mortise::host
