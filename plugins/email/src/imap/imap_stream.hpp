#pragma once

/// \file
/// Responses out of a connection, one at a time: bounded in size and in time, whatever the server sends.

#include "imap/response.hpp"
#include "smtp/wire.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::plugins::email {

struct StreamLimits {
    std::size_t line_bytes{std::size_t{8} << 20U}; ///< all lines of one response: servers list UIDs in one
    std::size_t literal_bytes{std::size_t{66} << 20U}; ///< all literals of one response
    std::size_t literals{2'000};
    std::uint32_t silence_ms{60'000}; ///< how long nothing may come
    std::chrono::milliseconds response_time{600'000
    }; ///< how long one response may take in all: no trickle holds us
};

/// Each function throws mortise::Failure when the connection is of no more use: the keys of mortise.net/1,
/// "imap.syntax", "imap.limit". Thread-safety: none.
class ImapStream {
public:
    explicit ImapStream(Wire& wire, StreamLimits limits = {}) : m_wire{wire}, m_limits{limits} { }

    ImapResponse read();
    void write(std::string_view bytes) { m_wire.write(bytes, m_limits.silence_ms); }
    /// Refuses what somebody put behind the agreement in plain text.
    void start_tls(std::string_view server_name);
    /// Whether a whole line lies here already, so that `read` need not wait for its beginning.
    bool has_line() const { return m_buffer.find('\n', m_used) != std::string::npos; }

private:
    using Deadline = std::chrono::steady_clock::time_point;

    void fill(Deadline deadline);
    std::string read_line(std::size_t most, Deadline deadline);
    std::string read_bytes(std::size_t size, Deadline deadline);

    Wire& m_wire;
    StreamLimits m_limits;
    std::string m_buffer;
    std::size_t m_used{0}; ///< bytes at its beginning that were read
};

} // namespace mortise::plugins::email
