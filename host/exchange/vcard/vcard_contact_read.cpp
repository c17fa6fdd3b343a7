#include "base/text.hpp"
#include "base/text_scanner.hpp"
#include "base/time_text.hpp"
#include "exchange/vcard/vcard_contact.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace mortise::host {
namespace {

VCardUse use_of(const VCardProperty& property)
{
    VCardUse use;
    use.group = property.group;
    for (const VCardParam& param : property.params) {
        if (param.name != "TYPE") continue;
        for (const std::string& value : param.values) {
            const std::string type = ascii_lower(value);
            if (type == "pref")
                use.preference = 1;
            else if (type != "internet" && !type.empty()
                     && std::ranges::find(use.types, type) == use.types.end())
                use.types.push_back(type);
        }
    }
    const std::string_view text = property.param("PREF");
    int number = 0;
    const bool read = std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{};
    if (read && number >= 1 && number <= 100) use.preference = number;
    return use;
}

/// Apple writes _$!<Work>!$_ for labels that it translates.
std::string plain_label(const std::string& label)
{
    constexpr std::string_view open = "_$!<";
    constexpr std::string_view close = ">!$_";
    if (label.size() < open.size() + close.size() || !label.starts_with(open) || !label.ends_with(close))
        return label;
    return label.substr(open.size(), label.size() - open.size() - close.size());
}

std::vector<std::string> filled(const VCardProperty& property, std::size_t index)
{
    std::vector<std::string> values;
    if (index < property.components.size()) values = property.components[index];
    std::erase(values, std::string{});
    return values;
}

/// 20120305T131933Z, 2012-03-05T13:19:33+01:00, 2012-03-05; without a zone, UTC.
std::optional<Instant> parse_revision(std::string_view text)
{
    TextScanner scanner{text};
    std::string extended;
    const auto copy = [&](std::size_t count, char mark) {
        if (mark != 0) {
            scanner.take(mark);
            extended += mark;
        }
        const std::string_view part = scanner.rest().substr(0, count);
        extended += part;
        scanner.skip(part.size());
    };
    copy(4, 0);
    copy(2, '-');
    copy(2, '-');
    if (scanner.at_end()) {
        extended += "T00:00:00";
    } else {
        copy(2, 'T');
        copy(2, ':');
        copy(2, ':');
    }
    std::string zone{scanner.rest()};
    const bool short_zone = zone.size() == 5 && (zone[0] == '+' || zone[0] == '-');
    if (short_zone) zone.insert(3, ":");
    const auto instant = parse_instant(extended + (zone.empty() ? "Z" : zone));
    return instant ? std::optional{*instant} : std::nullopt;
}

class ContactReader {
public:
    explicit ContactReader(const VCard& card) : m_card{card} { }

    VCardContact read()
    {
        std::vector<const VCardProperty*> left;
        for (const VCardProperty& property : m_card.properties)
            if (!take(property)) left.push_back(&property);
        // These belong to a property that may come behind them.
        for (const VCardProperty* property : left)
            if (!take_label(*property)) m_contact.others.push_back(*property);
        return std::move(m_contact);
    }

private:
    using Take = bool (ContactReader::*)(const VCardProperty&);

    bool take(const VCardProperty& property)
    {
        constexpr std::array<std::pair<std::string_view, Take>, 24> fields{{
            {"FN", &ContactReader::take_formatted_name},
            {"N", &ContactReader::take_name},
            {"NICKNAME", &ContactReader::take_nicknames},
            {"ORG", &ContactReader::take_organisation},
            {"TITLE", &ContactReader::take_title},
            {"ROLE", &ContactReader::take_role},
            {"EMAIL", &ContactReader::take_email},
            {"TEL", &ContactReader::take_phone},
            {"URL", &ContactReader::take_url},
            {"IMPP", &ContactReader::take_messenger},
            {"ADR", &ContactReader::take_address},
            {"BDAY", &ContactReader::take_birthday},
            {"ANNIVERSARY", &ContactReader::take_anniversary},
            {"X-ANNIVERSARY", &ContactReader::take_anniversary},
            {"X-EVOLUTION-ANNIVERSARY", &ContactReader::take_anniversary},
            {"X-MS-ANNIVERSARY", &ContactReader::take_anniversary},
            {"NOTE", &ContactReader::take_note},
            {"CATEGORIES", &ContactReader::take_categories},
            {"PHOTO", &ContactReader::take_photo},
            {"UID", &ContactReader::take_uid},
            {"REV", &ContactReader::take_revision},
            {"KIND", &ContactReader::take_kind},
            {"X-ADDRESSBOOKSERVER-KIND", &ContactReader::take_kind},
            {"X-ABSHOWAS", &ContactReader::take_show_as},
        }};
        const auto found = std::ranges::find(fields, std::string_view{property.name}, [](const auto& field) {
            return field.first;
        });
        return found != fields.end() && (this->*found->second)(property);
    }

    static bool take_text(std::string& field, const VCardProperty& property)
    {
        if (!field.empty() || property.kind == VCardValueKind::binary) return false;
        field = property.text();
        return true;
    }

