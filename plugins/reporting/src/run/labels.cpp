#include "run/number.hpp"
#include "run/pivot.hpp"

namespace mortise::plugins::reporting {

namespace {

std::string scaled_text(std::int64_t number, int scale)
{
    return text_of(Decimal{number, static_cast<std::uint8_t>(scale)});
}

std::string bin_label(const PlannedDimension& dimension, std::int64_t key)
{
    const int scale = dimension.field.kind == "money" ? 2 : dimension.field.scale;
    if (dimension.width > 0)
        return scaled_text(key, scale) + " to below " + scaled_text(key + dimension.width, scale);
    const auto at = static_cast<std::size_t>(key);
    if (at == 0) return "below " + scaled_text(dimension.edges.front(), scale);
    if (at == dimension.edges.size()) return scaled_text(dimension.edges.back(), scale) + " and more";
    return scaled_text(dimension.edges[at - 1], scale) + " to below "
        + scaled_text(dimension.edges[at], scale);
}

/// Titles of records, by id; those that the reader may not see are not there.
std::map<std::int64_t, std::string>
titles_of(const Asker& asker, const TypeInfo& type, const std::vector<KeyInfo>& keys)
{
    std::map<std::int64_t, std::string> titles;
    if (type.title_field.empty()) return titles;
    std::string ids;
    for (const KeyInfo& one : keys)
        if (const auto* id = one.key.value.as<std::int64_t>())
            ids.append(ids.empty() ? "[" : ",").append(std::to_string(*id));
    if (ids.empty()) return titles;
    const Rows rows = asker.ask(
        "SELECT id, " + type.title_field + " AS title FROM " + type.name
            + " WHERE id IN (SELECT value FROM json_each(:ids))",
        Map{{"ids", ids + "]"}}
    );
    for (const Row row : rows)
        titles.emplace(number_of(row["id"]), row["title"].text());
    return titles;
}

} // namespace

void label_keys(
    const Asker& asker, const TypeBook& types, const Plan& plan, const Setting& setting, Cells& cells
)
{
    for (std::size_t i = 0; i < plan.dimensions.size(); ++i) {
        const PlannedDimension& dimension = plan.dimensions[i];
        std::vector<KeyInfo>& keys = cells.dimensions[i].keys;
        const TypeInfo* target = types.find(dimension.field.reference);
        const auto titles = target ? titles_of(asker, *target, keys) : std::map<std::int64_t, std::string>{};
        const bool is_bin = dimension.width > 0 || !dimension.edges.empty();
        for (KeyInfo& one : keys) {
            const auto* number = one.key.value.as<std::int64_t>();
            if (one.key.state == Key::State::null)
                one.label = "(none)";
            else if (one.key.state == Key::State::other)
                one.label = "Other";
            else if (number && is_bin)
                one.label = bin_label(dimension, *number);
            else if (!cells.dimensions[i].bucket.empty())
                one.label = bucket_label(cells.dimensions[i].bucket, one.key.value, setting.calendar);
            else if (number && dimension.field.kind == "bool")
                one.label = *number != 0 ? "Yes" : "No";
            else if (number && titles.contains(*number))
                one.label = titles.at(*number);
            else
                one.label = number ? scaled_text(*number, dimension.field.scale)
                                   : dimension.field.words_for(one.key.value.text());
        }
    }
}

} // namespace mortise::plugins::reporting
