#include "base/normalise_email.hpp"

#include "base/domain_name.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

constexpr std::size_t longest_local = 64;
constexpr std::size_t longest_address = 254;

Error invalid(std::string_view text, std::string key, std::string_view why, std::string hint = {})
{
    return Error{
        ErrorCode::invalid,
        "\"" + std::string{cut_utf8(text, 80)} + "\" is no e-mail address: " + std::string{why},
        "email." + std::move(key),
        {},
        std::move(hint),
    };
}

bool is_atom_character(char c) noexcept
{
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || static_cast<unsigned char>(c) >= 0x80
        || std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text) noexcept
{
    if (text.empty() || text.starts_with('.') || text.ends_with('.')
        || text.find("..") != std::string_view::npos)
        return false;
    return std::ranges::all_of(text, [](char c) { return c == '.' || is_atom_character(c); });
}

/// White space beyond ASCII and control characters, which no mail program would show.
bool has_odd_characters(std::string_view text)
{
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t length = utf8_length(rest[0]);
        const std::string_view character = rest.substr(0, length);
        const bool is_c1
            = length == 2 && character[0] == '\xC2' && static_cast<unsigned char>(character[1]) < 0xa0;
        if (length > 1 && (is_c1 || trim(character).empty())) return true;
        rest.remove_prefix(length);
    }
    return false;
}

/// The content of a quoted string without its escapes; nothing if it is none.
bool unquote(std::string_view text, std::string& content)
{
    if (text.size() < 3 || !text.starts_with('"') || !text.ends_with('"')) return false;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7f || text[i] == '"') return false;
        if (text[i] == '\\') ++i;
        if (i == text.size()) return false;
        content += text[i];
    }
    return true;
}

std::string quote(std::string_view content)
{
    std::string quoted = "\"";
    for (const char c : content) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

int digit_of(char c) noexcept
{
    if (c >= '0' && c <= '9') return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool room = text[i] == '%' && text.size() - i > 2;
        const int high = room ? digit_of(text[i + 1]) : -1;
        const int low = high >= 0 ? digit_of(text[i + 2]) : -1;
        decoded += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
        i += low >= 0 ? 2 : 0;
    }
    return decoded;
}

/// The address in what people paste.
std::string bare_address(std::string_view text)
{
    constexpr std::string_view scheme = "mailto:";
    text = trim(text);
    if (text.starts_with('<') && text.ends_with('>')) text = trim(text.substr(1, text.size() - 2));
    if (!equal_ignoring_ascii_case(text.substr(0, scheme.size()), scheme)) return std::string{text};
    text.remove_prefix(scheme.size());
    return std::string{trim(percent_decoded(text.substr(0, text.find('?'))))};
}

/// Where the '@' between the parts stands; that in a quoted local part is not it.
std::size_t find_at(std::string_view address) noexcept
{
    return address.starts_with('"') ? address.rfind('@') : address.find('@');
}

} // namespace

Result<EmailAddress> normalise_email(std::string_view text)
{
    const std::string bare = bare_address(text);
    if (bare.empty()) return invalid(text, "empty", "it is empty");
    auto composed = to_nfc(bare);
    if (!composed) return invalid(replace_invalid_utf8(bare), "text", "it is no text in UTF-8");
    const std::string_view address = *composed;
    const auto at = find_at(address);
    if (at == std::string_view::npos) return invalid(address, "no_at", "it has no @");
    std::string local{address.substr(0, at)};
    const std::string_view host = address.substr(at + 1);
    if (local.empty()) return invalid(address, "local_part", "nothing stands before the @");
    if (host.empty()) return invalid(address, "domain", "nothing stands behind the @");
    if (host.find('@') != std::string_view::npos)
        return invalid(address, "two_at", "it has more than one @", "give each address a field of its own");

    if (std::string content; local.starts_with('"')) {
        if (!unquote(local, content))
            return invalid(address, "local_part", "the quoted part before the @ is not closed");
        local = is_dot_atom(content) ? content : quote(content);
    } else if (!is_dot_atom(local)) {
        const bool points
            = local.starts_with('.') || local.ends_with('.') || local.find("..") != std::string::npos;
        return invalid(
            address,
            "local_part",
            points ? "a point stands at an end of the part before the @, or beside another"
                   : "a character before the @ is not allowed"
        );
    }
    if (has_odd_characters(local))
        return invalid(address, "local_part", "a character before the @ is not allowed");
    if (local.size() > longest_local)
        return invalid(address, "length", "the part before the @ is longer than 64 bytes");
    if (host.starts_with('['))
        return invalid(address, "domain", "it is at an IP number", "use the name of the host");

    auto domain = normalise_domain(host);
    if (!domain) return invalid(address, "domain", domain.error().message);
    if (domain->ascii.find('.') == std::string::npos)
        return invalid(address, "domain", "the part behind the @ has no point");
    if (local.size() + 1 + domain->ascii.size() > longest_address)
        return invalid(address, "length", "it is longer than 254 bytes");
    return EmailAddress{local + "@" + domain->unicode, ascii_lower(local) + "@" + domain->ascii};
}

} // namespace mortise::host
