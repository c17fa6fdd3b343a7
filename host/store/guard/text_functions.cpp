#include "base/text.hpp"
#include "store/guard/function_support.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <unicode/ucasemap.h>
#include <vector>

namespace mortise::host {

namespace {

using CaseMapping = int32_t (*)(const UCaseMap*, char*, int32_t, const char*, int32_t, UErrorCode*);

/// Unicode's own mapping, which no locale changes.
void map_case(
    sqlite3_context* context, sqlite3_value* value, CaseMapping mapping, char (*of_ascii)(char)
) noexcept
{
    if (is_null(value)) return sqlite3_result_null(context);
    guarded_call(context, [&] {
        const std::string_view text = text_of(value);
        if (text.size() > max_made_text) return sqlite3_result_null(context);
        std::string mapped(text.size(), '\0');
        if (is_ascii(text)) {
            std::ranges::transform(text, mapped.begin(), of_ascii);
            return result_text(context, mapped);
        }
        const auto size = static_cast<int32_t>(text.size());
        mapped.resize(3 * text.size() + 16); // no character grows to more
        UErrorCode status = U_ZERO_ERROR;
        const int32_t length = mapping(
            state_of(context).case_map,
            mapped.data(),
            static_cast<int32_t>(mapped.size()),
            text.data(),
            size,
            &status
        );
        if (U_FAILURE(status) || out_of_time(context, text.size())) return;
        result_text(context, std::string_view{mapped}.substr(0, static_cast<std::size_t>(length)));
    });
}

char ascii_upper_of(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

char ascii_lower_of(char c)
{
    return ascii_lower(c);
}

void lower(sqlite3_context* context, int, sqlite3_value** arguments)
{
    map_case(context, arguments[0], ucasemap_utf8ToLower, ascii_lower_of);
}

void upper(sqlite3_context* context, int, sqlite3_value** arguments)
{
    map_case(context, arguments[0], ucasemap_utf8ToUpper, ascii_upper_of);
}

void fold_text(sqlite3_context* context, int, sqlite3_value** arguments)
{
    if (is_null(arguments[0])) return sqlite3_result_null(context);
    guarded_call(context, [&] {
        const std::string_view text = text_of(arguments[0]);
        if (text.size() > max_made_text) return sqlite3_result_null(context);
        const std::string folded = fold(text);
        if (!out_of_time(context, text.size())) result_text(context, folded);
    });
}

/// The operator ||: null if either side is.
void concatenate(sqlite3_context* context, int, sqlite3_value** arguments)
{
    if (is_null(arguments[0]) || is_null(arguments[1])) return sqlite3_result_null(context);
    guarded_call(context, [&] {
        const std::string_view left = text_of(arguments[0]);
        const std::string_view right = text_of(arguments[1]);
        if (left.size() + right.size() > max_made_text) return sqlite3_result_null(context);
        std::string joined;
        joined.reserve(left.size() + right.size());
        joined.append(left).append(right);
        if (!out_of_time(context, joined.size())) result_text(context, joined);
    });
}

/// concat(a, b, ...): passes over nulls.
void concat(sqlite3_context* context, int count, sqlite3_value** arguments)
{
    guarded_call(context, [&] {
        std::string joined;
        for (int i = 0; i < count; ++i) {
            joined.append(text_of(arguments[i]));
            if (joined.size() > max_made_text) return sqlite3_result_null(context);
        }
        if (!out_of_time(context, joined.size())) result_text(context, joined);
    });
}

std::size_t find_in(std::string_view text, std::string_view part) noexcept
{
    // memmem is linear; std::string_view::find takes the product of both lengths.
    const void* found
        = part.empty() ? text.data() : ::memmem(text.data(), text.size(), part.data(), part.size());
    if (!found) return std::string_view::npos;
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

/// Where `part` first stands in `text`, in characters from 1; 0 if it does not.
void position(sqlite3_context* context, int, sqlite3_value** arguments)
{
    if (is_null(arguments[0]) || is_null(arguments[1])) return sqlite3_result_null(context);
    const std::string_view text = text_of(arguments[0]);
    const std::size_t found = find_in(text, text_of(arguments[1]));
    if (out_of_time(context, text.size())) return;
    const std::size_t place
        = found == std::string_view::npos ? 0 : 1 + count_characters(text.substr(0, found));
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(place));
}

void replace(sqlite3_context* context, int, sqlite3_value** arguments)
{
    if (is_null(arguments[0]) || is_null(arguments[1]) || is_null(arguments[2]))
        return sqlite3_result_null(context);
    guarded_call(context, [&] {
        std::string_view text = text_of(arguments[0]);
        const std::string_view from = text_of(arguments[1]);
        const std::string_view to = text_of(arguments[2]);
        if (from.empty()) return result_text(context, text);
        std::string made;
        for (std::size_t found = find_in(text, from); found != std::string_view::npos;
             found = find_in(text, from)) {
            made.append(text.substr(0, found)).append(to);
            text.remove_prefix(found + from.size());
            if (made.size() > max_made_text) return sqlite3_result_null(context);
        }
        made.append(text);
        if (!out_of_time(context, made.size())) result_text(context, made);
    });
}

enum class Side : unsigned char { left = 1, right = 2, both = 3 };

/// The characters that `trim` takes away. Those of one byte, which are nearly all, stand in a table.
class CharacterSet {
public:
    explicit CharacterSet(std::string_view text)
    {
        while (!text.empty()) {
            const std::size_t length = std::min(utf8_length(text.front()), text.size());
            if (length == 1)
                m_single[static_cast<unsigned char>(text.front())] = true;
            else
                m_longer.push_back(text.substr(0, length));
            text.remove_prefix(length);
        }
    }

    /// Bytes of the character of the set with which `text` begins; 0 if it does not.
    std::size_t at_start(std::string_view text) const
    {
        if (text.empty()) return 0;
        if (m_single[static_cast<unsigned char>(text.front())]) return 1;
        const auto found = std::ranges::find_if(m_longer, [&](auto each) { return text.starts_with(each); });
        return found == m_longer.end() ? 0 : found->size();
    }

    std::size_t at_end(std::string_view text) const
    {
        if (text.empty()) return 0;
        if (m_single[static_cast<unsigned char>(text.back())]) return 1;
        const auto found = std::ranges::find_if(m_longer, [&](auto each) { return text.ends_with(each); });
        return found == m_longer.end() ? 0 : found->size();
    }

private:
    std::array<bool, 256> m_single{};
    std::vector<std::string_view> m_longer;
};

template <Side side>
void trim_text(sqlite3_context* context, int count, sqlite3_value** arguments)
{
    constexpr std::size_t most_bytes_in_set = 64;
    if (is_null(arguments[0]) || (count == 2 && is_null(arguments[1]))) return sqlite3_result_null(context);
    guarded_call(context, [&] {
        std::string_view text = text_of(arguments[0]);
        const std::size_t size = text.size();
        const std::string_view set = count == 2 ? text_of(arguments[1]) : std::string_view{" "};
        if (set.size() > most_bytes_in_set) return sqlite3_result_null(context);
        const CharacterSet characters{set};
        if (side != Side::right)
            while (const std::size_t length = characters.at_start(text))
                text.remove_prefix(length);
        if (side != Side::left)
            while (const std::size_t length = characters.at_end(text))
                text.remove_suffix(length);
        if (!out_of_time(context, size)) result_text(context, text);
    });
}

void hex(sqlite3_context* context, int, sqlite3_value** arguments)
{
    guarded_call(context, [&] {
        const auto* data = static_cast<const unsigned char*>(sqlite3_value_blob(arguments[0]));
        const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
        if (size > max_made_text / 2) return sqlite3_result_null(context);
        constexpr std::string_view digits = "0123456789ABCDEF";
        std::string text;
        text.reserve(2 * size);
        for (std::size_t i = 0; i < size; ++i)
            text.append({digits[data[i] >> 4], digits[data[i] & 15]});
        if (!out_of_time(context, size)) result_text(context, text);
    });
}

/// x LIKE y ESCAPE z arrives as like(y, x, z).
void like(sqlite3_context* context, int count, sqlite3_value** arguments)
{
    constexpr std::size_t longest_pattern = 4096;
    for (int i = 0; i < count; ++i)
        if (is_null(arguments[i])) return sqlite3_result_null(context);
    const std::string_view pattern = text_of(arguments[0]);
    const std::string_view text = text_of(arguments[1]);
    const std::string_view escape = count == 3 ? text_of(arguments[2]) : std::string_view{};
    if (count == 3 && (escape.size() > 4 || count_characters(escape) != 1))
        return sqlite3_result_null(context);
    if (pattern.size() > longest_pattern) return sqlite3_result_null(context);
    const bool matches = like_matches(text, pattern, escape, state_of(context).budget);
    if (!out_of_time(context, text.size())) sqlite3_result_int(context, matches ? 1 : 0);
}

constexpr std::array functions = std::to_array<SqlFunction>({
    {"lower", 1, false, lower},
    {"upper", 1, false, upper},
    {"fold", 1, false, fold_text},
    {"concat", -1, false, concat},
    {"strpos", 2, false, position},
    {"->", 2, true, concatenate},
    {"instr", 2, true, position},
    {"replace", 3, true, replace},
    {"trim", 1, true, trim_text<Side::both>},
    {"trim", 2, true, trim_text<Side::both>},
    {"ltrim", 1, true, trim_text<Side::left>},
    {"ltrim", 2, true, trim_text<Side::left>},
    {"rtrim", 1, true, trim_text<Side::right>},
    {"rtrim", 2, true, trim_text<Side::right>},
    {"hex", 1, true, hex},
    {"like", 2, true, like},
    {"like", 3, true, like},
});

} // namespace

std::span<const SqlFunction> text_functions() noexcept
{
    return functions;
}

} // namespace mortise::host
