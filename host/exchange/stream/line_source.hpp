#pragma once

/// \file
/// A file's lines, one after the other, in little memory.

#include "exchange/stream/text_source.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

struct Line {
    std::uint64_t number{0}; ///< from 1
    std::string_view text; ///< without its end; lives until the next call. Cut to the limit if `too_long`
    bool too_long{false};
};

/// Lines end with LF, CR, CRLF, or CR CRLF as twice converted files have it. Thread-safety: one thread at a
/// time.
class LineSource {
public:
    /// \param source  must outlive this
    /// \param encoding  as for `TextSource::open`
    static Result<LineSource>
    open(ByteSource& source, const std::optional<std::string>& encoding, std::size_t max_line_bytes);

    /// False at the end. Errors: those of the source.
    Result<bool> next(Line& line);

    std::uint64_t bytes_read() const noexcept { return m_text.bytes_read(); }

private:
    LineSource(TextSource text, std::size_t max_line_bytes);
    Result<void> fill();
    Result<void> finish_line_end();
    Result<void> skip_line();

    TextSource m_text;
    std::size_t m_max_line_bytes;
    std::vector<char> m_buffer;
    std::size_t m_begin{0};
    std::size_t m_end{0};
    std::uint64_t m_number{0};
    bool m_at_end{false};
    bool m_after_return{false}; ///< the last line ended with CR: an LF may follow that belongs to it
    std::string m_cut;
};

} // namespace mortise::host
