#pragma once

/// \file
/// The record types as one person sees them: types that it may not read are not there, and fields that are
/// hidden from it have no name.

#include "access/principal.hpp"
#include "records/schema.hpp"

#include <cstdint>
#include <map>
#include <mutex>

namespace mortise::host {

/// The type with its fields marked as these rights have them. Slots and columns stay: rows of the one fit the
/// other. Null if records of the type may not be read; `type` itself if nothing of it is different.
TypePointer seen_type(const TypePointer& type, const Rights& rights);

/// Keeps what was made for persons who asked lately. Thread-safety: any thread.
class SeenSchemas {
public:
    /// `schema` itself for who sees all types with all fields.
    SchemaPointer of(const SchemaPointer& schema, const Principal& principal);

private:
    std::mutex m_mutex;
    std::map<std::uint64_t, SchemaPointer> m_kept; // by the version of the rights
    SchemaPointer m_of; // the schema that they are of
};

} // namespace mortise::host
