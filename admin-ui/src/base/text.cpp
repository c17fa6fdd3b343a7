#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace mortise::ui {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "\xE2\x80\xA6";

struct Decoded {
    char32_t point{0};
    std::size_t bytes{1};
    bool is_valid{false};
};

Decoded decode(std::string_view text)
{
    const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = at(0);
    if (lead < 0x80) return {lead, 1, true};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
    char32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xC0U) != 0x80U) return {};
        point = (point << 6U) | (at(i) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
    return {point, length, point >= smallest.at(length) && point <= 0x10FFFF && !is_surrogate};
}

bool is_harmful(char32_t point)
{
    return point < 0x20 || (point >= 0x7F && point <= 0x9F) || (point >= 0x200B && point <= 0x200F)
        || (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF
        || (point >= 0xFFF0 && point <= 0xFFFB);
}

enum class LineEnds : std::uint8_t { keep, drop };

std::string clean(std::string_view text, std::size_t most, LineEnds line_ends)
{
    std::string result;
    result.reserve(std::min(text.size(), most) + ellipsis.size());
    while (!text.empty()) {
        if (result.size() >= most) return result.append(ellipsis);
        const Decoded next = decode(text);
        if (next.point == '\n' && line_ends == LineEnds::keep)
            result += '\n';
        else if (next.point == '\n' || next.point == '\t' || next.point == '\r')
            result += ' ';
        else if (!next.is_valid || is_harmful(next.point))
            result += replacement;
        else
            result += text.substr(0, next.bytes);
        text.remove_prefix(next.bytes);
    }
    return result;
}

std::string printed(const char* format, double number)
{
    std::array<char, 64> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), format, number);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

} // namespace

std::string clean_line(std::string_view text, std::size_t most)
{
    return clean(text, most, LineEnds::drop);
}
std::string clean_text(std::string_view text, std::size_t most)
{
    return clean(text, most, LineEnds::keep);
}

std::string with_separators(std::int64_t number)
{
    const std::string digits = std::to_string(number);
    std::string grouped;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0 && digits[i - 1] != '-') grouped += ',';
        grouped += digits[i];
    }
    return grouped;
}

std::string bytes_text(std::int64_t bytes)
{
    const auto amount = static_cast<double>(bytes);
    if (bytes < 1000) return std::to_string(bytes) + " B";
    if (amount < 1e6) return printed("%.1f kB", amount / 1e3);
    if (amount < 1e9) return printed("%.1f MB", amount / 1e6);
    return printed("%.1f GB", amount / 1e9);
}

std::string span_text(std::chrono::seconds span)
{
    const std::int64_t seconds = std::max<std::int64_t>(span.count(), 0);
    if (seconds < 60) return std::to_string(seconds) + " s";
    if (seconds < 3600) return std::to_string(seconds / 60) + " min";
    if (seconds < 86'400) return std::to_string(seconds / 3600) + " h";
    return std::to_string(seconds / 86'400) + " d";
}

std::string nanoseconds_text(std::int64_t nanoseconds)
{
    const auto amount = static_cast<double>(nanoseconds);
    if (amount < 1e3) return std::to_string(nanoseconds) + " ns";
    if (amount < 1e6) return printed("%.0f \xC2\xB5s", amount / 1e3);
    if (amount < 1e9) return printed(amount < 1e7 ? "%.2f ms" : "%.0f ms", amount / 1e6);
    return printed("%.2f s", amount / 1e9);
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many)
{
    return with_separators(count) + ' ' + std::string{count == 1 ? one : many};
}

std::string lower(std::string_view text)
{
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::string words_of(std::string_view name)
{
    std::string result{name};
    for (char& c : result)
        if (c == '_' || c == '.') c = ' ';
    if (!result.empty() && result[0] >= 'a' && result[0] <= 'z')
        result[0] = static_cast<char>(result[0] - 'a' + 'A');
    return result;
}

std::string sql_name(std::string_view name)
{
    std::string result = "\"";
    for (const char c : name) {
        if (c == '"') result += '"';
        result += c;
    }
    return result + '"';
}

} // namespace mortise::ui
