#pragma once

/// \file
/// The record type `duplicate_pair`: two contacts that may be the same, and what became of that.

#include "records/type_declaration.hpp"

#include <mortise/result.hpp>

#include <string_view>
#include <vector>

namespace mortise::host {

/// Who owns the type, the jobs and the subscription.
inline constexpr std::string_view duplicates_owner = "mortise.duplicates";
inline constexpr std::string_view pair_type = "duplicate_pair";

Result<std::vector<TypeDeclaration>> pair_types();

} // namespace mortise::host
