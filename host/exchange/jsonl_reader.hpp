#pragma once

/// \file
/// Reads JSON Lines: one JSON object on each line.

#include "exchange/finding.hpp"
#include "exchange/stream/line_source.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace mortise::host {

/// One line with content.
struct JsonLine {
    std::uint64_t number{0}; ///< of the line in the file, from 1
    Map object; ///< empty if there is a finding
    std::string raw; ///< the line, cut where it was too long
    std::optional<Finding> finding; ///< why the line cannot be used; `where` names line and column
};

/// Lines without content are passed over. Thread-safety: one thread at a time.
class JsonlReader {
public:
    static constexpr std::size_t max_line_bytes = std::size_t{16} * 1024 * 1024;

    /// \param source  must outlive the reader; UTF-8, or UTF-16 with a byte order mark
    static Result<JsonlReader> open(ByteSource& source);

    /// False at the end. What is wrong with a line is in its finding. Errors: those of the source.
    Result<bool> next(JsonLine& line);

    std::uint64_t bytes_read() const noexcept { return m_lines.bytes_read(); }

private:
    explicit JsonlReader(LineSource lines) : m_lines{std::move(lines)} { }

    LineSource m_lines;
};

} // namespace mortise::host
