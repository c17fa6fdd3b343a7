#pragma once

/// \file
/// Which hosts a plugin may connect to: patterns as manifests have them, and hosts that people named.

#include <mortise/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

/// What the permissions of plugins for hosts begin with.
inline constexpr std::string_view net_prefix = "net:";

/// How a pattern covers a host.
enum class HostMatch : std::uint8_t {
    no,
    wildcard, ///< by a `*`: only with a public address
    named, ///< by its name
};

/// A host as it is compared and looked up: an address as it is, a name in ASCII and small letters.
/// Errors: `invalid`.
Result<std::string> normalise_host(std::string_view host);

struct HostPort {
    std::string host;
    std::optional<std::uint16_t> port;
};

/// "smtp.example.com", "smtp.example.com:465", "[::1]:25", "::1"; nothing if it is none of these.
std::optional<HostPort> split_host_port(std::string_view text);

/// Whether "smtp.example.com:465", "*.example.com" or "*" (without `net:`) covers a normal host.
HostMatch match_host(std::string_view pattern, std::string_view host, std::uint16_t port);

/// A permission whose hosts stand elsewhere: `{setting}` or `{type.field}`, with `:port` or without.
struct NamedElsewhere {
    std::string type; ///< empty: a setting
    std::string field;
    std::optional<std::uint16_t> port;
};

/// From a permission without `net:`; nothing if it is a pattern.
std::optional<NamedElsewhere> named_elsewhere(std::string_view pattern);

} // namespace mortise::host
