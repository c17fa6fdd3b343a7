#include "matching/text/street.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace mortise::host::matching {

namespace {

const std::unordered_map<std::string_view, std::string_view>& short_words()
{
    static const std::unordered_map<std::string_view, std::string_view> table{
        {"st", "street"},      {"str", "street"},      {"rd", "road"},        {"ave", "avenue"},
        {"av", "avenue"},      {"avda", "avenida"},    {"blvd", "boulevard"}, {"bvd", "boulevard"},
        {"boul", "boulevard"}, {"bd", "boulevard"},    {"cres", "crescent"},  {"cr", "crescent"},
        {"crt", "court"},      {"ct", "court"},        {"pl", "place"},       {"plz", "platz"},
        {"dr", "drive"},       {"ln", "lane"},         {"la", "lane"},        {"sq", "square"},
        {"hwy", "highway"},    {"pkwy", "parkway"},    {"pky", "parkway"},    {"pde", "parade"},
        {"tce", "terrace"},    {"ter", "terrace"},     {"terr", "terrace"},   {"cl", "close"},
        {"cct", "circuit"},    {"cir", "circle"},      {"gr", "grove"},       {"gdns", "gardens"},
        {"gdn", "garden"},     {"expy", "expressway"}, {"fwy", "freeway"},    {"rte", "route"},
        {"tpke", "turnpike"},  {"n", "north"},         {"s", "south"},        {"e", "east"},
        {"w", "west"},         {"ne", "northeast"},    {"nw", "northwest"},   {"se", "southeast"},
        {"sw", "southwest"},   {"1st", "first"},       {"2nd", "second"},     {"3rd", "third"},
        {"4th", "fourth"},     {"5th", "fifth"},       {"6th", "sixth"},      {"7th", "seventh"},
        {"8th", "eighth"},     {"9th", "ninth"},       {"10th", "tenth"},     {"mt", "mount"},
        {"ft", "fort"},        {"bldg", "building"},   {"apt", "unit"},       {"apartment", "unit"},
        {"ste", "unit"},       {"suite", "unit"},      {"flat", "unit"},      {"flt", "unit"},
        {"fl", "floor"},       {"lvl", "level"},       {"po", "po"},          {"strasse", "street"},
    };
    return table;
}

const std::unordered_set<std::string_view>& street_kinds()
{
    static const std::unordered_set<std::string_view> kinds{
        "street",     "road",    "avenue",    "boulevard", "crescent", "court",   "place", "drive",
        "lane",       "square",  "highway",   "parkway",   "parade",   "terrace", "close", "circuit",
        "circle",     "grove",   "gardens",   "garden",    "way",      "route",   "alley", "mews",
        "walk",       "rise",    "row",       "platz",     "weg",      "gasse",   "allee", "ring",
        "expressway", "freeway", "turnpike",  "esplanade", "quay",     "view",    "loop",  "track",
        "trail",      "plaza",   "promenade", "avenida",   "via",
    };
    return kinds;
}

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

bool has_digit(std::string_view word) noexcept
{
    return std::ranges::any_of(word, is_digit);
}

/// "12", "12a", "2/98", "12-14": what the number of a house may be.
bool is_house_number(std::string_view word) noexcept
{
    if (word.empty() || word.size() > 9 || !is_digit(word.front())) return false;
    std::size_t letters = 0;
    for (const char c : word)
        if (!is_digit(c) && c != '/' && c != '-') ++letters;
    return letters <= 1;
}

std::string joined(const std::vector<std::string>& words, std::size_t from, std::size_t to)
{
    std::string text;
    for (std::size_t i = from; i < to; ++i)
        text.append(text.empty() ? "" : " ").append(words[i]);
    return text;
}

/// Words of a line; '/' and '-' stay between digits.
std::vector<std::string> words_of_line(std::string_view line)
{
    const std::string text = fold(line);
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_letter = (c >= 'a' && c <= 'z') || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
        const bool has_word = !words.back().empty();
        const bool before_digit = i + 1 < text.size() && is_digit(text[i + 1]);
        const bool joins
            = (c == '/' || c == '-') && has_word && is_digit(words.back().back()) && before_digit;
        if (is_letter || joins)
            words.back() += c;
        else if (has_word && c != '\'' && (c != '.' || before_digit)) // "Hauptstr.12"
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

void write_out(std::vector<std::string>& words)
{
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string& word = words[i];
        if (word == "st" && i + 1 < words.size() && !street_kinds().contains(words[i + 1]) && i == 0) {
            word = "saint";
            continue;
        }
        if (const auto found = short_words().find(word); found != short_words().end()) {
            word = found->second;
            continue;
        }
        // German streets are one word: "Hauptstr", "Hauptstrasse".
        if (word.size() > 6 && word.ends_with("strasse")) {
            word.resize(word.size() - 7);
            words.insert(words.begin() + static_cast<std::ptrdiff_t>(++i), "street");
        } else if (word.size() > 5 && word.ends_with("str")) {
            word.resize(word.size() - 3);
            words.insert(words.begin() + static_cast<std::ptrdiff_t>(++i), "street");
        }
    }
    std::erase_if(words, [](const std::string& word) { return word.empty(); });
}

} // namespace

