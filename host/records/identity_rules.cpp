#include "records/identity_rules.hpp"

#include "base/text.hpp"
#include "records/field_codec.hpp"
#include "records/prepared_unit.hpp"

namespace mortise::host {

std::string identity_namespace(std::string_view text)
{
    return ascii_lower(trim(text));
}

Result<std::string>
identity_value(std::string_view name_space, std::string_view value, const std::string& country)
{
    Field field{.name = "value", .country = country};
    if (name_space == "email")
        field.kind = FieldKind::email;
    else if (name_space == "phone")
        field.kind = FieldKind::phone;
    MORTISE_TRY(const Value normal, coerce(field, Value{trim(value)}));
    return std::string{normal.text()};
}

Result<void> normalise_identity(const RecordType& type, PreparedChange& change)
{
    const auto name_slot = type.slot("namespace");
    const auto value_slot = type.slot("value");
    if (!name_slot || !value_slot) return {};
    Value& name_space = change.after.values[*name_slot];
    Value& value = change.after.values[*value_slot];
    if (change.before && change.before->values[*name_slot] == name_space
        && change.before->values[*value_slot] == value)
        return {};
    if (name_space.is_null() || value.is_null()) return {};
    name_space = identity_namespace(name_space.text());
    MORTISE_TRY(
        std::string normal, identity_value(name_space.text(), value.text(), type.fields[*value_slot].country)
    );
    value = normal.empty() ? Value{} : Value{std::move(normal)};
    return {};
}

} // namespace mortise::host
