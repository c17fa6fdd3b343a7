#pragma once

/// \file
/// Writes CSV as RFC 4180 describes it, in UTF-8.

#include "exchange/stream/byte_sink.hpp"

#include <mortise/result.hpp>

#include <span>
#include <string>
#include <string_view>

namespace mortise::host {

struct CsvWriterOptions {
    char separator{','};
    std::string_view line_end{"\r\n"};
    bool formula_guard{true}; ///< see formula_guard.hpp; `CsvReader` gives the same text back either way
    bool byte_order_mark{false}; ///< for spreadsheets that take a file without one for Latin-1
};

/// Cells are quoted when they hold the separator, a quote, a line end, or blanks at an end. What is not UTF-8
/// becomes U+FFFD. Thread-safety: one thread at a time.
class CsvWriter {
public:
    /// \param sink  must outlive the writer; the caller finishes it
    explicit CsvWriter(ByteSink& sink, CsvWriterOptions options = {}) : m_sink{&sink}, m_options{options} { }

    /// Writes one row; the header is a row like any other. Errors: those of the sink.
    Result<void> write(std::span<const std::string_view> cells);
    Result<void> write(std::span<const std::string> cells);

private:
    void add(std::string_view cell);
    Result<void> end_row();

    ByteSink* m_sink;
    CsvWriterOptions m_options;
    std::string m_line;
    bool m_row_begun{false};
    bool m_started{false};
};

} // namespace mortise::host
