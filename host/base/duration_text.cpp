#include "base/text_scanner.hpp"
#include "base/time_text.hpp"

#include <array>

namespace mortise::host {
namespace {

struct Unit {
    char letter;
    std::uint64_t microseconds;
    bool of_time; ///< stands after T
};

constexpr std::array units{
    Unit{'W', 604'800'000'000, false},
    Unit{'D', 86'400'000'000, false},
    Unit{'H', 3'600'000'000, true},
    Unit{'M', 60'000'000, true},
    Unit{'S', 1'000'000, true},
};

Error invalid(std::string_view text)
{
    return Error{
        ErrorCode::invalid,
        "not a duration: \"" + std::string{text.substr(0, 60)} + "\"",
        "time.invalid",
        {},
        "write it as P1DT2H30M or PT0.5S; years and months have no fixed length",
    };
}

/// Adds what one designator says. Order is kept by `next_unit`, the first unit that may still come.
bool scan_unit(TextScanner& scanner, bool after_t, std::size_t& next_unit, std::uint64_t& total)
{
    const auto number = scanner.digits(1, 18);
    if (!number) return false;
    std::int64_t fraction = 0;
    const bool has_fraction = scanner.take('.') || scanner.take(',');
    if (has_fraction) {
        const auto found = scanner.fraction(6);
        if (!found) return false;
        fraction = *found;
    }
    for (; next_unit < units.size(); ++next_unit) {
        const Unit& unit = units[next_unit];
        if (unit.of_time != after_t || !scanner.take(unit.letter)) continue;
        ++next_unit;
        if (has_fraction && unit.letter != 'S') return false;
        std::uint64_t part = 0;
        return !__builtin_mul_overflow(static_cast<std::uint64_t>(*number), unit.microseconds, &part)
            && !__builtin_add_overflow(part, static_cast<std::uint64_t>(fraction), &part)
            && !__builtin_add_overflow(total, part, &total);
    }
    return false;
}

} // namespace

Result<Duration> parse_duration(std::string_view text)
{
    TextScanner scanner{text};
    const bool negative = scanner.take('-');
    if (!negative) scanner.take('+');
    if (!scanner.take('P') || scanner.at_end()) return invalid(text);
    std::uint64_t total = 0;
    std::size_t next_unit = 0;
    bool after_t = false;
    while (!scanner.at_end()) {
        if (!after_t && scanner.take('T')) {
            after_t = true;
            if (scanner.at_end()) return invalid(text);
        }
        if (!scan_unit(scanner, after_t, next_unit, total)) return invalid(text);
    }
    constexpr auto lowest = static_cast<std::uint64_t>(INT64_MAX) + 1;
    if (total > lowest || (total == lowest && !negative)) return invalid(text);
    return Duration{static_cast<std::int64_t>(negative ? 0 - total : total)};
}

void append_duration(std::string& out, Duration duration)
{
    if (duration.microseconds == 0) {
        out += "PT0S";
        return;
    }
    auto rest = static_cast<std::uint64_t>(duration.microseconds);
    if (duration.microseconds < 0) {
        out += '-';
        rest = 0 - rest;
    }
    out += 'P';
    bool after_t = false;
    for (const Unit& unit : units) {
        if (unit.letter == 'W') continue;
        const bool last = unit.letter == 'S';
        const std::uint64_t count = rest / unit.microseconds;
        rest %= unit.microseconds;
        if (count == 0 && !(last && rest != 0)) continue;
        if (unit.of_time && !after_t) {
            out += 'T';
            after_t = true;
        }
        out += std::to_string(count);
        if (last && rest != 0) {
            const std::string digits = std::to_string(1'000'000 + rest);
            out += '.';
            out += digits.substr(1, digits.find_last_not_of('0'));
        }
        out += unit.letter;
    }
}

std::string format_duration(Duration duration)
{
    std::string out;
    append_duration(out, duration);
    return out;
}

} // namespace mortise::host
