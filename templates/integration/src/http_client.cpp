#include "http_client.hpp"

#include <mortise/net.hpp>

#include <algorithm>
#include <charconv>

namespace my_plugin {

namespace {

constexpr std::uint16_t https_port = 443;
constexpr std::uint16_t http_port = 80;
constexpr int most_header_lines = 200;

/// A header ends with its line: who could put a line end into one could send what he likes.
void check_header(const char* name, std::string_view text)
{
    if (std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c != 0x7F; })) return;
    mortise::fail(
        mortise::ErrorCode::invalid,
        "my_plugin.header",
        std::string{"the "} + name + " has a space, a line end or another character that HTTP does not allow",
        name
    );
}

/// Reads up to the end of the header. Answers of 1xx only say that the real one is coming.
mortise::Result<int> read_status(mortise::Connection& connection, std::uint32_t timeout_ms)
{
    constexpr std::size_t longest_line = 65'536;
    while (true) {
        MORTISE_TRY(const std::string first, connection.read_line(longest_line, timeout_ms));
        const int status = status_of(first);
        for (int lines = 0; status != 0; ++lines) {
            MORTISE_TRY(const std::string line, connection.read_line(longest_line, timeout_ms));
            if (line.empty() || lines == most_header_lines) break;
        }
        if (status < 100 || status >= 200) return status;
    }
}

} // namespace

std::optional<Address> parse_address(std::string_view text, bool encrypted)
{
    Address address{std::string{text}, encrypted ? https_port : http_port};
    const std::size_t bracket = text.rfind(']');
    const std::size_t colon = text.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        const char* const end = text.data() + text.size();
        const auto read = std::from_chars(text.data() + colon + 1, end, address.port);
        if (read.ec != std::errc{} || read.ptr != end || address.port == 0) return std::nullopt;
        address.host = text.substr(0, colon);
    }
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    if (address.host.empty()) return std::nullopt;
    return address;
}

Outcome judge(const Response& response)
{
    if (response.status >= 200 && response.status < 300) return Outcome::done;
    const bool may_pass
        = response.status == 0 || response.status == 408 || response.status == 429 || response.status >= 500;
    return may_pass ? Outcome::try_later : Outcome::give_up;
}

std::string text_of(const Request& request)
{
    check_header("server", request.server);
    check_header("path", request.path);
    check_header("token", request.token);
    check_header("key", request.key);
    std::string text = "POST " + request.path + " HTTP/1.1\r\nHost: " + request.server
        + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size())
        + "\r\nIdempotency-Key: " + request.key + "\r\nConnection: close\r\n";
    if (!request.token.empty()) text += "Authorization: Bearer " + request.token + "\r\n";
    return text + "\r\n" + request.body;
}

int status_of(std::string_view line)
{
    constexpr std::size_t number_at = std::string_view{"HTTP/1.1 "}.size();
    int status = 0;
    if (!line.starts_with("HTTP/1.") || line.size() < number_at + 3) return 0;
    std::from_chars(line.data() + number_at, line.data() + number_at + 3, status);
    return status;
}

Response post(const mortise::Host& host, const Request& request)
{
    const auto address = parse_address(request.server, request.encrypted);
    if (!address)
        mortise::fail(
            mortise::ErrorCode::invalid,
            "my_plugin.server",
            "\"" + request.server + "\" is no server: give a host, or host:port",
            "server"
        );
    const std::string text = text_of(request);
    auto connection = mortise::Connection::open(
        host, address->host, address->port, {.tls = request.encrypted, .timeout_ms = request.timeout_ms}
    );
    if (!connection) return {0, connection.error().message};
    if (const auto sent = connection->write(text, request.timeout_ms); !sent)
        return {0, sent.error().message};
    const auto status = read_status(*connection, request.timeout_ms);
    if (!status) return {0, status.error().message};
    return {*status, *status == 0 ? "what answers does not speak HTTP" : ""};
}

} // namespace my_plugin
