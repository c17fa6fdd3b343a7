#include "base/base64.hpp"
#include "base/text.hpp"
#include "exchange/vcard/vcard_line.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

std::string escape(std::string_view text, std::string_view marks, VCardVersion version)
{
    std::string escaped;
    escaped.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n' || c == '\r') {
            if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
            // Version 2.1 has no escape for it; the value is quoted-printable then.
            escaped += version == VCardVersion::v2_1 ? "\r\n" : "\\n";
            continue;
        }
        if (c == '\\' || marks.find(c) != std::string_view::npos) escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string write_text(const VCardProperty& property, VCardVersion version)
{
    const bool plain = version == VCardVersion::v2_1;
    std::string value;
    for (std::size_t i = 0; i < property.components.size(); ++i) {
        if (i != 0) value += ';';
        const auto& values = property.components[i];
        for (std::size_t j = 0; j < values.size(); ++j) {
            if (j != 0) value += ',';
            switch (property.kind) {
            case VCardValueKind::structured:
                value += escape(values[j], plain ? ";" : ",;", version);
                break;
            case VCardValueKind::text:
                value += escape(values[j], plain ? "" : ",;", version);
                break;
            case VCardValueKind::list:
                value += escape(values[j], ",;", version);
                break;
            case VCardValueKind::uri:
                value += escape(values[j], {}, version);
                break;
            case VCardValueKind::raw:
            case VCardValueKind::binary:
                value += values[j];
                break;
            }
        }
    }
    return value;
}

/// A parameter's value; quoted if it has a mark in it.
std::string param_value(std::string_view value, VCardVersion version)
{
    std::string text;
    for (const char c : value) {
        if (version == VCardVersion::v4_0) {
            if (c == '^')
                text += "^^";
            else if (c == '"')
                text += "^'";
            else if (c == '\n')
                text += "^n";
            else
                text += c;
        } else {
            text += c == '"' ? '\'' : c == '\n' || c == '\r' ? ' ' : c;
        }
    }
    return text.find_first_of(",;: ") == std::string::npos ? text : "\"" + text + "\"";
}

/// "image/jpeg" of a PHOTO is "JPEG", what does not follow from the property's name stays as it is.
std::string short_media_type(const VCardProperty& property)
{
    const auto& name = property.name;
    const std::string_view major = name == "PHOTO" || name == "LOGO" ? "image/"
        : name == "SOUND"                                            ? "audio/"
        : name == "KEY"                                              ? "application/"
                                                                     : "";
    if (major.empty() || !property.media_type.starts_with(major)) return property.media_type;
    return ascii_upper(std::string_view{property.media_type}.substr(major.size()));
}

std::vector<VCardParam> params_to_write(const VCardProperty& property, VCardVersion version)
{
    std::vector<VCardParam> params = property.params;
    if (property.kind != VCardValueKind::binary || version == VCardVersion::v4_0) return params;
    const bool old = version == VCardVersion::v2_1;
    if (!property.media_type.empty()) {
        const auto types = std::ranges::find(params, "TYPE", &VCardParam::name);
        if (types == params.end())
            params.push_back({"TYPE", {short_media_type(property)}});
        else
            types->values.insert(types->values.begin(), short_media_type(property));
    }
    params.insert(params.begin(), {"ENCODING", {old ? "BASE64" : "b"}});
    return params;
}

std::string head_of(const VCardProperty& property, VCardVersion version)
{
    std::string head = property.group.empty() ? "" : property.group + ".";
    head += property.name;
    for (const VCardParam& param : params_to_write(property, version)) {
        if (version == VCardVersion::v2_1 && param.name == "TYPE") {
            for (const std::string& type : param.values)
                head += ";" + type;
            continue;
        }
        head += ";" + param.name + "=";
        for (std::size_t i = 0; i < param.values.size(); ++i) {
            if (i != 0) head += ',';
            head += param_value(param.values[i], version);
        }
    }
    return head;
}

bool needs_quoted_printable(std::string_view value)
{
    return !is_ascii(value) || value.find_first_of("\r\n") != std::string_view::npos;
}

} // namespace

std::string encode_vcard_line(const VCardProperty& property, VCardVersion version)
{
    std::string line = head_of(property, version);
    if (property.kind == VCardValueKind::binary) {
        line += ':';
        if (version == VCardVersion::v4_0) line += "data:" + property.media_type + ";base64,";
        append_base64(line, property.data);
        return line;
    }
    const std::string value = write_text(property, version);
    if (version == VCardVersion::v2_1 && needs_quoted_printable(value)) {
        line += ";ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:";
        return line + encode_quoted_printable(value, line.size());
    }
    return line + ":" + value;
}

} // namespace mortise::host
