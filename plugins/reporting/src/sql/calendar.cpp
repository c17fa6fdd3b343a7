#include "sql/calendar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace mortise::plugins::reporting {

namespace {

using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 6> units{
    "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"
};

int number_at(std::string_view text, std::size_t from, std::size_t size) noexcept
{
    int number = -1;
    if (from + size > text.size()) return -1;
    const char* end = text.data() + from + size;
    const auto read = std::from_chars(text.data() + from, end, number);
    return read.ptr == end && read.ec == std::errc{} ? number : -1;
}

year_month_day civil(Date day)
{
    return year_month_day{sys_days{days{static_cast<int>(day.days)}}};
}

/// The first day of the month `count` months from 0000-01.
Date month_start(std::int64_t count)
{
    const std::int64_t whole = count >= 0 ? count / 12 : (count - 11) / 12;
    const year_month_day first{
        year{static_cast<int>(whole)},
        month{static_cast<unsigned>(count - whole * 12 + 1)},
        std::chrono::day{1}
    };
    return Date{sys_days{first}.time_since_epoch().count()};
}

std::int64_t months_of(Date day)
{
    const year_month_day date = civil(day);
    return std::int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month()) - 1;
}

/// 1 is Monday.
int weekday_of(Date day)
{
    return static_cast<int>(std::chrono::weekday{sys_days{days{static_cast<int>(day.days)}}}.iso_encoding());
}

std::int64_t floor_to(std::int64_t number, std::int64_t step, std::int64_t from)
{
    const std::int64_t rest = ((number - from) % step + step) % step;
    return number - rest;
}

Date same_day_a_year_earlier(Date day)
{
    const year_month_day date = civil(day) - std::chrono::years{1};
    const year_month_day valid
        = date.ok() ? date : year_month_day{date.year() / date.month() / std::chrono::last};
    return Date{sys_days{valid}.time_since_epoch().count()};
}

std::string padded(std::int64_t number, std::size_t width)
{
    std::string text = std::to_string(number);
    if (text.size() < width) text.insert(0, width - text.size(), '0');
    return text;
}

} // namespace

std::optional<Date> parse_day(std::string_view text) noexcept
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const int y = number_at(text, 0, 4);
    const int m = number_at(text, 5, 2);
    const int d = number_at(text, 8, 2);
    if (y < 0 || m < 1 || d < 1) return std::nullopt;
    const year_month_day date{
        year{y}, month{static_cast<unsigned>(m)}, std::chrono::day{static_cast<unsigned>(d)}
    };
    if (!date.ok()) return std::nullopt;
    return Date{sys_days{date}.time_since_epoch().count()};
}

std::string day_text(Date day)
{
    const year_month_day date = civil(day);
    return padded(static_cast<int>(date.year()), 4) + "-" + padded(static_cast<unsigned>(date.month()), 2)
        + "-" + padded(static_cast<unsigned>(date.day()), 2);
}

bool is_period_name(std::string_view name) noexcept
{
    if (name == "today" || name == "yesterday") return true;
    if (!name.starts_with("this_") && !name.starts_with("last_")) return false;
    return std::ranges::find(units, name.substr(5)) != units.end();
}

Date bucket_start(Date day, std::string_view bucket, const Calendar& calendar)
{
    if (bucket == "week") return Date{day.days - (weekday_of(day) - calendar.week_start + 7) % 7};
    if (bucket == "month") return month_start(months_of(day));
    if (bucket == "quarter") return month_start(floor_to(months_of(day), 3, 0));
    if (bucket == "year") return month_start(floor_to(months_of(day), 12, 0));
    if (bucket == "fiscal_quarter")
        return month_start(floor_to(months_of(day), 3, calendar.fiscal_month - 1));
    if (bucket == "fiscal_year") return month_start(floor_to(months_of(day), 12, calendar.fiscal_month - 1));
    return day;
}

Date bucket_add(Date start, std::string_view bucket, std::int64_t count)
{
    if (bucket == "day") return Date{start.days + count};
    if (bucket == "week") return Date{start.days + 7 * count};
    std::int64_t months = count;
    if (bucket == "quarter" || bucket == "fiscal_quarter") months = 3 * count;
    if (bucket == "year" || bucket == "fiscal_year") months = 12 * count;
    return month_start(months_of(start) + months);
}

bool is_sequence(std::string_view bucket) noexcept
{
    return bucket == "day" || std::ranges::find(units, bucket) != units.end();
}

Days days_of(const Period& period, Date today, const Calendar& calendar)
{
    if (period.name == "today") return {today, Date{today.days + 1}};
    if (period.name == "yesterday") return {Date{today.days - 1}, today};
    if (!period.name.empty()) {
        const std::string_view unit = std::string_view{period.name}.substr(5);
        const Date start = bucket_start(today, unit, calendar);
        if (period.name.starts_with("this_")) return {start, bucket_add(start, unit, 1)};
        return {bucket_add(start, unit, -1), start};
    }
    if (period.last > 0) {
        const Date start = bucket_start(today, period.unit, calendar);
        return {bucket_add(start, period.unit, 1 - period.last), bucket_add(start, period.unit, 1)};
    }
    return {period.from, period.to};
}

