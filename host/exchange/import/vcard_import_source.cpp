#include "exchange/import/vcard_import_source.hpp"

#include "exchange/vcard/vcard_contact.hpp"

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
    ImportRow& row, const char* kind, const std::string& value, const VCardUse& use, bool is_primary
)
{
    if (value.empty()) return;
    Map point{{"kind", kind}, {"value", value}, {"raw", value}, {"is_primary", is_primary}};
    set_text(point, "label", label_of(use));
    row.children.push_back({"contact_point", "contact", std::move(point)});
}

void add_points(ImportRow& row, const char* kind, const char* field, const std::vector<VCardPoint>& points)
{
    if (points.empty()) return;
    const std::size_t primary = primary_of(points);
    if (field) set_text(row.values, field, points[primary].value);
    for (std::size_t i = 0; i < points.size(); ++i)
        add_point(row, kind, points[i].value, points[i].use, i == primary);
}

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

void add_addresses(ImportRow& row, const std::vector<VCardAddress>& addresses)
{
    bool first = true;
    for (const VCardAddress& address : addresses) {
        Map map = address_map(address);
        if (map.empty()) continue;
        add_point(row, "address", one_line(map), address.use, first);
        if (std::exchange(first, false)) {
            set_text(row.values, "country", address.country);
            row.values.set("address", std::move(map));
        }
    }
}

void convert(const VCardContact& card, ImportRow& row)
{
    Map& values = row.values;
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
    add_points(row, "email", "email", card.emails);
    add_points(row, "phone", "phone", card.phones);
    add_points(row, "url", "website", card.urls);
    add_points(row, "messenger", nullptr, card.messengers);
    add_addresses(row, card.addresses);
}

} // namespace

Result<std::unique_ptr<VCardImportSource>> VCardImportSource::open(ByteSource& bytes)
{
    MORTISE_TRY(VCardReader reader, VCardReader::open(bytes));
    return std::unique_ptr<VCardImportSource>{new VCardImportSource{std::move(reader)}};
}

Result<bool> VCardImportSource::next(ImportRow& row)
{
    VCardEntry entry;
    MORTISE_TRY(const bool more, m_reader.next(entry));
    if (!more) return false;
    row = {};
    row.number = entry.number;
    row.line = entry.line;
    row.raw = entry.raw;
    for (const Finding& finding : entry.findings)
        if (finding.severity == Severity::refused) row.problems.push_back(finding.error);
    if (entry.usable()) convert(contact_of(entry.card), row);
    return true;
}

} // namespace mortise::host
