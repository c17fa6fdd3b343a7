#include "net/allowed_hosts.hpp"

#include "base/domain_name.hpp"
#include "net/resolve.hpp"

#include <charconv>

namespace mortise::host {

namespace {

std::optional<std::uint16_t> port_of(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failed != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

bool is_address(std::string_view host)
{
    return !numeric_address(host, 0).empty();
}

} // namespace

Result<std::string> normalise_host(std::string_view host)
{
    if (const auto address = numeric_address(host, 0); !address.empty()) return address.front().text();
    MORTISE_TRY(DomainName name, normalise_domain(host));
    return std::move(name.ascii);
}

std::optional<HostPort> split_host_port(std::string_view text)
{
    if (text.empty()) return std::nullopt;
    if (text.front() == '[') {
        const std::size_t end = text.find(']');
        if (end == text.npos || !is_address(text.substr(1, end - 1))) return std::nullopt;
        HostPort found{std::string{text.substr(1, end - 1)}, std::nullopt};
        if (end + 1 == text.size()) return found;
        if (text[end + 1] != ':') return std::nullopt;
        found.port = port_of(text.substr(end + 2));
        return found.port ? std::optional{found} : std::nullopt;
    }
    const std::size_t colon = text.find(':');
    if (colon == text.npos || is_address(text)) return HostPort{std::string{text}, std::nullopt};
    HostPort found{std::string{text.substr(0, colon)}, port_of(text.substr(colon + 1))};
    return found.port && !found.host.empty() ? std::optional{found} : std::nullopt;
}

HostMatch match_host(std::string_view pattern, std::string_view host, std::uint16_t port)
{
    const auto parts = split_host_port(pattern);
    if (!parts || (parts->port && *parts->port != port)) return HostMatch::no;
    if (parts->host == "*") return HostMatch::wildcard;
    if (parts->host.starts_with("*.")) {
        const auto below = normalise_host(std::string_view{parts->host}.substr(2));
        const bool is_below = below && !is_address(host) && host.size() > below->size() + 1
            && host.ends_with(*below) && host[host.size() - below->size() - 1] == '.';
        return is_below ? HostMatch::wildcard : HostMatch::no;
    }
    const auto named = normalise_host(parts->host);
    return named && *named == host ? HostMatch::named : HostMatch::no;
}

std::optional<NamedElsewhere> named_elsewhere(std::string_view pattern)
{
    if (!pattern.starts_with('{')) return std::nullopt;
    const std::size_t end = pattern.find('}');
    if (end == pattern.npos) return std::nullopt;
    const std::string_view name = pattern.substr(1, end - 1);
    NamedElsewhere found;
    if (const std::size_t dot = name.find('.'); dot != name.npos) {
        found.type = name.substr(0, dot);
        found.field = name.substr(dot + 1);
    } else
        found.field = name;
    if (end + 1 < pattern.size()) found.port = port_of(pattern.substr(end + 2));
    return found;
}

} // namespace mortise::host
