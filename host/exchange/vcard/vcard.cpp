#include "exchange/vcard/vcard.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) noexcept
{
    return std::ranges::find(names, name) != names.end();
}

constexpr std::array<std::string_view, 5> structured_names{"N", "ADR", "ORG", "GENDER", "CLIENTPIDMAP"};
constexpr std::array<std::string_view, 2> list_names{"NICKNAME", "CATEGORIES"};
constexpr std::array<std::string_view, 17> uri_names{
    "URL",
    "SOURCE",
    "PHOTO",
    "LOGO",
    "SOUND",
    "KEY",
    "IMPP",
    "FBURL",
    "CALURI",
    "CALADRURI",
    "GEO",
    "MEMBER",
    "REV",
    "LANG",
    "TZ",
    "ORG-DIRECTORY",
    "CONTACT-URI",
};
constexpr std::array<std::string_view, 29> text_names{
    "FN",
    "NOTE",
    "TITLE",
    "ROLE",
    "EMAIL",
    "TEL",
    "LABEL",
    "MAILER",
    "UID",
    "BDAY",
    "ANNIVERSARY",
    "DEATHDATE",
    "SORT-STRING",
    "PRODID",
    "KIND",
    "RELATED",
    "XML",
    "AGENT",
    "CLASS",
    "NAME",
    "PROFILE",
    "BIRTHPLACE",
    "DEATHPLACE",
    "EXPERTISE",
    "HOBBY",
    "INTEREST",
    "X-ABLABEL",
    "X-ABDATE",
    "X-ABRELATEDNAMES",
};

std::string joined(const std::vector<std::string>& values)
{
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != 0) text += ',';
        text += values[i];
    }
    return text;
}

} // namespace

std::string VCardProperty::text() const
{
    std::string whole;
    for (std::size_t i = 0; i < components.size(); ++i) {
        if (i != 0) whole += ';';
        whole += joined(components[i]);
    }
    return whole;
}

std::string VCardProperty::component(std::size_t index) const
{
    return index < components.size() ? joined(components[index]) : std::string{};
}

std::string_view VCardProperty::param(std::string_view wanted) const noexcept
{
    for (const VCardParam& each : params)
        if (each.name == wanted && !each.values.empty()) return each.values.front();
    return {};
}

bool VCardProperty::has_type(std::string_view type) const noexcept
{
    return std::ranges::any_of(params, [&](const VCardParam& each) {
        return each.name == "TYPE" && std::ranges::any_of(each.values, [&](const std::string& value) {
                   return equal_ignoring_ascii_case(value, type);
               });
    });
}

bool operator==(const VCardProperty& a, const VCardProperty& b)
{
    return a.group == b.group && a.name == b.name && a.params == b.params && a.kind == b.kind
        && a.components == b.components && a.data == b.data && a.media_type == b.media_type;
}

const VCardProperty* VCard::find(std::string_view name) const noexcept
{
    const auto found = std::ranges::find(properties, name, &VCardProperty::name);
    return found == properties.end() ? nullptr : &*found;
}

VCardValueKind vcard_value_kind(std::string_view name, std::string_view value_type) noexcept
{
    if (is_one_of(name, structured_names)) return VCardValueKind::structured;
    if (is_one_of(name, list_names)) return VCardValueKind::list;
    if (is_one_of(name, uri_names)) return VCardValueKind::uri;
    const bool is_uri
        = equal_ignoring_ascii_case(value_type, "uri") || equal_ignoring_ascii_case(value_type, "url");
    if (is_one_of(name, text_names)) return is_uri ? VCardValueKind::uri : VCardValueKind::text;
    return VCardValueKind::raw;
}

} // namespace mortise::host