std::string plain_word(std::string_view text)
{
    std::string word;
    for (const char c : fold(text))
        if ((c >= 'a' && c <= 'z') || is_digit(c) || static_cast<unsigned char>(c) >= 0x80) word += c;
    return word;
}

std::string plain_words(std::string_view text)
{
    std::string words;
    bool parted = false;
    for (const char c : fold(text)) {
        const bool is_letter = (c >= 'a' && c <= 'z') || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
        if (is_letter) {
            if (parted && !words.empty()) words += ' ';
            words += c;
            parted = false;
        } else if (c != '.' && c != '\'' && c != '`')
            parted = true;
    }
    return words;
}

StreetLine parse_street(std::string_view line)
{
    StreetLine street;
    std::vector<std::string> words = words_of_line(line);
    if (words.empty()) return street;
    // The number stands in front, or at the end as in most of Europe.
    if (is_house_number(words.front()) && words.size() > 1) {
        street.number = std::move(words.front());
        words.erase(words.begin());
        if (words.size() > 1 && words.front().size() == 1 && words.front() < "g") { // "12 a High Street"
            street.number += words.front();
            words.erase(words.begin());
        }
    } else if (words.size() > 1 && is_house_number(words.back())) {
        street.number = std::move(words.back());
        words.pop_back();
    } else if (words.size() > 2 && words.back().size() == 1 && is_house_number(words[words.size() - 2])) {
        street.number = words[words.size() - 2] + words.back(); // "Hauptstr. 12 a"
        words.resize(words.size() - 2);
    } else if (words.size() == 1 && is_house_number(words.front())) {
        street.number = std::move(words.front());
        return street;
    }
    write_out(words);
    street.name = joined(words, 0, words.size());
    return street;
}

std::string_view without_street_kind(std::string_view name) noexcept
{
    const auto blank = name.rfind(' ');
    if (blank == std::string_view::npos || !street_kinds().contains(name.substr(blank + 1))) return name;
    return name.substr(0, blank);
}

AddressLine parse_address_line(std::string_view text)
{
    AddressLine address;
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(",;\n"), text.size());
        if (const auto part = trim(text.substr(0, end)); !part.empty()) parts.push_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (parts.empty()) return address;
    address.street = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i) {
        std::string city;
        std::string_view rest = parts[i];
        while (!rest.empty()) {
            const auto blank = std::min(rest.find(' '), rest.size());
            const std::string_view word = rest.substr(0, blank);
            rest.remove_prefix(std::min(blank + 1, rest.size()));
            if (has_digit(word))
                address.postcode += plain_word(word);
            else if (word.size() > 2 || !city.empty())
                city.append(city.empty() ? "" : " ").append(word);
        }
        if (address.city.empty()) address.city = std::move(city);
    }
    return address;
}

} // namespace mortise::host::matching
