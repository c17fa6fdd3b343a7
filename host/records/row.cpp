#include "records/row.hpp"

namespace mortise::host {

namespace {

template <class Add>
void for_each_common(const RecordType& type, const Row& row, Add add)
{
    add("id", Value{row.id});
    add("type", Value{type.name});
    add("version", Value{row.version});
    add("owner", row.owner ? Value{row.owner} : Value{});
    add("created_at", Value{row.created_at});
    add("updated_at", Value{row.updated_at});
    add("deleted_at", row.is_deleted() ? Value{row.deleted_at} : Value{});
}

} // namespace

Map map_of(const RecordType& type, const Row& row)
{
    Map map;
    map.reserve(type.fields.size() + 7);
    const auto add = [&map](const std::string& name, Value value) {
        if (!value.is_null()) map.set(name, std::move(value));
    };
    for_each_common(type, row, add);
    for (std::size_t slot = 0; slot < type.fields.size() && slot < row.values.size(); ++slot)
        add(type.fields[slot].name, row.values[slot]);
    return map;
}

Value value_of(const RecordType& type, const Row& row, std::string_view name)
{
    if (const auto slot = type.slot(name)) return row.values[*slot];
    Value found;
    for_each_common(type, row, [&](std::string_view common, Value value) {
        if (common == name) found = std::move(value);
    });
    return found;
}

} // namespace mortise::host
