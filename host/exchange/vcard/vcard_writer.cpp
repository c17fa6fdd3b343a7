#include "exchange/vcard/vcard_writer.hpp"

#include "base/text.hpp"
#include "exchange/vcard/vcard_line.hpp"

namespace mortise::host {
namespace {

constexpr std::size_t line_length = 75;

std::string_view version_text(VCardVersion version) noexcept
{
    switch (version) {
    case VCardVersion::v2_1:
        return "2.1";
    case VCardVersion::v3_0:
        return "3.0";
    case VCardVersion::v4_0:
        return "4.0";
    }
    return "4.0";
}

/// In pieces of at most 75 bytes that end between characters, each after the first behind a blank.
void append_folded(std::string& out, std::string_view line)
{
    std::size_t room = line_length;
    while (line.size() > room) {
        const std::string_view piece = cut_utf8(line, room);
        out += piece;
        out += "\r\n ";
        line.remove_prefix(piece.size());
        room = line_length - 1;
    }
    out += line;
    out += "\r\n";
}

} // namespace

std::string to_text(const VCard& card)
{
    std::string text = "BEGIN:VCARD\r\nVERSION:";
    text += version_text(card.version);
    text += "\r\n";
    const bool old = card.version == VCardVersion::v2_1;
    for (const VCardProperty& property : card.properties) {
        const std::string line = encode_vcard_line(property, card.version);
        if (!old || property.kind == VCardValueKind::binary) {
            append_folded(text, line);
            if (old) text += "\r\n"; // a blank line ends base64 in 2.1
        } else {
            text += line;
            text += "\r\n";
        }
    }
    return text + "END:VCARD\r\n";
}

Result<void> write_vcard(ByteSink& sink, const VCard& card)
{
    return sink.write(to_text(card));
}

} // namespace mortise::host
