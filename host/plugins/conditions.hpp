#pragma once

/// \file
/// The conditions of a manifest's buttons ("when"), held against the options of the fields that they name.

#include "plugins/manifest.hpp"

#include <mortise/result.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// The field of a type; null if it is not known.
using FieldOfType = std::function<const Field*(std::string_view type, std::string_view field)>;

/// A condition that can never hold.
struct WrongCondition {
    std::string view; ///< name of the view whose button it is
    Error error; ///< `where` is a JSON pointer into plugin.json
};

/// Values in "when" that are no option of the enum field that they are about. Fields that `fields` does not
/// know, and those of other kinds, are passed over.
std::vector<WrongCondition> wrong_conditions(const Manifest& manifest, const FieldOfType& fields);

} // namespace mortise::host