    bool take_formatted_name(const VCardProperty& property)
    {
        return take_text(m_contact.formatted_name, property);
    }
    bool take_title(const VCardProperty& property) { return take_text(m_contact.title, property); }
    bool take_role(const VCardProperty& property) { return take_text(m_contact.role, property); }
    bool take_note(const VCardProperty& property) { return take_text(m_contact.note, property); }
    bool take_uid(const VCardProperty& property) { return take_text(m_contact.uid, property); }

    bool take_name(const VCardProperty& property)
    {
        if (!(m_contact.name == VCardName{}) || property.components.size() > 5) return false;
        m_contact.name
            = {filled(property, 0),
               filled(property, 1),
               filled(property, 2),
               filled(property, 3),
               filled(property, 4)};
        return true;
    }

    bool take_nicknames(const VCardProperty& property)
    {
        std::ranges::move(filled(property, 0), std::back_inserter(m_contact.nicknames));
        return true;
    }

    bool take_categories(const VCardProperty& property)
    {
        std::ranges::move(filled(property, 0), std::back_inserter(m_contact.categories));
        return true;
    }

    bool take_organisation(const VCardProperty& property)
    {
        if (!m_contact.organisation.empty() || !m_contact.units.empty()) return false;
        m_contact.organisation = property.component(0);
        for (std::size_t i = 1; i < property.components.size(); ++i)
            m_contact.units.push_back(property.component(i));
        while (!m_contact.units.empty() && m_contact.units.back().empty())
            m_contact.units.pop_back();
        return true;
    }

    bool take_point(std::vector<VCardPoint>& points, const VCardProperty& property)
    {
        if (property.kind == VCardValueKind::binary) return false;
        points.push_back({property.text(), use_of(property)});
        return true;
    }

    bool take_email(const VCardProperty& property) { return take_point(m_contact.emails, property); }
    bool take_phone(const VCardProperty& property) { return take_point(m_contact.phones, property); }
    bool take_url(const VCardProperty& property) { return take_point(m_contact.urls, property); }
    bool take_messenger(const VCardProperty& property) { return take_point(m_contact.messengers, property); }

    bool take_address(const VCardProperty& property)
    {
        if (property.components.size() > 7) return false;
        m_contact.addresses.push_back(
            {property.component(0),
             property.component(1),
             property.component(2),
             property.component(3),
             property.component(4),
             property.component(5),
             property.component(6),
             std::string{property.param("LABEL")},
             use_of(property)}
        );
        return true;
    }

    bool take_birthday(const VCardProperty& property) { return take_date(m_contact.birthday, property); }
    bool take_anniversary(const VCardProperty& property)
    {
        return take_date(m_contact.anniversary, property);
    }

    static bool take_date(std::optional<PartialDate>& field, const VCardProperty& property)
    {
        auto date = parse_partial_date(property.text());
        if (field || !date) return false;
        // Apple's way to say that the year is not known.
        if (property.param("X-APPLE-OMIT-YEAR") == std::to_string(date->year)) date->year = 0;
        field = date;
        return true;
    }

    bool take_photo(const VCardProperty& property)
    {
        if (m_contact.photo) return false;
        m_contact.photo = VCardPhoto{property.media_type, property.data, property.text()};
        return true;
    }

    bool take_revision(const VCardProperty& property)
    {
        if (m_contact.revised) return false;
        m_contact.revised = parse_revision(property.text());
        return m_contact.revised.has_value();
    }

    bool take_kind(const VCardProperty& property)
    {
        if (!m_contact.kind.empty()) return false;
        m_contact.kind = ascii_lower(property.text());
        return true;
    }

    bool take_show_as(const VCardProperty& property)
    {
        if (!m_contact.kind.empty() || !equal_ignoring_ascii_case(property.text(), "COMPANY")) return false;
        m_contact.kind = "org";
        return true;
    }

    bool take_label(const VCardProperty& property)
    {
        if (property.name == "LABEL") return take_delivery_label(property);
        if (property.name != "X-ABLABEL" || property.group.empty()) return false;
        VCardUse* use = use_in_group(property.group);
        if (!use || !use->label.empty()) return false;
        use->label = plain_label(property.text());
        return true;
    }

    VCardUse* use_in_group(std::string_view group)
    {
        for (auto* points : {&m_contact.emails, &m_contact.phones, &m_contact.urls, &m_contact.messengers})
            for (VCardPoint& point : *points)
                if (point.use.group == group) return &point.use;
        for (VCardAddress& address : m_contact.addresses)
            if (address.use.group == group) return &address.use;
        return nullptr;
    }

    /// Before 4.0, the label of an address is a property of its own with the same types.
    bool take_delivery_label(const VCardProperty& property)
    {
        const VCardUse wanted = use_of(property);
        for (VCardAddress& address : m_contact.addresses) {
            if (address.use.types != wanted.types || !address.delivery_label.empty()) continue;
            address.delivery_label = property.text();
            return true;
        }
        return false;
    }

    const VCard& m_card;
    VCardContact m_contact;
};

} // namespace

bool VCardContact::is_organisation() const noexcept
{
    if (!kind.empty()) return kind == "org";
    return !organisation.empty() && name == VCardName{}
    && (formatted_name.empty() || formatted_name == organisation);
}

VCardContact contact_of(const VCard& card)
{
    return ContactReader{card}.read();
}

} // namespace mortise::host
