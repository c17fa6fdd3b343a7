#include "base/words.hpp"

#include "base/text.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace mortise::host {

namespace {

constexpr std::size_t longest_word = 64;

enum class Sort : unsigned char { parts, joins, letter, word };

Sort sort_of(UChar32 character)
{
    if (character < 0x80) {
        if (u_isalnum(character)) return Sort::letter;
        return character == '\'' || character == '-' || character == '.' || character == '&' ? Sort::joins
                                                                                             : Sort::parts;
    }
    if (character == 0x2019 || character == 0x2010) return Sort::joins; // ’ and ‐
    if (u_hasBinaryProperty(character, UCHAR_IDEOGRAPHIC)) return Sort::word;
    const auto block = ublock_getCode(character);
    if (block == UBLOCK_HIRAGANA || block == UBLOCK_KATAKANA) return Sort::word;
    if (u_isalnum(character)) return Sort::letter;
    const auto kind = u_charType(character);
    return kind == U_NON_SPACING_MARK || kind == U_COMBINING_SPACING_MARK || kind == U_ENCLOSING_MARK
        ? Sort::letter
        : Sort::parts;
}

/// Calls `word(text)` for each word and `gap(joins)` for what stands between two.
template <class Word, class Gap>
void walk(const std::string& folded, Word word, Gap gap)
{
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(folded.data());
    const auto size = static_cast<std::int32_t>(folded.size());
    std::string now;
    const auto flush = [&] {
        if (now.empty()) return;
        word(std::string{cut_utf8(now, longest_word)});
        now.clear();
    };
    for (std::int32_t at = 0; at < size;) {
        const std::int32_t from = at;
        UChar32 character = 0;
        U8_NEXT(bytes, at, size, character); // NOLINT(bugprone-inc-dec-in-conditions): within ICU's macro
        const Sort sort = character < 0 ? Sort::parts : sort_of(character);
        if (sort == Sort::letter) {
            now.append(folded, static_cast<std::size_t>(from), static_cast<std::size_t>(at - from));
            continue;
        }
        flush();
        if (sort == Sort::word)
            word(folded.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(at - from)));
        gap(sort == Sort::joins);
    }
    flush();
}

} // namespace

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> words;
    walk(fold(text), [&](std::string word) { words.push_back(std::move(word)); }, [](bool) {});
    return words;
}

std::vector<std::string> joined_words_of(std::string_view text)
{
    std::vector<std::string> joined;
    std::string now;
    std::size_t parts = 0;
    bool is_joined = false;
    const auto flush = [&] {
        if (parts > 1) joined.emplace_back(cut_utf8(now, longest_word));
        now.clear();
        parts = 0;
    };
    walk(
        fold(text),
        [&](const std::string& word) {
            if (!is_joined) flush();
            now += word;
            ++parts;
            is_joined = false;
        },
        [&](bool joins) { is_joined = joins && !is_joined; }
    );
    flush();
    return joined;
}

} // namespace mortise::host
