#pragma once

/// \file
/// Reads the cards of a vCard file, versions 2.1, 3.0 and 4.0, mixed as they come.

#include "exchange/finding.hpp"
#include "exchange/stream/line_source.hpp"
#include "exchange/vcard/vcard.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// What stands between BEGIN and END, or what should have.
struct VCardEntry {
    std::uint64_t number{0}; ///< 1 for the first card of the file
    std::uint64_t line{0}; ///< of its BEGIN
    VCard card;
    std::vector<Finding> findings; ///< mostly none
    std::string raw; ///< as it stands in the file; of one too large, the start

    /// False if a finding refuses the card: then `card` is empty.
    bool usable() const noexcept;
};

/// Refused are cards without an END, cards above the limit, and text outside of any card. Notices tell of
/// lines that are no property, of broken base64 (the property is kept as raw text) and of a missing or
/// unknown version. Thread-safety: one thread at a time.
class VCardReader {
public:
    static constexpr std::size_t default_max_card_bytes = std::size_t{32} * 1024 * 1024;

    /// \param source  must outlive the reader; UTF-8 or UTF-16 with a byte order mark, or for single
    /// properties
    ///                what their CHARSET says, or windows-1252
    static Result<VCardReader> open(ByteSource& source, std::size_t max_card_bytes = default_max_card_bytes);

    /// The next card; false at the end. What is wrong with a card is in its findings. Errors: those of the
    /// source.
    Result<bool> next(VCardEntry& entry);

    std::uint64_t bytes_read() const noexcept { return m_lines.bytes_read(); }

private:
    VCardReader(LineSource lines, std::size_t max_card_bytes);
    Result<bool> read_line();
    Result<void> read_outside(VCardEntry& entry);
    Result<void> read_card(VCardEntry& entry);

    LineSource m_lines;
    std::size_t m_max_card_bytes;
    std::uint64_t m_number{0};
    Line m_line;
    bool m_has_line{false}; ///< `m_line` was read and belongs to the next entry
};

/// Reads the lines of one card, its BEGIN and END among them or not; they end with LF or CRLF.
/// \param first_line  the number of the first of them in the file
VCard parse_vcard(std::string_view text, std::uint64_t first_line, std::vector<Finding>& findings);

} // namespace mortise::host
