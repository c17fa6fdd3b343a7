#include "base/text_scanner.hpp"
#include "base/time_text.hpp"
#include "exchange/vcard/vcard_contact.hpp"

namespace mortise::host {
namespace {

bool is_possible(const PartialDate& date)
{
    if (date.month > 12 || date.day > 31) return false;
    if (date.month == 0) return date.day == 0 || date.year == 0;
    // Without a year, the 29th of February is a day.
    constexpr int any_leap_year = 2000;
    const unsigned day = date.day == 0 ? 1 : date.day;
    return date_of({date.year == 0 ? any_leap_year : date.year, date.month, day}).has_value();
}

std::string padded(unsigned number, std::size_t width)
{
    const std::string digits = std::to_string(number);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

} // namespace

std::optional<PartialDate> parse_partial_date(std::string_view text)
{
    // A time of day does not matter.
    text = text.substr(0, text.find_first_of("Tt"));
    TextScanner scanner{text};
    PartialDate date;
    const bool without_year = scanner.take('-') && scanner.take('-');
    if (!without_year) {
        const auto year = scanner.digits(4);
        if (!year || *year == 0) return std::nullopt;
        date.year = static_cast<int>(*year);
        if (scanner.at_end()) return date;
        scanner.take('-');
    }
    const bool without_month = without_year && scanner.take('-');
    if (!without_month) {
        const auto month = scanner.digits(2);
        if (!month || *month == 0) return std::nullopt;
        date.month = static_cast<unsigned>(*month);
        if (!scanner.at_end()) scanner.take('-');
    }
    if (!scanner.at_end()) {
        const auto day = scanner.digits(2);
        if (!day || *day == 0 || !scanner.at_end()) return std::nullopt;
        date.day = static_cast<unsigned>(*day);
    }
    const bool says_something = date.month != 0 || date.day != 0;
    return says_something && is_possible(date) ? std::optional{date} : std::nullopt;
}

std::string format_partial_date(const PartialDate& date, VCardVersion version)
{
    const bool basic = version == VCardVersion::v4_0;
    const std::string_view dash = basic ? "" : "-";
    std::string text = date.year != 0 ? padded(static_cast<unsigned>(date.year), 4) : "--";
    if (date.month == 0 && date.day == 0) return text;
    if (date.month == 0) return text + "-" + padded(date.day, 2);
    // 4.0 writes a year and month with the dash, lest it be read as something else.
    if (date.year != 0) text += date.day == 0 ? "-" : dash;
    text += padded(date.month, 2);
    if (date.day != 0) (text += dash) += padded(date.day, 2);
    return text;
}

} // namespace mortise::host
