#include "matching/text/phonetic.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::host::matching {

namespace {

bool is_vowel(char c) noexcept
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

bool is_letter(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Groups of letters that have one sound; the longest first.
constexpr std::array<std::pair<std::string_view, char>, 20> groups{{
    {"tsch", 'X'}, {"sch", 'X'}, {"chr", 'K'}, {"tch", 'X'}, {"sh", 'X'}, {"cz", 'X'}, {"sz", 'X'},
    {"ch", 'X'},   {"ph", 'F'},  {"th", 'T'},  {"dt", 'T'},  {"tz", 'S'}, {"ts", 'S'}, {"ck", 'K'},
    {"qu", 'K'},   {"kh", 'K'},  {"gh", 0},    {"sc", 'S'},  {"ng", 'N'}, {"rh", 'R'},
}};

/// What is not heard at the beginning of a name.
std::string_view without_silent_start(std::string_view text) noexcept
{
    for (const std::string_view start : {"kn", "gn", "pn", "wr", "ps", "mn"})
        if (text.starts_with(start)) return text.substr(1);
    return text;
}

/// The sound of one letter; 0: none.
char sound(std::string_view text, std::size_t at) noexcept
{
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    const bool is_soft = next == 'e' || next == 'i' || next == 'y';
    switch (text[at]) {
    case 'b':
    case 'p':
        return 'P';
    case 'c':
        return is_soft ? 'S' : 'K';
    case 'd':
    case 't':
        return 'T';
    case 'f':
    case 'v':
        return 'F';
    case 'g':
        return is_soft ? 'J' : 'K';
    case 'j':
        return 'J';
    case 'k':
    case 'q':
        return 'K';
    case 'l':
        return 'L';
    case 'm':
    case 'n':
        return 'N';
    case 'r':
        return 'R';
    case 's':
    case 'z':
    case 'x':
        return 'S';
    case 'w':
        return at == 0 || is_vowel(next) ? 'F' : '\0';
    default:
        return '\0';
    }
}

} // namespace

std::string phonetic_key(std::string_view name)
{
    std::string letters;
    for (const char c : name)
        if (is_letter(c)) letters += c;
    const std::string_view text = without_silent_start(letters);
    std::string key;
    const auto add = [&key](char c) {
        if (c != '\0' && !key.ends_with(c)) key += c;
    };
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) >= 0x80) {
            key += text[at++];
            continue;
        }
        if (at == 0 && is_vowel(text[0])) {
            key += text[0] == 'y' ? 'J' : 'A';
            ++at;
            continue;
        }
        const auto group = std::ranges::find_if(groups, [rest = text.substr(at)](const auto& each) {
            return rest.starts_with(each.first);
        });
        if (group == groups.end()) {
            add(sound(text, at));
            ++at;
            continue;
        }
        const auto& [letters_of_group, heard] = *group;
        add(heard == 0 && at == 0 ? 'K' : heard);
        if (letters_of_group == "chr") add('R');
        at += letters_of_group.size();
    }
    return key;
}

} // namespace mortise::host::matching
