#pragma once

/// \file
/// Records in the form in which they cross the border. The constant part of a type's map is made once for
/// each snapshot of the schema.

#include "records/row.hpp"

#include <mortise/value_shape.hpp>

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace mortise::host {

/// The map of a record type: id, type, version, owner, created_at, updated_at, deleted_at, then the fields by
/// slot.
class RowShape {
public:
    explicit RowShape(TypePointer type);

    const TypePointer& type() const noexcept { return m_type; }
    const Shape& shape() const noexcept { return m_shape; }
    /// The row's map; it lives until `writer` is used again.
    Result<mortise_tree> write(ShapeWriter& writer, const Row& row) const;

private:
    TypePointer m_type;
    Shape m_shape;
};

/// Thread-safety: any thread.
class RowShapes {
public:
    std::shared_ptr<const RowShape> of(const TypePointer& type);

private:
    std::shared_mutex m_mutex;
    std::unordered_map<std::int64_t, std::shared_ptr<const RowShape>> m_shapes; // by id of the type
};

} // namespace mortise::host
