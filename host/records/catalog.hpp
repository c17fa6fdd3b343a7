#pragma once

/// \file
/// The record types as the database keeps them, and the tables that stand for them. Types only grow: a field
/// that goes is archived, its column and what is in it stay.

#include "records/schema.hpp"
#include "records/type_declaration.hpp"

#include <mortise/result.hpp>

#include <span>
#include <string_view>

namespace mortise::host {

class Connection;

/// The owner of fields that an admin declared at run time.
inline constexpr std::string_view custom_owner = "custom";

/// Grows when a database is written in a way that hosts before cannot read. What is only added does not
/// count.
inline constexpr std::int64_t database_format = 1;
/// Refuses a greater one: `unsupported`.
Result<void> check_format(std::int64_t format);
/// Writes ours into a database that has none, and refuses a greater one that is there.
Result<void> note_format(Connection& connection);

/// Makes the catalog's own tables where they are not there. Errors: `unsupported` for a newer format.
Result<void> create_catalog(Connection& connection);

/// Of a business that has not said where it is.
inline constexpr std::string_view default_country = "US";
/// Sets what `Schema::country` tells: two letters. Must run in a transaction of the writer.
Result<void> write_country(Connection& connection, std::string_view country);

/// Reads all types.
Result<SchemaPointer> read_schema(Connection& connection);

/// Brings the types and fields of `owner` to what is declared. Must run in a transaction of the writer.
/// Returns the schema that comes of it, or null if nothing changed. Types that did not change are the same
/// objects in both.
Result<SchemaPointer> apply_declarations(
    Connection& connection,
    const Schema& schema,
    std::string_view owner,
    std::span<const TypeDeclaration> declarations
);

/// Archives every type and field of `owner`.
Result<bool> archive_declarations(Connection& connection, const Schema& schema, std::string_view owner);

} // namespace mortise::host
