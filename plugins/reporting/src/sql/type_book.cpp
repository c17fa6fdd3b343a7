#include "sql/type_book.hpp"

#include <algorithm>

namespace mortise::plugins::reporting {

std::string FieldInfo::words_for(std::string_view option) const
{
    const auto label = option_labels.find(option);
    return label == option_labels.end() ? std::string{option} : label->second;
}

const FieldInfo* TypeInfo::find(std::string_view field) const noexcept
{
    const auto found = std::ranges::find(fields, field, &FieldInfo::name);
    return found == fields.end() ? nullptr : &*found;
}

TypeBook::TypeBook(const Value& answer)
{
    const List none;
    const List* types = answer["types"].as<List>();
    for (const Value& type : types ? *types : none) {
        TypeInfo info{
            .name = std::string{type["name"].text()},
            .label = std::string{type["label"].text()},
            .title_field = std::string{type["title_field"].text()},
            .fields = {}
        };
        const List* fields = type["fields"].as<List>();
        for (const Value& field : fields ? *fields : none) {
            FieldInfo one{
                .name = std::string{field["name"].text()},
                .kind = std::string{field["kind"].text()},
                .label = std::string{field["label"].text()},
                .reference = std::string{field["reference"].text()},
                .scale = static_cast<int>(field["scale"].get_or(std::int64_t{0})),
                .options = {}
            };
            const List* options = field["options"].as<List>();
            for (const Value& option : options ? *options : none)
                one.options.emplace_back(option.text());
            if (const Map* labels = field["option_labels"].as<Map>())
                for (const auto& [option, label] : *labels)
                    one.option_labels.emplace(option, label.text());
            info.fields.push_back(std::move(one));
        }
        add(std::move(info));
    }
}

const TypeInfo* TypeBook::find(std::string_view type) const noexcept
{
    const auto found = m_types.find(type);
    return found == m_types.end() ? nullptr : &found->second;
}

void TypeBook::add(TypeInfo type)
{
    const auto common = [&](const char* name, const char* kind, const char* label) {
        if (!type.find(name))
            type.fields.push_back(
                {.name = name, .kind = kind, .label = label, .reference = {}, .scale = 0, .options = {}}
            );
    };
    common("id", "id", "Id");
    common("owner", "id", "Owner");
    common("created_at", "datetime", "Created");
    common("updated_at", "datetime", "Changed");
    std::string name = type.name;
    m_types.insert_or_assign(std::move(name), std::move(type));
}

Family family_of(std::string_view kind) noexcept
{
    if (kind == "bool") return Family::boolean;
    if (kind == "int" || kind == "decimal" || kind == "percent" || kind == "duration" || kind == "time")
        return Family::number;
    if (kind == "money") return Family::money;
    if (kind == "date") return Family::date;
    if (kind == "datetime") return Family::moment;
    if (kind == "reference" || kind == "id") return Family::reference;
    if (kind == "list" || kind == "multi_enum") return Family::list;
    if (kind == "json" || kind == "address" || kind == "file") return Family::opaque;
    return Family::text;
}

} // namespace mortise::plugins::reporting
