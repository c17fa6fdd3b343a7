#include "outbox/send_window.hpp"

#include <array>

namespace mortise::plugins::email {

namespace {

constexpr std::int64_t hour = 3'600'000'000;
constexpr std::int64_t day = 24 * hour;

/// 1970-01-01 was a Thursday.
int weekday_of(Date date)
{
    return static_cast<int>(((date.days + 3) % 7 + 7) % 7);
}

/// When the oldest of the last `limit` messages leaves the span, if there are so many in it.
std::optional<Instant>
wait_for(const Host& host, Id mailbox, std::int64_t limit, std::int64_t span, Instant now)
{
    if (limit <= 0) return std::nullopt;
    const Rows rows = require(host.query(
        "SELECT d.sent_at AS sent_at FROM email_delivery d WHERE d.mailbox = :mailbox AND d.sent_at > :since"
        " ORDER BY d.sent_at DESC LIMIT 1 OFFSET :skip",
        Map{{"mailbox", mailbox.number}, {"since", now.microseconds - span}, {"skip", limit - 1}}
    ));
    if (rows.empty()) return std::nullopt;
    return Instant{rows.front()["sent_at"].value().get_or(now).microseconds + span + 1};
}

} // namespace

SendWindow window_of(const Record& mailbox)
{
    constexpr std::array<std::string_view, 7> names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    SendWindow window;
    for (const ValueView item : mailbox["send_days"].items())
        for (std::size_t i = 0; i < names.size(); ++i)
            if (item.text() == names[i]) window.days.insert(static_cast<int>(i));
    window.from = mailbox["send_from"].as<TimeOfDay>();
    window.to = mailbox["send_to"].as<TimeOfDay>();
    return window;
}

bool is_open(const SendWindow& window, const LocalTime& local)
{
    const TimeOfDay from = window.from.value_or(TimeOfDay{});
    const TimeOfDay to = window.to.value_or(TimeOfDay{day});
    const bool is_over_midnight = to <= from;
    const bool is_in_hours
        = is_over_midnight ? local.time >= from || local.time < to : local.time >= from && local.time < to;
    if (!is_in_hours) return false;
    if (window.days.empty()) return true;
    // What began before midnight belongs to the day before.
    const bool is_of_yesterday = is_over_midnight && local.time < from;
    const Date date{local.date.days - (is_of_yesterday ? 1 : 0)};
    return window.days.contains(weekday_of(date));
}

Instant next_open(const SendWindow& window, const TimeZone& zone, Instant now)
{
    const LocalTime local = require(zone.to_local(now));
    if (is_open(window, local)) return now;
    for (std::int64_t ahead = 0; ahead <= 8; ++ahead) {
        const LocalTime start{Date{local.date.days + ahead}, window.from.value_or(TimeOfDay{})};
        const Instant candidate = require(zone.to_time(start));
        if (candidate > now && is_open(window, start)) return candidate;
    }
    return Instant{now.microseconds + day};
}

std::optional<Instant> wait_for_limit(const Host& host, const Record& mailbox, Instant now)
{
    const auto by_hour = wait_for(host, mailbox.id(), mailbox["hourly_limit"].integer(), hour, now);
    const auto by_day = wait_for(host, mailbox.id(), mailbox["daily_limit"].integer(), day, now);
    if (by_hour && by_day) return std::max(*by_hour, *by_day);
    return by_hour ? by_hour : by_day;
}

} // namespace mortise::plugins::email
