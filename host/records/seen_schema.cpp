#include "records/seen_schema.hpp"

namespace mortise::host {

namespace {

constexpr std::size_t most_kept = 256;

} // namespace

TypePointer seen_type(const TypePointer& type, const Rights& rights)
{
    if (type->seen_by == rights.version()) return type;
    const TypeRights& granted = rights.of(type->name);
    if (granted.read == Level::none) return nullptr;
    if (granted.hidden.empty() && granted.read_only.empty()) return type;
    auto seen = std::make_shared<RecordType>(*type);
    for (Field& field : seen->fields) {
        field.hidden = granted.hidden.contains(field.name);
        field.read_only = granted.read_only.contains(field.name);
    }
    seen->seen_by = rights.version();
    seen->finish();
    return seen;
}

SchemaPointer SeenSchemas::of(const SchemaPointer& schema, const Principal& principal)
{
    if (!principal.rights) return schema;
    const std::scoped_lock lock{m_mutex};
    if (m_of != schema || m_kept.size() >= most_kept) {
        m_kept.clear();
        m_of = schema;
    }
    SchemaPointer& seen = m_kept[principal.rights->version()];
    if (seen) return seen;
    std::vector<TypePointer> types;
    for (const TypePointer& type : schema->types())
        if (TypePointer one = seen_type(type, *principal.rights)) types.push_back(std::move(one));
    seen = std::make_shared<const Schema>(std::move(types), schema->epoch(), schema->country());
    return seen;
}

} // namespace mortise::host
