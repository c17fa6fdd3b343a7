#pragma once

/// \file
/// Record types as the catalog in the database has them.

#include "records/schema.hpp"

#include <mortise/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;

/// All types by their ids, or the one of that name, if there is one. `country` is that of the schema.
Result<std::vector<TypePointer>> read_types(
    Connection& connection, const std::string& country, const std::optional<std::string_view>& only = {}
);

} // namespace mortise::host
