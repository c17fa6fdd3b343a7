#include "base/text.hpp"
#include "exchange/vcard/vcard_line.hpp"
#include "exchange/vcard/vcard_reader.hpp"

#include <algorithm>
#include <optional>

namespace mortise::host {
namespace {

bool is_blank(char c) noexcept
{
    return c == ' ' || c == '\t';
}

bool contains_ignoring_case(std::string_view text, std::string_view capital) noexcept
{
    const auto found
        = std::ranges::search(text, capital, [](char a, char b) { return ascii_lower(a) == ascii_lower(b); });
    return !found.empty();
}

/// The lines of a card, folded ones put together.
class Unfolder {
public:
    Unfolder(std::string_view text, std::uint64_t first_line) : m_rest{text}, m_next_line{first_line} { }

    void set_version(VCardVersion version) noexcept { m_version = version; }

    struct Unfolded {
        std::string text;
        std::uint64_t line;
    };

    std::optional<Unfolded> next()
    {
        std::string_view line;
        do {
            if (m_rest.empty()) return std::nullopt;
            line = take_line();
        } while (trim_ascii(line).empty());
        Unfolded whole{std::string{line}, m_next_line - 1};
        const std::string_view head = line.substr(0, line.find(':'));
        const bool quoted_printable = contains_ignoring_case(head, "QUOTED-PRINTABLE");
        const bool base64
            = contains_ignoring_case(head, "BASE64") || contains_ignoring_case(head, "ENCODING=B");
        while (!m_rest.empty()) {
            if (quoted_printable && whole.text.ends_with('=')) {
                whole.text.pop_back();
                whole.text += take_line();
            } else if (is_blank(m_rest.front())) {
                std::string_view more = take_line();
                // In 2.1 the blank belongs to the text; in base64 it means nothing.
                if (m_version != VCardVersion::v2_1 || base64) more.remove_prefix(1);
                whole.text += more;
            } else if (base64 && is_base64_line(m_rest.substr(0, m_rest.find('\n')))) {
                whole.text += take_line();
            } else {
                break;
            }
        }
        return whole;
    }

private:
    std::string_view take_line()
    {
        ++m_next_line;
        std::string_view line = take_until(m_rest, '\n');
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }

    /// Some programs do not indent the lines of a picture; none of these has a colon.
    static bool is_base64_line(std::string_view line)
    {
        const std::string_view coded = trim_ascii(line);
        return !coded.empty() && std::ranges::all_of(coded, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+'
                || c == '/' || c == '=';
        });
    }

    std::string_view m_rest;
    std::uint64_t m_next_line;
    VCardVersion m_version{VCardVersion::v3_0};
};

Finding notice(std::string key, std::string message, std::uint64_t line)
{
    return {
        Severity::notice,
        {ErrorCode::invalid, std::move(message), std::move(key), "line " + std::to_string(line), {}}
    };
}

VCardVersion find_version(std::string_view text, std::uint64_t first_line, std::vector<Finding>& findings)
{
    constexpr std::string_view name = "VERSION:";
    for (std::uint64_t line = first_line; !text.empty(); ++line) {
        const std::string_view each = take_until(text, '\n');
        if (!equal_ignoring_ascii_case(each.substr(0, name.size()), name)) continue;
        const std::string_view version = trim_ascii(each.substr(name.size()));
        if (version == "2.1") return VCardVersion::v2_1;
        if (version == "3.0") return VCardVersion::v3_0;
        if (version != "4.0")
            findings.push_back(notice(
                "vcard.version",
                "vCard version \"" + std::string{version} + "\" is not known; read as 4.0",
                line
            ));
        return VCardVersion::v4_0;
    }
    findings.push_back(notice("vcard.version", "the card does not say its version; read as 3.0", first_line));
    return VCardVersion::v3_0;
}

/// The lines of a card within a card, from its BEGIN to its END, as one text.
std::string read_agent(Unfolder& lines)
{
    std::string text;
    while (const auto line = lines.next()) {
        if (!text.empty()) text += '\n';
        text += line->text;
        if (equal_ignoring_ascii_case(trim_ascii(line->text), "END:VCARD")) break;
    }
    return text;
}

VCardProperty raw_property(VCardLine line)
{
    VCardProperty property;
    property.group = std::move(line.group);
    property.name = std::move(line.name);
    property.params = std::move(line.params);
    property.kind = VCardValueKind::raw;
    property.components = {{replace_invalid_utf8(line.value)}};
    return property;
}

} // namespace

VCard parse_vcard(std::string_view text, std::uint64_t first_line, std::vector<Finding>& findings)
{
    VCard card;
    card.version = find_version(text, first_line, findings);
    Unfolder lines{text, first_line};
    lines.set_version(card.version);
    while (const auto unfolded = lines.next()) {
        auto line = split_vcard_line(unfolded->text, card.version);
        if (!line) {
            findings.push_back(notice("vcard.line", line.error().message, unfolded->line));
            continue;
        }
        if (line->name == "BEGIN" || line->name == "END" || line->name == "VERSION") continue;
        std::string agent;
        if (line->name == "AGENT" && trim_ascii(line->value).empty()) {
            agent = read_agent(lines);
            card.properties.push_back(
                {line->group, "AGENT", line->params, VCardValueKind::text, {{agent}}, {}, {}, unfolded->line}
            );
            continue;
        }
        auto property = decode_vcard_line(*line, card.version);
        if (!property) {
            const std::string message = line->name + " is kept as text: " + property.error().message;
            findings.push_back(notice("vcard.value", message, unfolded->line));
            property = raw_property(*std::move(line));
        }
        property->line = unfolded->line;
        card.properties.push_back(*std::move(property));
    }
    return card;
}

} // namespace mortise::host
