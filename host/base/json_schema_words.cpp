#include "base/json_schema_words.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace mortise::host {

namespace json = boost::json;

namespace {

constexpr std::size_t shown_length = 60;
constexpr std::size_t most_listed = 20;

/// The number of single-letter changes between two names.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row[b.size()];
}

bool is_digits(std::string_view text, std::size_t from, std::size_t count)
{
    return text.size() >= from + count
        && std::ranges::all_of(text.substr(from, count), [](char c) { return c >= '0' && c <= '9'; });
}

int number_at(std::string_view text, std::size_t from, std::size_t count)
{
    int result = 0;
    for (const char c : text.substr(from, count))
        result = result * 10 + (c - '0');
    return result;
}

bool is_date(std::string_view text)
{
    static constexpr std::array<int, 12> days{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    if (!is_digits(text, 0, 4) || !is_digits(text, 5, 2) || !is_digits(text, 8, 2)) return false;
    const int year = number_at(text, 0, 4);
    const int month = number_at(text, 5, 2);
    const int day = number_at(text, 8, 2);
    if (month < 1 || month > 12 || day < 1 || day > days[static_cast<std::size_t>(month - 1)]) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month != 2 || day <= 28 || leap;
}

bool is_time(std::string_view text)
{
    if (!is_digits(text, 0, 2) || !is_digits(text, 3, 2) || !is_digits(text, 6, 2)) return false;
    if (text[2] != ':' || text[5] != ':') return false;
    if (number_at(text, 0, 2) > 23 || number_at(text, 3, 2) > 59 || number_at(text, 6, 2) > 60) return false;
    text.remove_prefix(8);
    if (text.starts_with('.')) {
        const std::size_t end = text.find_first_not_of("0123456789", 1);
        if (end == 1) return false;
        text.remove_prefix(end == text.npos ? text.size() : end);
    }
    if (text == "Z" || text == "z") return true;
    return text.size() == 6 && (text[0] == '+' || text[0] == '-') && is_digits(text, 1, 2) && text[3] == ':'
        && is_digits(text, 4, 2) && number_at(text, 1, 2) <= 23 && number_at(text, 4, 2) <= 59;
}

} // namespace

std::string shown(const json::value& value)
{
    if (value.is_object()) return "an object";
    if (value.is_array()) return "a list of " + std::to_string(value.get_array().size());
    std::string text = json::serialize(value);
    if (text.size() <= shown_length) return text;
    std::size_t end = shown_length;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return text.substr(0, end) + "...\"";
}

std::string number_of(std::size_t count, std::string_view what)
{
    return std::to_string(count) + ' ' + std::string{what} + (count == 1 ? "" : "s");
}

std::string shown_types(std::uint8_t types)
{
    static constexpr std::array<std::pair<TypeBit, std::string_view>, 7> words{{
        {type_null, "null"},
        {type_boolean, "true or false"},
        {type_integer, "a whole number"},
        {type_number, "a number"},
        {type_string, "a text"},
        {type_array, "a list"},
        {type_object, "an object"},
    }};
    std::string result;
    for (const auto& [bit, word] : words)
        if (types & bit) result += (result.empty() ? "" : " or ") + std::string{word};
    return result;
}

std::string hint_for(std::string_view wrong, const std::vector<std::string>& known)
{
    constexpr std::size_t longest_name = 64;
    if (wrong.size() <= longest_name)
        for (const std::string& name : known)
            if (name.size() <= longest_name && distance(wrong, name) <= 1 + name.size() / 6)
                return "did you mean \"" + name + "\"?";
    std::string list;
    for (std::size_t index = 0; index < known.size() && index < most_listed; ++index)
        list += (index == 0 ? "\"" : ", \"") + known[index] + '"';
    if (known.empty()) return {};
    return "known are " + list + (known.size() > most_listed ? ", ..." : "");
}

std::string shown_list(const json::array& values)
{
    std::string result;
    for (std::size_t index = 0; index < values.size() && index < most_listed; ++index)
        result += (index == 0 ? "" : ", ") + shown(values[index]);
    return result + (values.size() > most_listed ? ", ..." : "");
}

bool has_format(std::string_view text, SchemaFormat format)
{
    switch (format) {
    case SchemaFormat::none:
        return true;
    case SchemaFormat::date:
        return is_date(text);
    case SchemaFormat::time:
        return is_time(text);
    case SchemaFormat::date_time:
        return text.size() > 11 && (text[10] == 'T' || text[10] == 't') && is_date(text.substr(0, 10))
            && is_time(text.substr(11));
    }
    return true;
}

std::string_view words_of(SchemaFormat format)
{
    switch (format) {
    case SchemaFormat::date:
        return "a date like 2026-02-28";
    case SchemaFormat::time:
        return "a time like 14:30:00Z";
    case SchemaFormat::date_time:
        return "a time like 2026-02-28T14:30:00Z";
    case SchemaFormat::none:
        break;
    }
    return {};
}

} // namespace mortise::host
