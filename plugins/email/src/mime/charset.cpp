#include "mime/charset.hpp"

#include "mime/glib.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace mortise::plugins::email {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Alias {
    std::string_view label;
    const char* name; ///< as iconv knows it
};

/// What mail says, and the superset that is meant; the rest iconv knows by its own name.
constexpr std::array aliases{
    Alias{"iso-8859-1", "WINDOWS-1252"},
    Alias{"iso8859-1", "WINDOWS-1252"},
    Alias{"iso_8859-1", "WINDOWS-1252"},
    Alias{"latin1", "WINDOWS-1252"},
    Alias{"latin-1", "WINDOWS-1252"},
    Alias{"ansi", "WINDOWS-1252"},
    Alias{"x-ansi", "WINDOWS-1252"},
    Alias{"iso-8859-9", "WINDOWS-1254"},
    Alias{"iso-8859-11", "CP874"},
    Alias{"tis-620", "CP874"},
    Alias{"iso-8859-8-i", "ISO-8859-8"},
    Alias{"iso-8859-8-e", "ISO-8859-8"},
    Alias{"ks_c_5601-1987", "CP949"},
    Alias{"ks_c_5601", "CP949"},
    Alias{"euc-kr", "CP949"},
    Alias{"gb2312", "GB18030"},
    Alias{"gb_2312-80", "GB18030"},
    Alias{"x-gbk", "GB18030"},
    Alias{"gbk", "GB18030"},
    Alias{"cp936", "GB18030"},
    Alias{"big5", "BIG5-HKSCS"},
    Alias{"shift_jis", "CP932"},
    Alias{"shift-jis", "CP932"},
    Alias{"x-sjis", "CP932"},
    Alias{"sjis", "CP932"},
    Alias{"windows-31j", "CP932"},
    Alias{"iso-2022-jp", "ISO-2022-JP-3"},
    Alias{"x-mac-roman", "MACINTOSH"},
    Alias{"macroman", "MACINTOSH"},
    Alias{"mac", "MACINTOSH"},
    Alias{"x-unicode-2-0-utf-7", "UTF-7"},
    Alias{"unicode-1-1-utf-7", "UTF-7"},
    Alias{"unicode-1-1-utf-8", "UTF-8"},
    Alias{"utf8", "UTF-8"},
    Alias{"utf8mb4", "UTF-8"},
    Alias{"utf-8mb4", "UTF-8"},
    Alias{"cp-850", "CP850"},
    Alias{"x-cp1250", "WINDOWS-1250"},
    Alias{"x-cp1251", "WINDOWS-1251"},
    Alias{"x-cp1252", "WINDOWS-1252"},
};

bool is_continuation(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}
bool is_high(char byte)
{
    return static_cast<unsigned char>(byte) >= 0x80U;
}

/// Keeps what is UTF-8 and puts U+FFFD in place of each run that is not.
Decoded decode_utf8(std::string_view bytes)
{
    Decoded decoded;
    decoded.text.reserve(bytes.size());
    while (!bytes.empty()) {
        const char* end = nullptr;
        const bool is_valid = g_utf8_validate_len(bytes.data(), bytes.size(), &end) != 0;
        const auto good = static_cast<std::size_t>(end - bytes.data());
        decoded.text += bytes.substr(0, good);
        if (is_valid) return decoded;
        bytes.remove_prefix(good);
        if (bytes.front() != '\0') {
            decoded.text += replacement;
            decoded.is_lossy = true;
        }
        bytes.remove_prefix(1);
        while (!bytes.empty() && is_continuation(bytes.front()))
            bytes.remove_prefix(1);
    }
    return decoded;
}

class Converter {
public:
    explicit Converter(const char* from) : m_iconv{g_iconv_open("UTF-8", from)} { }
    ~Converter()
    {
        if (is_open()) g_iconv_close(m_iconv);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    bool is_open() const { return reinterpret_cast<std::intptr_t>(m_iconv) != -1; }

    Decoded decode(std::string_view bytes) const
    {
        Decoded decoded;
        std::array<char, 4096> buffer{};
        std::string copy{bytes}; // iconv's interface wants it writable
        char* from = copy.data();
        gsize left = copy.size();
        while (true) {
            char* to = buffer.data();
            gsize room = buffer.size();
            const bool is_flush = left == 0;
            const gsize done = is_flush ? g_iconv(m_iconv, nullptr, nullptr, &to, &room)
                                        : g_iconv(m_iconv, &from, &left, &to, &room);
            const int problem = errno;
            decoded.text.append(buffer.data(), buffer.size() - room);
            if (is_flush) return decoded;
            if (done != static_cast<gsize>(-1) || problem == E2BIG) continue;
            decoded.text += replacement;
            decoded.is_lossy = true;
            if (problem != EILSEQ)
                left = 0; // a character that breaks off at the end
            else {
                ++from;
                --left;
            }
        }
    }

private:
    GIConv m_iconv;
};

bool is_of_one_byte(std::string_view name)
{
    return name == "WINDOWS-1252" || name == "WINDOWS-1254" || name == "ISO-8859-15";
}

std::string iconv_name(std::string_view label)
{
    const std::string lower = lower_ascii(trimmed(label));
    const auto known = std::ranges::find(aliases, lower, &Alias::label);
    if (known != aliases.end()) return known->name;
    // A label goes to a function that reads options in it ("//TRANSLIT") and looks for files by its name.
    const bool is_plain = std::ranges::all_of(lower, [](char c) {
        return g_ascii_isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == ':';
    });
    return is_plain && lower.size() <= 40 ? lower : std::string{};
}

/// A label that is not there, or says nothing: UTF-8 if the bytes are, else what Western Windows writes.
Decoded decode_unlabelled(std::string_view bytes)
{
    if (is_utf8(bytes)) return decode_utf8(bytes);
    const Converter western{"WINDOWS-1252"};
    Decoded decoded = western.decode(bytes);
    decoded.label_was_wrong = true;
    return decoded;
}

} // namespace

