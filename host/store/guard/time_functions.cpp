#include "base/time_text.hpp"
#include "store/guard/function_support.hpp"
#include "store/guard/time_unit.hpp"

#include <array>
#include <optional>

namespace mortise::host {

namespace {

/// A time as columns hold it: whole microseconds, or the text of a day.
struct Moment {
    std::int64_t microseconds{0};
    bool is_day{false};
};

std::optional<Moment> moment_of(sqlite3_value* value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: {
        const std::int64_t microseconds = sqlite3_value_int64(value);
        if (!is_in_calendar(microseconds)) return std::nullopt;
        return Moment{microseconds, false};
    }
    case SQLITE_TEXT: {
        const auto date = parse_date(text_of(value));
        if (!date) return std::nullopt;
        return Moment{date->days * microseconds_per_day, true};
    }
    default:
        return std::nullopt;
    }
}

/// A moment goes back as it came: a day as text, a time as a number.
void result_moment(sqlite3_context* context, std::optional<std::int64_t> microseconds, bool is_day)
{
    if (!microseconds) return sqlite3_result_null(context);
    if (is_day) return result_text(context, format_date({day_of(*microseconds)}));
    sqlite3_result_int64(context, *microseconds);
}

void date_trunc(sqlite3_context* context, int, sqlite3_value** arguments)
{
    guarded_call(context, [&] {
        const auto unit = parse_time_unit(text_of(arguments[0]));
        const auto moment = moment_of(arguments[1]);
        if (!unit || !moment) return sqlite3_result_null(context);
        result_moment(context, truncate(moment->microseconds, *unit), moment->is_day);
    });
}

void date_part(sqlite3_context* context, int, sqlite3_value** arguments)
{
    guarded_call(context, [&] {
        const auto part = parse_time_part(text_of(arguments[0]));
        const auto moment = moment_of(arguments[1]);
        if (!part || !moment) return sqlite3_result_null(context);
        const TimePartValue value = part_of(moment->microseconds, *part);
        if (value.microseconds == 0) return sqlite3_result_int64(context, value.whole);
        sqlite3_result_double(
            context, static_cast<double>(value.whole) + static_cast<double>(value.microseconds) / 1e6
        );
    });
}

/// date_add(time, count, unit).
void date_add(sqlite3_context* context, int, sqlite3_value** arguments)
{
    guarded_call(context, [&] {
        const auto moment = moment_of(arguments[0]);
        const auto unit = parse_time_unit(text_of(arguments[2]));
        if (!moment || !unit || sqlite3_value_numeric_type(arguments[1]) != SQLITE_INTEGER)
            return sqlite3_result_null(context);
        if (moment->is_day && *unit < TimeUnit::day) return sqlite3_result_null(context);
        result_moment(
            context, add_units(moment->microseconds, sqlite3_value_int64(arguments[1]), *unit), moment->is_day
        );
    });
}

/// date(time): the text of its day in UTC.
void date_of_time(sqlite3_context* context, int, sqlite3_value** arguments)
{
    guarded_call(context, [&] {
        const auto moment = moment_of(arguments[0]);
        result_moment(context, moment ? std::optional{moment->microseconds} : std::nullopt, true);
    });
}

void now(sqlite3_context* context, int, sqlite3_value**)
{
    sqlite3_result_int64(context, state_of(context).now);
}

constexpr std::array functions = std::to_array<SqlFunction>({
    {"date_trunc", 2, false, date_trunc},
    {"date_part", 2, false, date_part},
    {"date_add", 3, false, date_add},
    {"date", 1, false, date_of_time},
    {"now", 0, false, now},
});

} // namespace

std::span<const SqlFunction> time_functions() noexcept
{
    return functions;
}

} // namespace mortise::host
