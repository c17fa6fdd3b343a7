#include "exchange/export/vcard_export.hpp"

#include "base/json.hpp"
#include "exchange/export/exporter.hpp"
#include "exchange/vcard/vcard_reader.hpp"
#include "exchange/vcard/vcard_values.hpp"
#include "exchange/vcard/vcard_writer.hpp"
#include "records/field_codec.hpp"

#include <utility>

namespace mortise::host {

namespace {

std::vector<std::string> one(const Value& value)
{
    return value.is_null() ? std::vector<std::string>{} : std::vector{std::string{value.text()}};
}

/// Labels that vCard has as types become types; a person's own words stay a label.
VCardUse use_of(const RecordType& type, const Row& point)
{
    VCardUse use;
    const Value label = value_of(type, point, "label");
    const std::string_view rest = label.text();
    bool all_types = !rest.empty();
    for (std::string_view part = rest; !part.empty();) {
        const std::size_t comma = part.find(", ");
        const std::string_view word = part.substr(0, comma);
        all_types &= word.find(' ') == std::string_view::npos;
        use.types.emplace_back(word);
        part = comma == std::string_view::npos ? std::string_view{} : part.substr(comma + 2);
    }
    if (!all_types && !rest.empty()) {
        use.types.clear();
        use.label = rest;
    }
    if (value_of(type, point, "is_primary") == Value{true}) use.preference = 1;
    return use;
}

VCardAddress address_of(const Value& value)
{
    VCardAddress address;
    const auto part = [&](const char* name) { return std::string{value[name].text()}; };
    address.post_office_box = part("post_office_box");
    address.extended = part("extended");
    address.street = part("street").empty() ? part("text") : part("street");
    address.locality = part("locality");
    address.region = part("region");
    address.postal_code = part("postal_code");
    address.country = part("country");
    return address;
}

} // namespace

namespace {

/// What a reader makes of it: text with line ends of two kinds, say, has only one kind in a card.
VCardContact read_back(const VCardContact& card)
{
    StringSink written;
    static_cast<void>(write_vcard(written, card_of(card, VCardVersion::v4_0)));
    MemorySource source{written.text()};
    auto reader = VCardReader::open(source);
    VCardEntry entry;
    if (!reader || !reader->next(entry).value_or(false) || !entry.usable()) return {};
    return contact_of(entry.card);
}

/// What the usual properties would not give back is said in our own.
void add_own_properties(
    const RecordType& type, const Row& contact, std::string_view source, VCardContact& card
)
{
    const auto add = [&card](std::string_view field, const Value& value) {
        VCardProperty property;
        property.name = own_property_name(field);
        property.kind = VCardValueKind::raw;
        property.components = {{json_text(value)}};
        card.others.push_back(std::move(property));
    };
    const CardValues back = values_of_card(type, read_back(card));
    for (std::size_t slot = 0; slot < type.fields.size(); ++slot) {
        const Field& field = type.fields[slot];
        if (field.archived) continue;
        const auto given = coerce(field, back.values[field.name]);
        if (!given || *given != contact.values[slot]) add(field.name, contact.values[slot]);
    }
    add("id", Value{contact.id});
    add(exported_from, Value{source});
}

/// As it was written, where that is known, so that it comes back the same.
std::string text_of(const RecordType& type, const Row& point)
{
    const Value raw = value_of(type, point, "raw");
    return std::string{raw.is_null() ? value_of(type, point, "value").text() : raw.text()};
}

/// The contact's own address comes first; those that are points and nothing else have only one line.
void add_addresses(
    const RecordType& type,
    const Row& contact,
    const RecordType& point_type,
    std::span<const Row> points,
    VCardContact& card
)
{
    const Value own = value_of(type, contact, "address");
    std::string own_line;
    if (!own.is_null()) {
        card.addresses.push_back(address_of(own));
        own_line = one_line(address_map(card.addresses.front()));
    }
    for (const Row& point : points) {
        if (value_of(point_type, point, "kind") != Value{"address"}) continue;
        const std::string text{value_of(point_type, point, "value").text()};
        if (!own_line.empty() && text == own_line) {
            card.addresses.front().use = use_of(point_type, point);
            continue;
        }
        VCardAddress address;
        address.street = text;
        address.use = use_of(point_type, point);
        card.addresses.push_back(std::move(address));
    }
}

} // namespace

VCardContact vcard_of(
    const RecordType& type,
    const Row& contact,
    const RecordType& point_type,
    std::span<const Row> points,
    std::string_view organisation,
    std::string_view source
)
{
    const auto field = [&](const char* name) { return value_of(type, contact, name); };
    const auto text = [&](const char* name) { return std::string{field(name).text()}; };
    VCardContact card;
    const bool is_organisation = field("kind") == Value{"organisation"};
    card.kind = is_organisation ? "org" : "individual";
    card.formatted_name = text("name");
    card.organisation = is_organisation ? text("name") : std::string{organisation};
    card.name
        = {one(field("family_name")),
           one(field("given_name")),
           one(field("additional_name")),
           one(field("name_prefix")),
           one(field("name_suffix"))};
    card.nicknames = one(field("nickname"));
    card.title = text("job_title");
    card.note = text("note");
    card.uid = text("external_id");
    if (const Value birthday = field("birthday"); !birthday.is_null())
        card.birthday = parse_partial_date(birthday.text());
    const List tags = field("tags").get_or(List{});
    for (const Value& tag : tags)
        card.categories.emplace_back(tag.text());
    for (const Row& point : points) {
        const Value kind = value_of(point_type, point, "kind");
        for (const auto& [name, list] :
             {std::pair{"email", &card.emails},
              std::pair{"phone", &card.phones},
              std::pair{"url", &card.urls},
              std::pair{"messenger", &card.messengers}})
            if (kind == Value{name}) list->push_back({text_of(point_type, point), use_of(point_type, point)});
    }
    const auto fill = [](std::vector<VCardPoint>& list, const Value& value) {
        if (list.empty() && !value.is_null()) list.push_back({std::string{value.text()}, {}});
    };
    fill(card.emails, field("email"));
    fill(card.phones, field("phone"));
    fill(card.urls, field("website"));
    add_addresses(type, contact, point_type, points, card);
    add_own_properties(type, contact, source, card);
    return card;
}

} // namespace mortise::host
