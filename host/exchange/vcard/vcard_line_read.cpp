#include "base/base64.hpp"
#include "base/text.hpp"
#include "exchange/stream/decode.hpp"
#include "exchange/vcard/vcard_line.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace mortise::host {
namespace {

Error broken(std::string message)
{
    return Error{ErrorCode::invalid, std::move(message), "vcard.line", {}, {}};
}

bool is_name_character(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// Where the value begins, or the next parameter: outside of double quotes, if these come in pairs before the
/// colon.
std::size_t find_mark(std::string_view text, std::string_view marks)
{
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && marks.find(text[i]) != std::string_view::npos)
            return i;
    }
    return quoted ? text.find_first_of(marks) : std::string_view::npos;
}

/// The circumflex escapes of RFC 6868.
std::string unescape_param(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '^' && i + 1 < text.size() ? text[i + 1] : '\0';
        if (next == 'n' || next == '^' || next == '\'') {
            plain += next == 'n' ? '\n' : next == '^' ? '^' : '"';
            ++i;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

/// What a parameter without a name says in version 2.1.
std::string_view name_of_bare(std::string_view value)
{
    constexpr std::array<std::string_view, 5> encodings{"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B"};
    constexpr std::array<std::string_view, 4> places{"INLINE", "URL", "CID", "CONTENT-ID"};
    const auto is = [&](std::string_view word) { return equal_ignoring_ascii_case(word, value); };
    if (std::ranges::any_of(encodings, is)) return "ENCODING";
    if (std::ranges::any_of(places, is)) return "VALUE";
    return "TYPE";
}

VCardParam& param_called(std::vector<VCardParam>& params, const std::string& name)
{
    const auto found = std::ranges::find(params, name, &VCardParam::name);
    if (found != params.end()) return *found;
    return params.emplace_back(VCardParam{name, {}});
}

void add_param(std::vector<VCardParam>& params, std::string_view text, VCardVersion version)
{
    const auto equals = text.find('=');
    const bool bare = equals == std::string_view::npos;
    const std::string name
        = bare ? std::string{name_of_bare(text)} : ascii_upper(trim_ascii(text.substr(0, equals)));
    std::string_view values = bare ? text : text.substr(equals + 1);
    VCardParam& param = param_called(params, name);
    while (true) {
        const auto end = find_mark(values, ",");
        std::string_view value = trim_ascii(values.substr(0, end));
        const bool quoted = value.size() >= 2 && value.starts_with('"') && value.ends_with('"');
        if (quoted) value = value.substr(1, value.size() - 2);
        const std::string plain = version == VCardVersion::v4_0 ? unescape_param(value) : std::string{value};
        // RFC 6350 itself writes TYPE="work,voice" for two types.
        if (name == "TYPE")
            for (const std::string_view type : split(plain, ','))
                param.values.emplace_back(trim_ascii(type));
        else
            param.values.push_back(plain);
        if (end == std::string_view::npos) return;
        values.remove_prefix(end + 1);
    }
}

std::string take_param(std::vector<VCardParam>& params, std::string_view name)
{
    const auto found = std::ranges::find(params, name, &VCardParam::name);
    if (found == params.end()) return {};
    std::string value = found->values.empty() ? std::string{} : found->values.front();
    params.erase(found);
    return value;
}

std::string with_plain_line_ends(std::string_view text)
{
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            plain += '\n';
            if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

std::string unescape(std::string_view text, VCardVersion version)
{
    constexpr std::string_view escaped = "\\,;:\"";
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        const bool line_end = (next == 'n' || next == 'N') && version != VCardVersion::v2_1;
        if (line_end || (next != '\0' && escaped.find(next) != std::string_view::npos)) {
            plain += line_end ? '\n' : next;
            ++i;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

/// The parts between separators that no backslash stands before, their escapes still in them.
std::vector<std::string_view> split_unescaped(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == separator) {
            parts.push_back(text.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    parts.push_back(text.substr(begin));
    return parts;
}

std::vector<std::string> read_list(std::string_view text, VCardVersion version)
{
    std::vector<std::string> values;
    for (const std::string_view value : split_unescaped(text, ','))
        values.push_back(unescape(value, version));
    return values;
}

void read_text(VCardProperty& property, std::string_view text, VCardVersion version)
{
    switch (property.kind) {
    case VCardValueKind::structured:
        for (const std::string_view component : split_unescaped(text, ';')) {
            // Version 2.1 knows no lists.
            if (version == VCardVersion::v2_1)
                property.components.push_back({unescape(component, version)});
            else
                property.components.push_back(read_list(component, version));
        }
        break;
    case VCardValueKind::list:
        property.components = {read_list(text, version)};
        break;
    case VCardValueKind::text:
    case VCardValueKind::uri:
        property.components = {{unescape(text, version)}};
        break;
    case VCardValueKind::raw:
    case VCardValueKind::binary:
        property.components = {{std::string{text}}};
        break;
    }
}

std::string_view major_type(std::string_view name) noexcept
{
    if (name == "PHOTO" || name == "LOGO") return "image/";
    if (name == "SOUND") return "audio/";
    return name == "KEY" ? "application/" : "";
}

/// The media type that versions 2.1 and 3.0 give as a TYPE: "JPEG", or written out.
std::string take_media_type(VCardProperty& property)
{
    const auto types = std::ranges::find(property.params, "TYPE", &VCardParam::name);
    if (types == property.params.end()) return {};
    const std::string_view major = major_type(property.name);
    const auto names_media = [&](const std::string& type) {
        const std::string lower = ascii_lower(type);
        return type.find('/') != std::string::npos
            || (!major.empty() && lower != "home" && lower != "work" && lower != "pref");
    };
    const auto found = std::ranges::find_if(types->values, names_media);
    if (found == types->values.end()) return {};
    const std::string type = ascii_lower(*found);
    types->values.erase(found);
    if (types->values.empty()) property.params.erase(types);
    return type.find('/') != std::string::npos ? type : std::string{major} + type;
}

struct DataUri {
    std::string media_type;
    std::string_view coded;
};

std::optional<DataUri> find_data_uri(std::string_view text)
{
    constexpr std::string_view scheme = "data:";
    constexpr std::string_view marker = ";base64,";
    if (!equal_ignoring_ascii_case(text.substr(0, scheme.size()), scheme)) return std::nullopt;
    const auto comma = text.find(',');
    if (comma == std::string_view::npos || comma + 1 < scheme.size() + marker.size()) return std::nullopt;
    if (!equal_ignoring_ascii_case(text.substr(comma + 1 - marker.size(), marker.size()), marker))
        return std::nullopt;
    const std::string_view head = text.substr(scheme.size(), comma + 1 - marker.size() - scheme.size());
    return DataUri{ascii_lower(head.substr(0, head.find(';'))), text.substr(comma + 1)};
}

} // namespace

Result<VCardLine> split_vcard_line(std::string_view line, VCardVersion version)
{
    const auto colon = find_mark(line, ":");
    if (colon == std::string_view::npos)
        return broken("no property: \"" + std::string{cut_utf8(line, 60)} + "\" has no colon");
    VCardLine found;
    found.value = line.substr(colon + 1);
    const std::string_view head = line.substr(0, colon);
    const auto name_end = find_mark(head, ";");
    std::string_view name = trim_ascii(head.substr(0, name_end));
    if (const auto point = name.rfind('.'); point != std::string_view::npos) {
        found.group = name.substr(0, point);
        name.remove_prefix(point + 1);
    }
    if (name.empty() || !std::ranges::all_of(name, is_name_character)
        || !std::ranges::all_of(found.group, is_name_character))
        return broken("no property name: \"" + std::string{cut_utf8(line.substr(0, colon), 60)} + "\"");
    found.name = ascii_upper(name);
    std::string_view params
        = name_end == std::string_view::npos ? std::string_view{} : head.substr(name_end + 1);
    while (!params.empty()) {
        const auto end = find_mark(params, ";");
        const std::string_view param = trim_ascii(params.substr(0, end));
        if (!param.empty()) add_param(found.params, param, version);
        params.remove_prefix(end == std::string_view::npos ? params.size() : end + 1);
    }
    return found;
}

Result<VCardProperty> decode_vcard_line(VCardLine line, VCardVersion version)
{
    VCardProperty property;
    property.group = std::move(line.group);
    property.name = std::move(line.name);
    property.params = std::move(line.params);
    const std::string encoding = ascii_upper(take_param(property.params, "ENCODING"));
    const std::string charset = take_param(property.params, "CHARSET");
    property.kind = vcard_value_kind(property.name, property.param("VALUE"));
    if (encoding == "B" || encoding == "BASE64") {
        MORTISE_TRY(property.data, parse_base64(line.value));
        property.kind = VCardValueKind::binary;
        property.media_type = take_media_type(property);
        return property;
    }
    const bool quoted = encoding == "QUOTED-PRINTABLE";
    std::string text
        = decode_text(quoted ? decode_quoted_printable(line.value) : std::string{line.value}, charset);
    if (const auto data = find_data_uri(text)) {
        MORTISE_TRY(property.data, parse_base64(data->coded));
        property.kind = VCardValueKind::binary;
        property.media_type = data->media_type;
        return property;
    }
    text = with_plain_line_ends(text);
    if (property.kind == VCardValueKind::raw) {
        for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2))
            text.replace(at, 1, "\\n");
    }
    read_text(property, text, version);
    return property;
}

} // namespace mortise::host
