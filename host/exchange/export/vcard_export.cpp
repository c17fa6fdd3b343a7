#include "exchange/export/vcard_export.hpp"

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

VCardContact vcard_of(
    const RecordType& type, const Row& contact, const RecordType& point_type, std::span<const Row> points
)
{
    const auto field = [&](const char* name) { return value_of(type, contact, name); };
    const auto text = [&](const char* name) { return std::string{field(name).text()}; };
    VCardContact card;
    const bool organisation = field("kind") == Value{"organisation"};
    card.kind = organisation ? "org" : "";
    card.formatted_name = text("name");
    if (organisation) card.organisation = text("name");
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
        const Value value = value_of(point_type, point, "value");
        for (const auto& [name, list] :
             {std::pair{"email", &card.emails},
              std::pair{"phone", &card.phones},
              std::pair{"url", &card.urls},
              std::pair{"messenger", &card.messengers}})
            if (kind == Value{name}) list->push_back({std::string{value.text()}, use_of(point_type, point)});
    }
    const auto fill = [](std::vector<VCardPoint>& list, const Value& value) {
        if (list.empty() && !value.is_null()) list.push_back({std::string{value.text()}, {}});
    };
    fill(card.emails, field("email"));
    fill(card.phones, field("phone"));
    fill(card.urls, field("website"));
    if (const Value address = field("address"); !address.is_null())
        card.addresses.push_back(address_of(address));
    return card;
}

} // namespace mortise::host
