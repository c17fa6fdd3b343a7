#include "exchange/vcard/vcard_reader.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

constexpr std::size_t shown_of_refused = 4096;

bool is_line(std::string_view line, std::string_view wanted) noexcept
{
    return equal_ignoring_ascii_case(trim_ascii(line), wanted);
}

bool begins_card(std::string_view line) noexcept
{
    return is_line(line, "BEGIN:VCARD");
}

bool ends_card(std::string_view line) noexcept
{
    return is_line(line, "END:VCARD");
}

/// In version 2.1 a card may stand within a card, as the value of AGENT.
bool opens_agent(std::string_view line) noexcept
{
    const std::string_view trimmed = trim_ascii(line);
    return trimmed.ends_with(':') && equal_ignoring_ascii_case(trimmed.substr(0, 5), "AGENT");
}

Finding refused(ErrorCode code, std::string key, std::string message, std::uint64_t line)
{
    return {
        Severity::refused, {code, std::move(message), std::move(key), "line " + std::to_string(line), {}}
    };
}

} // namespace

bool VCardEntry::usable() const noexcept
{
    return std::ranges::none_of(findings, [](const Finding& finding) {
        return finding.severity == Severity::refused;
    });
}

VCardReader::VCardReader(LineSource lines, std::size_t max_card_bytes)
    : m_lines{std::move(lines)},
      m_max_card_bytes{max_card_bytes}
{
}

Result<VCardReader> VCardReader::open(ByteSource& source, std::size_t max_card_bytes)
{
    MORTISE_TRY(LineSource lines, LineSource::open(source, "UTF-8", max_card_bytes));
    return VCardReader{std::move(lines), max_card_bytes};
}

Result<bool> VCardReader::read_line()
{
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    MORTISE_TRY(m_has_line, m_lines.next(m_line));
    // Files put together from several have one at the start of each.
    if (m_has_line && m_line.text.starts_with(mark)) m_line.text.remove_prefix(mark.size());
    return m_has_line;
}

Result<bool> VCardReader::next(VCardEntry& entry)
{
    if (!m_has_line) MORTISE_CHECK(read_line());
    while (m_has_line && trim_ascii(m_line.text).empty())
        MORTISE_CHECK(read_line());
    if (!m_has_line) return false;
    entry = VCardEntry{++m_number, m_line.number, {}, {}, {}};
    MORTISE_CHECK(begins_card(m_line.text) ? read_card(entry) : read_outside(entry));
    return true;
}

/// Up to the next card.
Result<void> VCardReader::read_outside(VCardEntry& entry)
{
    entry.findings.push_back(
        refused(ErrorCode::invalid, "vcard.outside", "text outside of a card", entry.line)
    );
    entry.findings.back().error.hint = "a card begins with BEGIN:VCARD";
    do {
        if (entry.raw.size() < shown_of_refused)
            (entry.raw += cut_utf8(m_line.text, shown_of_refused)) += "\n";
        MORTISE_CHECK(read_line());
    } while (m_has_line && !begins_card(m_line.text));
    return {};
}

Result<void> VCardReader::read_card(VCardEntry& entry)
{
    std::string text;
    std::size_t size = 0;
    std::size_t depth = 0;
    bool in_agent = false;
    bool unended = false;
    do {
        const bool begins = begins_card(m_line.text);
        if (begins && depth != 0 && !in_agent) {
            unended = true; // the line stays for the next entry
            break;
        }
        depth += begins ? 1 : 0;
        depth -= ends_card(m_line.text) ? 1 : 0;
        in_agent = !begins && opens_agent(m_line.text);
        size += m_line.text.size() + 1 + (m_line.too_long ? m_max_card_bytes : 0);
        if (size <= m_max_card_bytes || text.size() < shown_of_refused)
            (text += cut_utf8(m_line.text, m_max_card_bytes)) += '\n';
        MORTISE_CHECK(read_line());
    } while (m_has_line && depth != 0);
    unended = unended || depth != 0;

    if (unended)
        entry.findings.push_back(
            refused(ErrorCode::invalid, "vcard.no_end", "the card has no END:VCARD", entry.line)
        );
    if (size > m_max_card_bytes)
        entry.findings.push_back(refused(
            ErrorCode::limit,
            "vcard.too_large",
            "a card of more than " + std::to_string(m_max_card_bytes) + " bytes",
            entry.line
        ));
    if (entry.usable()) entry.card = parse_vcard(text, entry.line, entry.findings);
    entry.raw = size > m_max_card_bytes ? std::string{cut_utf8(text, shown_of_refused)} : std::move(text);
    return {};
}

} // namespace mortise::host
