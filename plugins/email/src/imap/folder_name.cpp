#include "imap/folder_name.hpp"

#include "mime/charset.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace mortise::plugins::email {

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// The code points of valid UTF-8.
std::u32string code_points(std::string_view text)
{
    std::u32string points;
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at++]);
        const int more = first < 0x80U ? 0 : first < 0xE0U ? 1 : first < 0xF0U ? 2 : 3;
        char32_t point = more == 0 ? first : first & (0x3FU >> static_cast<unsigned>(more));
        for (int i = 0; i < more && at < text.size(); ++i)
            point = (point << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
        points += point;
    }
    return points;
}

void append_utf8(std::string& text, char32_t point)
{
    if (point < 0x80) {
        text += static_cast<char>(point);
        return;
    }
    constexpr std::array<unsigned, 4> leads{0, 0xC0, 0xE0, 0xF0};
    const unsigned more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    text += static_cast<char>(leads.at(more) | static_cast<unsigned>(point >> (6 * more)));
    for (unsigned i = more; i-- > 0;)
        text += static_cast<char>(0x80U | (static_cast<unsigned>(point >> (6 * i)) & 0x3FU));
}

std::string encode(const std::u16string& units)
{
    std::string text;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char16_t unit : units) {
        bits = (bits << 16U) | unit;
        for (count += 16; count >= 6; count -= 6)
            text += digits[(bits >> (count - 6)) & 0x3FU];
        bits &= (1U << count) - 1;
    }
    if (count > 0) text += digits[(bits << (6 - count)) & 0x3FU];
    return text;
}

std::optional<std::u16string> decode(std::string_view text)
{
    std::u16string units;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 16) {
            units += static_cast<char16_t>((bits >> (count - 16)) & 0xFFFFU);
            count -= 16;
            bits &= (1U << count) - 1;
        }
    }
    if (bits != 0 || count >= 6) return std::nullopt;
    return units;
}

/// False if a surrogate has no partner.
bool append_units(std::string& text, const std::u16string& units)
{
    for (std::size_t i = 0; i < units.size(); ++i) {
        char32_t point = units[i];
        if (point >= 0xD800 && point < 0xDC00) {
            if (i + 1 >= units.size() || units[i + 1] < 0xDC00 || units[i + 1] > 0xDFFF) return false;
            point = 0x10000 + ((point - 0xD800) << 10U) + (units[++i] - 0xDC00U);
        } else if (point >= 0xDC00 && point <= 0xDFFF) {
            return false;
        }
        append_utf8(text, point);
    }
    return true;
}

} // namespace

std::string to_imap_name(std::string_view utf8)
{
    std::string name;
    std::u16string foreign;
    const auto close = [&] {
        if (!foreign.empty()) name += "&" + encode(foreign) + "-";
        foreign.clear();
    };
    for (const char32_t point : code_points(utf8)) {
        if (point >= 0x20 && point < 0x7F) {
            close();
            name += static_cast<char>(point);
            if (point == '&') name += '-';
        } else if (point < 0x10000) {
            foreign += static_cast<char16_t>(point);
        } else {
            foreign += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10U));
            foreign += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FFU));
        }
    }
    close();
    return name;
}

std::string from_imap_name(std::string_view name)
{
    std::string text;
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (name[at] != '&') {
            text += name[at];
            continue;
        }
        const auto end = name.find('-', at);
        if (end == std::string_view::npos) return std::string{name};
        if (end == at + 1) {
            text += '&';
        } else {
            const auto units = decode(name.substr(at + 1, end - at - 1));
            if (!units || !append_units(text, *units)) return std::string{name};
        }
        at = end;
    }
    return is_utf8(text) ? text : std::string{name};
}

} // namespace mortise::plugins::email
