#pragma once

/// \file
/// The one place that knows how to speak HTTP (RFC 9112). The connection is the host's: a plugin has no
/// network of its own, and reaches whom its permissions name.

#include <mortise/host.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace my_plugin {

struct Address {
    std::string host;
    std::uint16_t port{0};
};

/// "api.acme.example", "api.acme.example:8443" or "[2001:db8::1]:443"; without a port the usual one.
std::optional<Address> parse_address(std::string_view text, bool encrypted);

struct Request {
    std::string server; ///< as in `parse_address`
    bool encrypted{true};
    std::string path{"/"};
    std::string body; ///< JSON
    std::string token; ///< empty: no Authorization
    std::string key; ///< Idempotency-Key
    std::uint32_t timeout_ms{10'000}; ///< of connecting, of sending, of each line of the answer
};

struct Response {
    int status{0}; ///< 0: there was no answer
    std::string problem; ///< why
};

/// What to do with an answer.
enum class Outcome { done, try_later, give_up };
Outcome judge(const Response& response);

/// The request as it is sent. Throws if a part of it may not stand in a header.
std::string text_of(const Request& request);
/// "HTTP/1.1 204 No Content" -> 204; 0 if it is no status line.
int status_of(std::string_view line);

/// Sends it with POST, and waits for the answer; in a job, no longer than until the job is cancelled.
Response post(const mortise::Host& host, const Request& request);

} // namespace my_plugin
