#include "model/field_paths.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace mortise::ui {

std::vector<FieldPath> field_paths(Store& store, std::string_view type, SystemFields system)
{
    static const std::array<FieldInfo, 4> of_all{
        FieldInfo{.name = "created_at", .kind = "datetime", .label = "Created"},
        FieldInfo{.name = "updated_at", .kind = "datetime", .label = "Changed"},
        FieldInfo{.name = "owner", .kind = "id", .label = "Owner"},
        FieldInfo{.name = "id", .kind = "id", .label = "Id"},
    };
    std::vector<FieldPath> paths;
    const TypeInfo* known = store.type(type);
    if (!known) return paths;
    const auto offer = [&](const FieldInfo& field, std::string path, std::string label) {
        if (!field.is_archived && field.kind != "json" && field.kind != "address")
            paths.push_back({std::move(path), std::move(label), &field});
    };
    for (const FieldInfo& field : known->fields)
        offer(field, field.name, field.label);
    if (system == SystemFields::included)
        for (const FieldInfo& field : of_all)
            if (!known->find(field.name)) offer(field, field.name, field.label);
    for (const FieldInfo& field : known->fields) {
        const TypeInfo* target = field.is_reference() ? store.type(field.reference) : nullptr;
        if (!target) continue;
        for (const FieldInfo& one : target->fields)
            if (!one.is_reference())
                offer(one, field.name + '.' + one.name, field.label + ": " + lower(one.label));
    }
    return paths;
}

const FieldPath* find_path(const std::vector<FieldPath>& paths, std::string_view path)
{
    const auto found = std::ranges::find(paths, path, &FieldPath::path);
    return found == paths.end() ? nullptr : &*found;
}

} // namespace mortise::ui
