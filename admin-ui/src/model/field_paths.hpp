#pragma once

/// \file
/// The fields that a rule or a report can speak of: a type's own, and those of what its references lead to.

#include "model/store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mortise::ui {

struct FieldPath {
    std::string path; ///< "country", "stage.name"
    std::string label; ///< for people
    const FieldInfo* field; ///< lives as long as the store's types
};

enum class SystemFields : std::uint8_t { left_out, included };

/// Empty if there is no such type. With `included` also id, owner, when it was created and changed.
std::vector<FieldPath> field_paths(Store& store, std::string_view type, SystemFields system);
/// Null if there is none of that path.
const FieldPath* find_path(const std::vector<FieldPath>& paths, std::string_view path);

} // namespace mortise::ui
