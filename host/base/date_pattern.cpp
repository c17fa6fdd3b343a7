#include "base/text.hpp"
#include "base/text_scanner.hpp"
#include "base/time_text.hpp"

#include <array>

namespace mortise::host {
namespace {

constexpr std::array<std::string_view, 12> month_names{
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
};

constexpr std::size_t short_name = 3;

/// Takes the long name if it stands there, else the short one.
std::optional<std::int64_t> scan_month_name(TextScanner& scanner)
{
    for (std::size_t month = 0; month < month_names.size(); ++month) {
        const std::string_view name = month_names[month];
        for (const std::size_t length : {name.size(), short_name}) {
            if (!equal_ignoring_ascii_case(scanner.rest().substr(0, length), name.substr(0, length)))
                continue;
            scanner.skip(length);
            return static_cast<std::int64_t>(month) + 1;
        }
    }
    return std::nullopt;
}

constexpr std::int64_t pivot = 69;

bool scan_part(TextScanner& scanner, char letter, CivilDate& civil)
{
    std::optional<std::int64_t> number;
    switch (letter) {
    case 'd':
    case 'e':
        if (letter == 'e') scanner.take(' ');
        number = scanner.digits(1, 2);
        civil.day = static_cast<unsigned>(number.value_or(0));
        break;
    case 'm':
        number = scanner.digits(1, 2);
        civil.month = static_cast<unsigned>(number.value_or(0));
        break;
    case 'b':
        number = scan_month_name(scanner);
        civil.month = static_cast<unsigned>(number.value_or(0));
        break;
    case 'Y':
        number = scanner.digits(4);
        civil.year = number.value_or(0);
        break;
    case 'y':
        number = scanner.digits(2);
        civil.year = number.value_or(0) + (number.value_or(0) >= pivot ? 1900 : 2000);
        break;
    default:
        break;
    }
    return number.has_value();
}

void append_two(std::string& out, std::int64_t number, char pad)
{
    if (number < 10) out += pad;
    out += std::to_string(number);
}

} // namespace

Result<DatePattern> DatePattern::create(std::string_view pattern)
{
    const auto refuse = [&](const std::string& why) {
        return Error{
            ErrorCode::invalid,
            "date pattern \"" + std::string{pattern} + "\" " + why,
            "time.pattern",
            {},
            "use %d or %e, %m or %b, and %Y or %y, such as %d-%m-%y",
        };
    };
    DatePattern made{pattern};
    std::array<int, 3> seen{}; // day, month, year
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') {
            made.m_parts.push_back({0, pattern[i]});
            continue;
        }
        const char letter = ++i < pattern.size() ? pattern[i] : '\0';
        if (letter == '%') {
            made.m_parts.push_back({0, '%'});
            continue;
        }
        constexpr std::string_view letters = "dembBhYy";
        constexpr std::array<std::size_t, 8> meanings{0, 0, 1, 1, 1, 1, 2, 2};
        const auto which = letters.find(letter);
        if (letter == '\0' || which == std::string_view::npos)
            return refuse("has an unknown %" + (letter == '\0' ? std::string{} : std::string{letter}));
        ++seen[meanings[which]];
        made.m_parts.push_back({letter, 0});
    }
    if (seen != std::array{1, 1, 1}) return refuse("does not have day, month and year once each");
    return made;
}

Result<Date> DatePattern::parse(std::string_view text) const
{
    TextScanner scanner{text};
    CivilDate civil;
    bool matches = true;
    for (const Part& part : m_parts) {
        const char letter = part.letter == 'B' || part.letter == 'h' ? 'b' : part.letter;
        matches = letter == 0 ? scanner.take(part.literal) : scan_part(scanner, letter, civil);
        if (!matches) break;
    }
    if (matches && scanner.at_end()) return date_of(civil);
    return Error{
        ErrorCode::invalid,
        "not a date of the form " + m_pattern + ": \"" + std::string{text.substr(0, 60)} + "\"",
        "time.invalid",
        {},
        {},
    };
}

std::string DatePattern::format(Date date) const
{
    const CivilDate civil = civil_of(date);
    const std::string iso = format_date(date);
    std::string out;
    for (const Part& part : m_parts) {
        const auto month_name = month_names[civil.month - 1];
        switch (part.letter) {
        case 'd':
            append_two(out, civil.day, '0');
            break;
        case 'e':
            append_two(out, civil.day, ' ');
            break;
        case 'm':
            append_two(out, civil.month, '0');
            break;
        case 'b':
        case 'h':
            out += month_name.substr(0, short_name);
            break;
        case 'B':
            out += month_name;
            break;
        case 'Y':
            out += iso.substr(0, iso.size() - 6);
            break;
        case 'y':
            append_two(out, (civil.year % 100 + 100) % 100, '0');
            break;
        default:
            out += part.literal;
        }
    }
    return out;
}

Result<Date> parse_date(std::string_view text, std::string_view pattern)
{
    MORTISE_TRY(const DatePattern compiled, DatePattern::create(pattern));
    return compiled.parse(text);
}

} // namespace mortise::host
