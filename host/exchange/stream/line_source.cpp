#include "exchange/stream/line_source.hpp"

#include "base/text.hpp"
#include "exchange/stream/find_byte.hpp"

#include <algorithm>
#include <cstring>

namespace mortise::host {
namespace {

constexpr std::size_t chunk = std::size_t{64} * 1024;

} // namespace

LineSource::LineSource(TextSource text, std::size_t max_line_bytes)
    : m_text{std::move(text)},
      m_max_line_bytes{max_line_bytes}
{
}

Result<LineSource>
LineSource::open(ByteSource& source, const std::optional<std::string>& encoding, std::size_t max_line_bytes)
{
    MORTISE_TRY(TextSource text, TextSource::open(source, encoding));
    return LineSource{std::move(text), max_line_bytes};
}

Result<void> LineSource::fill()
{
    if (m_begin != 0) {
        std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    const std::size_t wanted = std::max(chunk, 2 * m_end);
    if (m_buffer.size() < wanted) m_buffer.resize(wanted);
    MORTISE_TRY(const std::size_t count, m_text.read(std::span{m_buffer}.subspan(m_end, wanted - m_end)));
    m_at_end = count == 0;
    m_end += count;
    return {};
}

Result<bool> LineSource::next(Line& line)
{
    std::size_t searched = 0;
    while (true) {
        if (m_after_return) MORTISE_CHECK(finish_line_end());
        const char* begin = m_buffer.data() + m_begin;
        const char* end = m_buffer.data() + m_end;
        const char* found = find_byte(begin + searched, end, '\n', '\r', '\n');
        const auto length = static_cast<std::size_t>(found - begin);
        if (length > m_max_line_bytes) {
            m_cut = cut_utf8({begin, length}, m_max_line_bytes);
            line = {++m_number, m_cut, true};
            MORTISE_CHECK(skip_line());
            return true;
        }
        if (found != end || (m_at_end && found != begin)) {
            line = {++m_number, {begin, length}, false};
            m_begin += length + (found != end ? 1 : 0);
            m_after_return = found != end && *found == '\r';
            return true;
        }
        if (m_at_end) return false;
        searched = length;
        MORTISE_CHECK(fill());
    }
}

/// Passes what stands behind a "\r" and belongs to the same end of a line.
Result<void> LineSource::finish_line_end()
{
    while (m_end - m_begin < 2 && !m_at_end)
        MORTISE_CHECK(fill());
    const std::string_view rest{m_buffer.data() + m_begin, m_end - m_begin};
    m_begin += rest.starts_with('\n') ? 1U : rest.starts_with("\r\n") ? 2U : 0U;
    m_after_return = false;
    return {};
}

Result<void> LineSource::skip_line()
{
    while (true) {
        const char* begin = m_buffer.data() + m_begin;
        const char* end = m_buffer.data() + m_end;
        const char* found = find_byte(begin, end, '\n', '\r', '\n');
        m_begin += static_cast<std::size_t>(found - begin);
        if (found != end) {
            m_after_return = *found == '\r';
            ++m_begin;
            return {};
        }
        if (m_at_end) return {};
        MORTISE_CHECK(fill());
    }
}

} // namespace mortise::host
