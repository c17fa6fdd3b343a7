#include "base/text.hpp"
#include "base/time_text.hpp"
#include "exchange/vcard/vcard_contact.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

using Components = std::vector<std::vector<std::string>>;

std::string joined(const std::vector<std::string>& values, std::string_view between)
{
    std::string text;
    for (const std::string& value : values) {
        if (value.empty()) continue;
        if (!text.empty()) text += between;
        text += value;
    }
    return text;
}

std::string formatted_name_of(const VCardContact& contact)
{
    if (!contact.formatted_name.empty()) return contact.formatted_name;
    const VCardName& name = contact.name;
    std::string made = joined(
        {joined(name.prefixes, " "),
         joined(name.given, " "),
         joined(name.additional, " "),
         joined(name.family, " "),
         joined(name.suffixes, " ")},
        " "
    );
    if (made.empty()) made = contact.organisation;
    if (made.empty() && !contact.emails.empty()) made = contact.emails.front().value;
    return made;
}

class CardWriter {
public:
    CardWriter(const VCardContact& contact, VCardVersion version) : m_contact{contact}, m_version{version}
    {
        m_card.version = version;
    }

    VCard write()
    {
        write_head();
        write_points();
        for (const VCardAddress& address : m_contact.addresses)
            write_address(address);
        write_rest();
        std::ranges::copy(m_contact.others, std::back_inserter(m_card.properties));
        return std::move(m_card);
    }

private:
    bool is_v4() const noexcept { return m_version == VCardVersion::v4_0; }

    VCardProperty& add(std::string_view name, Components components, std::string_view value_type = {})
    {
        VCardProperty property;
        property.name = name;
        if (!value_type.empty()) property.params.push_back({"VALUE", {std::string{value_type}}});
        property.kind = vcard_value_kind(name, value_type);
        property.components = std::move(components);
        return m_card.properties.emplace_back(std::move(property));
    }

    void add_text(std::string_view name, const std::string& text)
    {
        if (!text.empty()) add(name, {{text}});
    }

    void write_head()
    {
        const VCardName& name = m_contact.name;
        add("FN", {{formatted_name_of(m_contact)}});
        if (!is_v4() || !(name == VCardName{}))
            add("N",
                {or_empty(name.family),
                 or_empty(name.given),
                 or_empty(name.additional),
                 or_empty(name.prefixes),
                 or_empty(name.suffixes)});
        if (!m_contact.nicknames.empty()) add("NICKNAME", {m_contact.nicknames});
        if (!m_contact.organisation.empty() || !m_contact.units.empty()) {
            Components components{{m_contact.organisation}};
            for (const std::string& unit : m_contact.units)
                components.push_back({unit});
            add("ORG", std::move(components));
        }
        add_text("TITLE", m_contact.title);
        add_text("ROLE", m_contact.role);
        if (is_v4())
            add_text("KIND", m_contact.kind);
        else if (m_contact.kind == "org")
            add_text("X-ABSHOWAS", "COMPANY");
        else
            add_text("X-ADDRESSBOOKSERVER-KIND", m_contact.kind);
    }

    static std::vector<std::string> or_empty(const std::vector<std::string>& values)
    {
        return values.empty() ? std::vector<std::string>{""} : values;
    }

    void write_points()
    {
        for (const VCardPoint& email : m_contact.emails)
            add_point("EMAIL", email, is_v4() ? "" : "INTERNET", {});
        for (const VCardPoint& phone : m_contact.phones)
            add_point("TEL", phone, {}, phone.value.starts_with("tel:") ? "uri" : "");
        for (const VCardPoint& url : m_contact.urls)
            add_point("URL", url, {}, {});
        for (const VCardPoint& messenger : m_contact.messengers)
            add_point("IMPP", messenger, {}, {});
    }

    void add_point(
        std::string_view name,
        const VCardPoint& point,
        std::string_view further_type,
        std::string_view value_type
    )
    {
        VCardProperty& property = add(name, {{point.value}}, value_type);
        add_use(property, point.use, further_type);
        add_label(property, point.use);
    }

