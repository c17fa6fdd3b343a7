#include "control/line_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace mortise::control {

std::span<char> LineBuffer::space()
{
    constexpr std::size_t step = std::size_t{64} << 10;
    if (m_begin > 0) {
        std::copy(
            m_bytes.begin() + static_cast<std::ptrdiff_t>(m_begin),
            m_bytes.begin() + static_cast<std::ptrdiff_t>(m_end),
            m_bytes.begin()
        );
        m_end -= m_begin;
        m_scanned -= m_begin;
        m_begin = 0;
        if (m_end < step
            && m_bytes.size() > 16 * step) { // one long message must not keep its memory for ever
            m_bytes.resize(2 * step);
            m_bytes.shrink_to_fit();
        }
    }
    if (m_bytes.size() - m_end < step) m_bytes.resize(std::max(m_end + step, 2 * m_end));
    return {m_bytes.data() + m_end, m_bytes.size() - m_end};
}

std::optional<std::string_view> LineBuffer::next() noexcept
{
    while (m_scanned < m_end) {
        const char* from = m_bytes.data() + m_scanned;
        const void* found = std::memchr(from, '\n', m_end - m_scanned);
        if (!found) {
            m_scanned = m_end;
            return std::nullopt;
        }
        std::string_view line{
            m_bytes.data() + m_begin,
            static_cast<std::size_t>(static_cast<const char*>(found) - m_bytes.data()) - m_begin
        };
        if (line.size() > m_max_line) return std::nullopt;
        m_begin = m_scanned = m_begin + line.size() + 1;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) return line;
    }
    return std::nullopt;
}

} // namespace mortise::control
