#include "conditions/type_book.hpp"

#include <algorithm>

namespace mortise::plugins::segmentation {

const FieldInfo* TypeInfo::find(std::string_view field) const noexcept
{
    const auto found = std::ranges::find(fields, field, &FieldInfo::name);
    return found == fields.end() ? nullptr : &*found;
}

TypeBook::TypeBook(const Value& answer)
{
    const List* types = answer["types"].as<List>();
    if (!types) return;
    for (const Value& type : *types) {
        TypeInfo info{.name = std::string{type["name"].text()}, .fields = {}};
        if (const List* fields = type["fields"].as<List>())
            for (const Value& field : *fields)
                info.fields.push_back(
                    {.name = std::string{field["name"].text()},
                     .kind = std::string{field["kind"].text()},
                     .reference = std::string{field["reference"].text()},
                     .scale = static_cast<int>(field["scale"].get_or(std::int64_t{0}))}
                );
        add(std::move(info));
    }
}

const TypeInfo* TypeBook::find(std::string_view type) const noexcept
{
    const auto found = m_types.find(type);
    return found == m_types.end() ? nullptr : &found->second;
}

/// Every record has these besides its declared fields.
void TypeBook::add(TypeInfo type)
{
    for (const auto& [name, kind] :
         {std::pair{"id", "id"}, {"owner", "id"}, {"created_at", "datetime"}, {"updated_at", "datetime"}})
        if (!type.find(name))
            type.fields.push_back({.name = name, .kind = kind, .reference = {}, .scale = 0});
    std::string name = type.name;
    m_types.insert_or_assign(std::move(name), std::move(type));
}

} // namespace mortise::plugins::segmentation
