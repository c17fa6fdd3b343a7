#pragma once

/// \file
/// Whether the records that there are fit what record types are about to be declared as: a declaration is
/// taken as it is, whatever becomes of what was stored under the one before.

#include "records/schema.hpp"
#include "records/type_declaration.hpp"

#include <mortise/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;

/// What some records have, or lack, that a declaration has no place for.
struct Misfit {
    std::size_t type{0}; ///< place among the declarations
    std::size_t field{0}; ///< place among its fields
    std::string option{}; ///< that they have and that is no option any more; empty: they have no value
    std::int64_t records{0}; ///< that are not deleted; at least 1
};

/// Looks at options that are taken away, and at fields that become required without a default. `before`: as
/// the types were; `now`: as they are in the database, which is the same before the declarations are taken.
/// Costs nothing where neither is the case.
Result<std::vector<Misfit>> find_misfits(
    Connection& reader,
    const Schema& before,
    const Schema& now,
    std::string_view owner,
    std::span<const TypeDeclaration> declarations
);

/// What an owner has declared, as a declaration that can be taken once more: its types, and its fields of the
/// types of others. Nothing that is archived.
std::vector<TypeDeclaration> declared_by(const Schema& schema, std::string_view owner);

} // namespace mortise::host