bool is_utf8(std::string_view bytes)
{
    return std::ranges::find(bytes, '\0') == bytes.end()
        && g_utf8_validate_len(bytes.data(), bytes.size(), nullptr) != 0;
}

Decoded decode_charset(std::string_view bytes, std::string_view label)
{
    const std::string name = iconv_name(label);
    const bool is_ascii = name.empty() || name == "us-ascii" || name == "ascii" || name == "unknown-8bit"
        || name == "x-unknown" || name == "default" || name == "_iso-2022-jp$esc" || name == "ansi_x3.4-1968"
        || name == "8bit" || name == "7bit" || name == "binary" || name == "unknown";
    Decoded decoded;
    if (is_ascii) {
        decoded = decode_unlabelled(bytes);
    } else if (name == "utf-8" || name == "UTF-8") {
        decoded = decode_utf8(bytes);
    } else if (is_of_one_byte(name) && std::ranges::any_of(bytes, is_high) && is_utf8(bytes)) {
        decoded = decode_utf8(bytes); // no text of one byte a letter is UTF-8 by chance
        decoded.label_was_wrong = true;
    } else if (const Converter converter{name.c_str()}; converter.is_open()) {
        decoded = converter.decode(bytes);
    } else {
        decoded = decode_unlabelled(bytes);
        decoded.label_was_wrong = true;
    }
    decoded.text = clean_text(decoded.text);
    return decoded;
}

std::string clean_text(std::string_view text)
{
    const std::string valid = decode_utf8(text).text;
    std::string kept;
    kept.reserve(valid.size());
    for (std::size_t i = 0; i < valid.size(); ++i) {
        const char c = valid[i];
        if (c == '\r') {
            if (i + 1 >= valid.size() || valid[i + 1] != '\n') kept += '\n';
        } else if (static_cast<unsigned char>(c) >= 0x20U || c == '\n' || c == '\t') {
            if (c != 0x7F) kept += c;
        }
    }
    if (kept.starts_with("\xEF\xBB\xBF")) kept.erase(0, 3);
    if (std::ranges::none_of(kept, is_high)) return kept;
    const GlibText normal{
        g_utf8_normalize(kept.data(), static_cast<gssize>(kept.size()), G_NORMALIZE_DEFAULT_COMPOSE)
    };
    return normal ? text_of(normal.get()) : kept;
}

std::string clean_line(std::string_view text)
{
    std::string line;
    for (const char c : clean_text(text)) {
        const bool is_space = c == ' ' || c == '\n' || c == '\t';
        if (!is_space)
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    while (!line.empty() && line.back() == ' ')
        line.pop_back();
    return line;
}

std::string_view cut(std::string_view text, std::size_t bytes)
{
    if (text.size() <= bytes) return text;
    while (bytes > 0 && is_continuation(text[bytes]))
        --bytes;
    return text.substr(0, bytes);
}

std::string lower_ascii(std::string_view text)
{
    std::string lower{text};
    for (char& c : lower)
        c = g_ascii_tolower(c);
    return lower;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view space = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

bool equals_ignoring_case(std::string_view a, std::string_view b)
{
    return a.size() == b.size()
        && std::ranges::equal(a, b, [](char x, char y) { return g_ascii_tolower(x) == g_ascii_tolower(y); });
}

std::size_t find_ignoring_case(std::string_view text, std::string_view needle, std::size_t from)
{
    if (from > text.size()) return std::string_view::npos;
    const auto found = std::search(
        text.begin() + static_cast<std::ptrdiff_t>(from),
        text.end(),
        needle.begin(),
        needle.end(),
        [](char x, char y) { return g_ascii_tolower(x) == y; }
    );
    return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

} // namespace mortise::plugins::email