    void add_use(VCardProperty& property, const VCardUse& use, std::string_view further_type) const
    {
        VCardParam types{"TYPE", {}};
        if (!further_type.empty()) types.values.emplace_back(further_type);
        for (const std::string& type : use.types)
            types.values.push_back(is_v4() ? type : ascii_upper(type));
        const bool preferred_by_type = !is_v4() && use.preference == 1;
        if (preferred_by_type) types.values.emplace_back("PREF");
        if (!types.values.empty()) property.params.push_back(std::move(types));
        if (use.preference != 0 && !preferred_by_type)
            property.params.push_back({"PREF", {std::to_string(use.preference)}});
    }

    void add_label(VCardProperty& property, const VCardUse& use)
    {
        property.group = use.group.empty() && !use.label.empty() ? free_group() : use.group;
        if (use.label.empty()) return;
        const std::string group = property.group;
        add("X-ABLABEL", {{use.label}}).group = group;
    }

    std::string free_group()
    {
        const auto is_taken = [&](const std::string& group) {
            const auto has_group = [&](const VCardProperty& property) { return property.group == group; };
            return std::ranges::any_of(m_card.properties, has_group)
                || std::ranges::any_of(m_contact.others, has_group) || is_group_of_point(group);
        };
        std::string group;
        do
            group = "item" + std::to_string(++m_last_group);
        while (is_taken(group));
        return group;
    }

    bool is_group_of_point(const std::string& group) const
    {
        const auto has_group = [&](const auto& point) { return point.use.group == group; };
        return std::ranges::any_of(m_contact.emails, has_group)
            || std::ranges::any_of(m_contact.phones, has_group)
            || std::ranges::any_of(m_contact.urls, has_group)
            || std::ranges::any_of(m_contact.messengers, has_group)
            || std::ranges::any_of(m_contact.addresses, has_group);
    }

    void write_address(const VCardAddress& address)
    {
        VCardProperty& property = add(
            "ADR",
            {{address.post_office_box},
             {address.extended},
             {address.street},
             {address.locality},
             {address.region},
             {address.postal_code},
             {address.country}}
        );
        add_use(property, address.use, {});
        if (is_v4() && !address.delivery_label.empty())
            property.params.push_back({"LABEL", {address.delivery_label}});
        add_label(property, address.use);
        if (is_v4() || address.delivery_label.empty()) return;
        VCardProperty& label = add("LABEL", {{address.delivery_label}});
        VCardUse types;
        types.types = address.use.types;
        add_use(label, types, {});
    }

    void write_rest()
    {
        if (m_contact.birthday) add("BDAY", {{format_partial_date(*m_contact.birthday, m_version)}});
        if (m_contact.anniversary)
            add(is_v4() ? "ANNIVERSARY" : "X-ANNIVERSARY",
                {{format_partial_date(*m_contact.anniversary, m_version)}});
        add_text("NOTE", m_contact.note);
        if (!m_contact.categories.empty()) add("CATEGORIES", {m_contact.categories});
        if (m_contact.photo) write_photo(*m_contact.photo);
        add_text("UID", m_contact.uid);
        if (m_contact.revised) write_revision(*m_contact.revised);
    }

    void write_photo(const VCardPhoto& photo)
    {
        if (photo.data.empty()) {
            add("PHOTO", {{photo.uri}}, "uri");
            return;
        }
        VCardProperty& property = add("PHOTO", {});
        property.kind = VCardValueKind::binary;
        property.data = photo.data;
        property.media_type = photo.media_type;
    }

    void write_revision(Instant instant)
    {
        constexpr std::int64_t second = 1'000'000;
        const std::int64_t part = (instant.microseconds % second + second) % second;
        std::string text = format_instant(Instant{instant.microseconds - part});
        if (is_v4()) std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
        add("REV", {{text}});
    }

    const VCardContact& m_contact;
    VCardVersion m_version;
    VCard m_card;
    int m_last_group{0};
};

} // namespace

VCard card_of(const VCardContact& contact, VCardVersion version)
{
    return CardWriter{contact, version}.write();
}

} // namespace mortise::host
