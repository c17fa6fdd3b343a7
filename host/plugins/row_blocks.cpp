#include "plugins/row_blocks.hpp"

namespace mortise::host {

namespace {

Shape shape_of(const RecordType& type)
{
    std::vector<std::string_view> keys{
        "id", "type", "version", "owner", "created_at", "updated_at", "deleted_at"
    };
    for (const Field& field : type.fields)
        keys.push_back(field.name);
    return Shape{keys};
}

} // namespace

RowShape::RowShape(TypePointer type) : m_type{std::move(type)}, m_shape{shape_of(*m_type)} { }

Result<mortise_tree> RowShape::write(ShapeWriter& writer, const Row& row) const
{
    writer.start();
    writer.id(row.id);
    writer.text(m_type->name);
    writer.integer(row.version);
    row.owner ? writer.id(row.owner) : writer.null();
    writer.instant(row.created_at);
    writer.instant(row.updated_at);
    row.is_deleted() ? writer.instant(row.deleted_at) : writer.null();
    for (std::size_t slot = 0; slot < m_type->fields.size(); ++slot)
        MORTISE_CHECK(writer.value(slot < row.values.size() ? row.values[slot] : Value::null_value()));
    return writer.finish();
}

std::shared_ptr<const RowShape> RowShapes::of(const TypePointer& type)
{
    {
        const std::shared_lock lock{m_mutex};
        const auto found = m_shapes.find(type->id);
        if (found != m_shapes.end() && found->second->type() == type) return found->second;
    }
    auto made = std::make_shared<const RowShape>(type);
    const std::unique_lock lock{m_mutex};
    m_shapes.insert_or_assign(type->id, made);
    return made;
}

} // namespace mortise::host
