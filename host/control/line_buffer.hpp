#pragma once

/// \file
/// `LineBuffer`: cuts a stream of bytes into lines. The control API's messages are one JSON text on one line
/// each.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace mortise::control {

/// The most bytes that one message may have, its line end not counted.
inline constexpr std::size_t max_message_bytes = std::size_t{16} << 20;

/// Read into `space()`, tell with `add()`, then take lines with `next()` until there is none. One thread at a
/// time.
class LineBuffer {
public:
    explicit LineBuffer(std::size_t max_line = max_message_bytes) : m_max_line{max_line} { }

    /// Room for more bytes, at least one. Lines that were handed out are void. Empty lines are passed over.
    std::span<char> space();
    void add(std::size_t count) noexcept { m_end += count; }
    /// The next whole line without its end ("\n" or "\r\n"), valid until `space()`.
    std::optional<std::string_view> next() noexcept;
    /// The line that is being read is longer than allowed; nothing more can be read.
    bool is_too_long() const noexcept { return m_end - m_begin > m_max_line; }

private:
    std::size_t m_max_line;
    std::vector<char> m_bytes;
    std::size_t m_begin{0}; // of what was not handed out
    std::size_t m_scanned{0}; // no line end before this
    std::size_t m_end{0};
};

} // namespace mortise::control
