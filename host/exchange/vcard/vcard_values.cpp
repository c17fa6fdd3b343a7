#include "exchange/vcard/vcard_values.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "records/field_codec.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {

namespace {

std::string joined(const std::vector<std::string>& parts)
{
    std::string text;
    for (const std::string& part : parts)
        text.append(text.empty() || part.empty() ? "" : " ").append(part);
    return text;
}

std::string label_of(const VCardUse& use)
{
    if (!use.label.empty()) return use.label;
    std::string label;
    for (const std::string& type : use.types)
        label.append(label.empty() ? "" : ", ").append(type);
    return label;
}

/// The preferred one, or the first.
std::size_t primary_of(const std::vector<VCardPoint>& points)
{
    std::size_t best = 0;
    for (std::size_t i = 1; i < points.size(); ++i)
        if (points[i].use.preference != 0
            && (points[best].use.preference == 0 || points[i].use.preference < points[best].use.preference))
            best = i;
    return best;
}

void set_text(Map& values, const char* field, const std::string& text)
{
    if (!text.empty()) values.set(field, text);
}

void add_point(
    CardValues& card,
    const char* kind,
    const std::string& value,
    const std::string& raw,
    const VCardUse& use,
    bool is_primary
)
{
    if (value.empty()) return;
    Map point{{"kind", kind}, {"value", value}, {"raw", raw}, {"is_primary", is_primary}};
    set_text(point, "label", label_of(use));
    card.points.push_back(std::move(point));
}

/// The value in the form that the contact's own field has, if it has one.
std::optional<std::string> normal_form(const RecordType& type, const char* field, const std::string& value)
{
    const auto slot = field ? type.slot(field) : std::nullopt;
    if (!slot) return std::nullopt;
    const auto normal = coerce(type.fields[*slot], Value{value});
    if (!normal || normal->is_null()) return std::nullopt;
    return std::string{normal->text()};
}

/// A number or address that is none stays a point as it is written; the contact's own field takes the
/// preferred one of the others.
void add_points(
    const RecordType& type,
    CardValues& card,
    const char* kind,
    const char* field,
    const std::vector<VCardPoint>& points
)
{
    if (points.empty()) return;
    const std::size_t primary = primary_of(points);
    std::string chosen;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto normal = normal_form(type, field, points[i].value);
        if (normal && (chosen.empty() || i == primary)) chosen = *normal;
        add_point(card, kind, normal.value_or(points[i].value), points[i].value, points[i].use, i == primary);
    }
    if (field) set_text(card.values, field, chosen);
}

} // namespace

Map address_map(const VCardAddress& address)
{
    Map map;
    set_text(map, "post_office_box", address.post_office_box);
    set_text(map, "extended", address.extended);
    set_text(map, "street", address.street);
    set_text(map, "locality", address.locality);
    set_text(map, "region", address.region);
    set_text(map, "postal_code", address.postal_code);
    set_text(map, "country", address.country);
    return map;
}

std::string one_line(const Map& address)
{
    std::string text;
    for (const auto& [part, value] : address)
        text.append(text.empty() ? "" : ", ").append(value.text());
    return text;
}

namespace {

void add_addresses(CardValues& card, const std::vector<VCardAddress>& addresses)
{
    bool first = true;
    for (const VCardAddress& address : addresses) {
        Map map = address_map(address);
        if (map.empty()) continue;
        const std::string text = one_line(map);
        add_point(card, "address", text, text, address.use, first);
        if (std::exchange(first, false)) {
            set_text(card.values, "country", address.country);
            card.values.set("address", std::move(map));
        }
    }
}

} // namespace

CardValues values_of_card(const RecordType& type, const VCardContact& card)
{
    CardValues made;
    Map& values = made.values;
    values.set("kind", card.is_organisation() ? "organisation" : "person");
    set_text(
        values,
        "name",
        card.formatted_name.empty() && card.is_organisation() ? card.organisation : card.formatted_name
    );
    set_text(values, "given_name", joined(card.name.given));
    set_text(values, "additional_name", joined(card.name.additional));
    set_text(values, "family_name", joined(card.name.family));
    set_text(values, "name_prefix", joined(card.name.prefixes));
    set_text(values, "name_suffix", joined(card.name.suffixes));
    if (!card.nicknames.empty()) set_text(values, "nickname", card.nicknames.front());
    set_text(values, "job_title", card.title);
    set_text(values, "note", card.note);
    set_text(values, "external_id", card.uid);
    if (card.birthday) set_text(values, "birthday", format_partial_date(*card.birthday, VCardVersion::v3_0));
    List tags;
    for (const std::string& category : card.categories)
        tags.emplace_back(category);
    if (!tags.empty()) values.set("tags", std::move(tags));
    add_points(type, made, "email", "email", card.emails);
    add_points(type, made, "phone", "phone", card.phones);
    add_points(type, made, "url", "website", card.urls);
    add_points(type, made, "messenger", nullptr, card.messengers);
    add_addresses(made, card.addresses);
    if (!card.is_organisation()) made.organisation = card.organisation;
    return made;
}

std::string own_property_name(std::string_view field)
{
    std::string name = ascii_upper(field);
    std::ranges::replace(name, '_', '-');
    return std::string{own_property_prefix} + name;
}

bool take_own_properties(const RecordType& type, const VCardContact& card, Map& values)
{
    bool found = false;
    for (const VCardProperty& property : card.others) {
        if (!property.name.starts_with(own_property_prefix)) continue;
        const auto set = [&](std::string_view field) {
            if (own_property_name(field) != property.name) return false;
            auto value = parse_value(property.text(), field);
            if (value) values.set(field, *std::move(value));
            return value.has_value();
        };
        for (const Field& field : type.fields)
            if (!field.archived) found |= set(field.name);
        for (const std::string_view member : {"id", "exported_from"})
            found |= set(member);
    }
    return found;
}

} // namespace mortise::host
