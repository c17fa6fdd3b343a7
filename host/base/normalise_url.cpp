#include "base/normalise_url.hpp"

#include "base/domain_name.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace mortise::host {
namespace {

constexpr std::size_t longest_url = 8192;

struct Scheme {
    std::string_view name;
    std::string_view port; ///< its own, which need not be written
};

constexpr std::array schemes{
    Scheme{"https", "443"},
    Scheme{"http", "80"},
    Scheme{"ftp", "21"},
    Scheme{"ftps", "990"},
    Scheme{"sftp", "22"},
};

Error invalid(std::string_view text, std::string key, std::string_view why, std::string hint = {})
{
    return Error{
        ErrorCode::invalid,
        "\"" + std::string{cut_utf8(text, 80)} + "\" is no web address: " + std::string{why},
        "url." + std::move(key),
        {},
        std::move(hint),
    };
}

bool is_ip_number(std::string_view host)
{
    std::array<unsigned char, sizeof(in6_addr)> address{};
    if (host.starts_with('[') && host.ends_with(']'))
        return ::inet_pton(AF_INET6, std::string{host.substr(1, host.size() - 2)}.c_str(), address.data())
            == 1;
    return ::inet_pton(AF_INET, std::string{host}.c_str(), address.data()) == 1;
}

bool is_port(std::string_view text) noexcept
{
    unsigned number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    return ec == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= 65535;
}

Result<std::string>
normalise_authority(std::string_view text, std::string_view authority, const Scheme& scheme)
{
    if (authority.find('@') != std::string_view::npos)
        return invalid(text, "user", "a name or password stands before the host", "leave it out");
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    const bool has_port
        = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    const std::string_view host = authority.substr(0, has_port ? colon : authority.size());
    const std::string_view port = has_port ? authority.substr(colon + 1) : std::string_view{};
    if (!port.empty() && !is_port(port))
        return invalid(text, "port", "\"" + std::string{port} + "\" is no port");
    std::string normalised = ascii_lower(host);
    if (!is_ip_number(host)) {
        auto domain = normalise_domain(host);
        if (!domain) return invalid(text, "host", domain.error().message);
        normalised = domain->unicode;
    }
    if (!port.empty() && port != scheme.port) (normalised += ':') += port;
    return normalised;
}

} // namespace

Result<std::string> normalise_url(std::string_view given)
{
    MORTISE_TRY(std::string composed, to_nfc(trim(given)));
    // Browsers take one for the other, so it must not hide where the host ends.
    std::ranges::replace(composed, '\\', '/');
    const std::string_view text = composed;
    if (text.empty()) return invalid(given, "empty", "it is empty");
    if (text.size() > longest_url) return invalid(text, "length", "it is longer than 8192 bytes");
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; };
    if (std::ranges::any_of(text, is_control))
        return invalid(text, "character", "it has a control character");

    const auto mark = text.find("://");
    const bool has_scheme = mark != std::string_view::npos && text.find_first_of("/?#") > mark;
    const std::string name = has_scheme ? ascii_lower(text.substr(0, mark)) : "https";
    const auto scheme = std::ranges::find(schemes, std::string_view{name}, &Scheme::name);
    if (scheme == schemes.end())
        return invalid(
            text, "scheme", "\"" + name + "\" is not allowed", "begin it with https:// or http://"
        );

    const std::string_view rest = text.substr(has_scheme ? mark + 3 : text.starts_with("//") ? 2 : 0);
    const auto host_end = std::min(rest.find_first_of("/?#"), rest.size());
    const bool cut_scheme = !has_scheme && host_end != 0 && rest[host_end - 1] == ':';
    if (host_end == 0 || cut_scheme) return invalid(text, "host", "it has no host");
    MORTISE_TRY(const std::string authority, normalise_authority(text, rest.substr(0, host_end), *scheme));
    std::string url = name + "://" + authority;
    const std::string_view path = rest.substr(host_end);
    if (path == "/") return url;
    for (const char c : path)
        url += c == ' ' ? std::string{"%20"} : std::string(1, c);
    return url;
}

} // namespace mortise::host
