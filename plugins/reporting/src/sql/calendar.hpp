#pragma once

/// \file
/// Days, periods and buckets of time: as days, as SQL and as headings.

#include "definition/condition.hpp"

#include <mortise/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace mortise::plugins::reporting {

/// A day written YYYY-MM-DD.
std::optional<Date> parse_day(std::string_view text) noexcept;
std::string day_text(Date day);

/// How weeks and fiscal years are counted.
struct Calendar {
    int week_start{1}; ///< 1 is Monday, 7 Sunday
    int fiscal_month{1}; ///< first month of the fiscal year, which is named by the year in which it ends
};

/// From `from` up to, but not including, `to`.
struct Days {
    std::optional<Date> from;
    std::optional<Date> to;
};

bool is_period_name(std::string_view name) noexcept;
Days days_of(const Period& period, Date today, const Calendar& calendar);
/// The days that a period is compared with: as many before it (whole periods for whole periods), or the same
/// ones a year earlier.
Days days_before(const Period& period, Date today, const Calendar& calendar, bool a_year);

/// The first day of the bucket in which a day lies, and of the one `count` later.
Date bucket_start(Date day, std::string_view bucket, const Calendar& calendar);
Date bucket_add(Date start, std::string_view bucket, std::int64_t count);
/// Whether keys of the bucket are days, one behind another.
bool is_sequence(std::string_view bucket) noexcept;

/// SQL for the key of a bucket: the text of its first day, or a small number for those that come round
/// (weekday 1 to 7 beginning with the first day of the week). `day` is SQL for a day, `hour` for the hour of
/// day.
std::string bucket_sql(
    std::string_view bucket, const std::string& day, const std::string& hour, const Calendar& calendar
);
/// The heading of a key that `bucket_sql` gave.
std::string bucket_label(std::string_view bucket, const Value& key, const Calendar& calendar);

} // namespace mortise::plugins::reporting
