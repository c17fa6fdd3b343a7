#pragma once

/// \file
/// The record type `merge`: one for each time that contacts were merged, with what became of it.

#include "records/type_declaration.hpp"

#include <mortise/result.hpp>

#include <string_view>
#include <vector>

namespace mortise::host {

/// Who owns the type.
inline constexpr std::string_view merging_owner = "mortise.merging";
inline constexpr std::string_view merge_type = "merge";

Result<std::vector<TypeDeclaration>> merge_types();

} // namespace mortise::host
