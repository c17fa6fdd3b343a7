#include "imap/imap_stream.hpp"

#include <mortise/failure.hpp>

#include <algorithm>

namespace mortise::plugins::email {

namespace {

[[noreturn]] void too_much(std::string_view what)
{
    fail(ErrorCode::limit, "imap.limit", "the server sends " + std::string{what} + " in one response");
}

} // namespace

ImapResponse ImapStream::read()
{
    const Deadline deadline = std::chrono::steady_clock::now() + m_limits.response_time;
    std::vector<std::string> lines;
    std::vector<std::string> literals;
    std::size_t line_bytes = 0;
    std::size_t literal_bytes = 0;
    while (true) {
        lines.push_back(read_line(m_limits.line_bytes - line_bytes, deadline));
        line_bytes += lines.back().size();
        const auto size = may_have_literals(lines.front()) ? literal_size(lines.back()) : std::nullopt;
        if (!size) break;
        if (*size > m_limits.literal_bytes - literal_bytes)
            too_much("a string of " + std::to_string(*size) + " bytes");
        if (literals.size() >= m_limits.literals) too_much("too many strings");
        literals.push_back(read_bytes(static_cast<std::size_t>(*size), deadline));
        literal_bytes += literals.back().size();
    }
    return require(parse_imap(lines, literals));
}

void ImapStream::start_tls(std::string_view server_name)
{
    if (m_used != m_buffer.size())
        fail(
            ErrorCode::refused,
            "net.injected",
            "the other side sent more before encryption began, which nobody can trust"
        );
    m_wire.start_tls(server_name);
}

void ImapStream::fill(Deadline deadline)
{
    using std::chrono::milliseconds;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
        fail(ErrorCode::timeout, "net.timeout", "the server takes too long for one response");
    if (m_used > 0) {
        m_buffer.erase(0, m_used);
        m_used = 0;
    }
    constexpr std::size_t piece = std::size_t{256} << 10U;
    const auto patience = std::min<std::int64_t>(left.count(), m_limits.silence_ms);
    const std::string more = m_wire.read_some(piece, static_cast<std::uint32_t>(patience));
    if (more.empty()) fail(ErrorCode::io, "net.lost", "the server ended the connection in the middle");
    m_buffer += more;
}

std::string ImapStream::read_line(std::size_t most, Deadline deadline)
{
    std::size_t searched = 0;
    while (true) {
        const std::size_t end = m_buffer.find('\n', m_used + searched);
        if (end != std::string::npos) {
            std::string line = m_buffer.substr(m_used, end - m_used);
            m_used = end + 1;
            if (line.ends_with('\r')) line.pop_back();
            if (line.size() > most) too_much("too long a line");
            return line;
        }
        searched = m_buffer.size() - m_used;
        if (searched > most) too_much("too long a line");
        fill(deadline);
    }
}

std::string ImapStream::read_bytes(std::size_t size, Deadline deadline)
{
    std::string bytes; // grows with what comes, not with what was announced
    while (true) {
        const std::size_t part = std::min(size - bytes.size(), m_buffer.size() - m_used);
        bytes.append(m_buffer, m_used, part);
        m_used += part;
        if (bytes.size() == size) return bytes;
        fill(deadline);
    }
}

} // namespace mortise::plugins::email