Days days_before(const Period& period, Date today, const Calendar& calendar, bool a_year)
{
    const Days now = days_of(period, today, calendar);
    if (!now.from || !now.to) return now;
    if (a_year) return {same_day_a_year_earlier(*now.from), same_day_a_year_earlier(*now.to)};
    std::string_view unit = "day";
    if (period.name.size() > 5 && period.name != "yesterday") unit = std::string_view{period.name}.substr(5);
    if (period.last > 0) unit = period.unit;
    if (period.last > 0) return {bucket_add(*now.from, unit, -period.last), now.from};
    if (!period.name.empty() && unit != "day") return {bucket_add(*now.from, unit, -1), now.from};
    return {Date{2 * now.from->days - now.to->days}, now.from};
}

std::string
bucket_sql(std::string_view bucket, const std::string& day, const std::string& hour, const Calendar& calendar)
{
    const auto shifted = [](const std::string& sql, int count, const char* unit) {
        return count == 0 ? sql : "date_add(" + sql + ", " + std::to_string(count) + ", '" + unit + "')";
    };
    const auto truncated = [](const char* unit, const std::string& sql) {
        return "date_trunc('" + std::string{unit} + "', " + sql + ")";
    };
    const int shift = calendar.fiscal_month - 1;
    if (bucket == "week") {
        const int back = calendar.week_start - 1;
        return shifted(truncated("week", shifted(day, -back, "day")), back, "day");
    }
    if (bucket == "month" || bucket == "quarter" || bucket == "year")
        return truncated(std::string{bucket}.c_str(), day);
    // To the first of the month, so that no day is cut off by a shorter month.
    const std::string first = truncated("month", day);
    if (bucket == "fiscal_quarter")
        return shifted(truncated("quarter", shifted(first, -shift, "month")), shift, "month");
    if (bucket == "fiscal_year")
        return shifted(truncated("year", shifted(first, -shift, "month")), shift, "month");
    if (bucket == "weekday")
        return "mod(date_part('isodow', " + day + ") + " + std::to_string(7 - calendar.week_start)
            + ", 7) + 1";
    if (bucket == "day_of_month") return "date_part('day', " + day + ")";
    if (bucket == "month_of_year") return "date_part('month', " + day + ")";
    if (bucket == "quarter_of_year") return "date_part('quarter', " + day + ")";
    if (bucket == "hour_of_day") return hour;
    if (bucket == "hour") return "(" + day + " || 'T' || substr('0' || (" + hour + "), -2))";
    return day;
}

std::string bucket_label(std::string_view bucket, const Value& key, const Calendar& calendar)
{
    if (const auto* number = key.as<std::int64_t>()) {
        constexpr std::array<std::string_view, 7> weekdays{
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
        };
        constexpr std::array<std::string_view, 12> months{
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
            "December"
        };
        if (bucket == "weekday" && *number >= 1 && *number <= 7)
            return std::string{weekdays[static_cast<std::size_t>((*number + calendar.week_start - 2) % 7)]};
        if (bucket == "month_of_year" && *number >= 1 && *number <= 12)
            return std::string{months[static_cast<std::size_t>(*number - 1)]};
        if (bucket == "quarter_of_year") return "Q" + std::to_string(*number);
        if (bucket == "hour_of_day") return padded(*number, 2) + ":00";
        return std::to_string(*number);
    }
    const auto day = parse_day(key.text());
    if (!day) return std::string{key.text()};
    const int y = static_cast<int>(civil(*day).year());
    const int m = static_cast<int>(static_cast<unsigned>(civil(*day).month()));
    // A fiscal year has the name of the year in which it ends.
    const int fiscal = calendar.fiscal_month > 1 && m >= calendar.fiscal_month ? y + 1 : y;
    if (bucket == "month") return padded(y, 4) + "-" + padded(m, 2);
    if (bucket == "quarter") return padded(y, 4) + " Q" + std::to_string((m - 1) / 3 + 1);
    if (bucket == "year") return std::to_string(y);
    if (bucket == "fiscal_year") return "FY" + std::to_string(fiscal);
    if (bucket == "fiscal_quarter")
        return "FY" + padded(fiscal, 4) + " Q"
            + std::to_string((m - calendar.fiscal_month + 12) % 12 / 3 + 1);
    if (bucket == "week" && calendar.week_start == 1) {
        const Date thursday{day->days + 3};
        const int week_year = static_cast<int>(civil(thursday).year());
        const Date first{sys_days{year{week_year} / month{1} / std::chrono::day{1}}.time_since_epoch().count()
        };
        return padded(week_year, 4) + "-W" + padded((thursday.days - first.days) / 7 + 1, 2);
    }
    return std::string{key.text()};
}

} // namespace mortise::plugins::reporting
