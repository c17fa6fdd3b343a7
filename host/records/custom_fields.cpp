#include "records/custom_fields.hpp"

#include "records/catalog.hpp"
#include "records/records.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

/// What an admin declared so far, as declarations.
std::vector<TypeDeclaration> custom_declarations(const Schema& schema)
{
    std::vector<TypeDeclaration> declarations;
    for (const TypePointer& type : schema.types()) {
        TypeDeclaration declaration{
            .name = type->name,
            .plural = type->plural,
            .label = type->label,
            .title_field = {},
            .extends = true,
            .fields = {}
        };
        for (const Field& field : type->fields)
            if (field.owner == custom_owner && !field.archived) declaration.fields.push_back(field);
        declarations.push_back(std::move(declaration));
    }
    return declarations;
}

} // namespace

Result<void> add_custom_field(Records& records, std::string_view type_name, const Field& field)
{
    const SchemaPointer types = records.schema();
    MORTISE_TRY(const TypePointer type, types->require(type_name));
    if (type->archived)
        return Error{
            .code = ErrorCode::state,
            .message = "the type " + type->name + " can only be read: its plugin was removed",
            .key = "records.archived_type",
            .where = type->name,
        };
    std::vector<TypeDeclaration> declarations = custom_declarations(*types);
    for (TypeDeclaration& declaration : declarations) {
        if (declaration.name != type->name) continue;
        std::erase_if(declaration.fields, [&](const Field& other) { return other.name == field.name; });
        declaration.fields.push_back(field);
    }
    MORTISE_CHECK(records.declare(custom_owner, declarations));
    return {};
}

Result<void> archive_custom_field(Records& records, std::string_view type_name, std::string_view name)
{
    const SchemaPointer types = records.schema();
    MORTISE_TRY(const TypePointer type, types->require(type_name));
    MORTISE_TRY(const std::size_t slot, type->require_slot(name));
    if (type->fields[slot].owner != custom_owner)
        return Error{
            .code = ErrorCode::refused,
            .message
            = "the field " + type->name + "." + std::string{name} + " belongs to " + type->fields[slot].owner,
            .key = "records.declaration",
            .where = std::string{name},
            .hint = "only fields that were added here can be archived",
        };
    std::vector<TypeDeclaration> declarations = custom_declarations(*types);
    for (TypeDeclaration& declaration : declarations)
        if (declaration.name == type->name)
            std::erase_if(declaration.fields, [&](const Field& other) { return other.name == name; });
    MORTISE_CHECK(records.declare(custom_owner, declarations));
    return {};
}

} // namespace mortise::host
