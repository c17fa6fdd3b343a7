#include "views/view_rows.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

namespace mortise::ui {
namespace {

using namespace std::chrono_literals;

std::optional<int> number_in(std::string_view text, std::size_t at, std::size_t size)
{
    if (text.size() < at + size) return std::nullopt;
    int number = 0;
    const char* const begin = text.data() + at;
    const auto [end, failed] = std::from_chars(begin, begin + size, number);
    if (failed != std::errc{} || end != begin + size) return std::nullopt;
    return number;
}

std::optional<Clock::Wall> parse_time(std::string_view text)
{
    const auto year = number_in(text, 0, 4);
    const auto month = number_in(text, 5, 2);
    const auto day = number_in(text, 8, 2);
    const auto hour = number_in(text, 11, 2);
    const auto minute = number_in(text, 14, 2);
    const auto second = number_in(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{*year},
        std::chrono::month{static_cast<unsigned>(*month)},
        std::chrono::day{static_cast<unsigned>(*day)}
    };
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute}
    + std::chrono::seconds{*second};
}

constexpr std::array good{
    "good", "done", "sent", "delivered", "won", "succeeded", "stored", "active", "applied"
};
constexpr std::array bad{
    "failing", "failed", "error", "dead", "lost", "hard", "bounced", "broken", "refused"
};
constexpr std::array doubtful{
    "waiting", "retrying", "ambiguous", "soft", "overdue", "unknown", "stale", "late"
};

} // namespace

std::string relative_time_text(std::string_view rfc3339, Clock::Wall now)
{
    const auto time = parse_time(rfc3339);
    if (!time) return time_text(rfc3339);
    const auto span = std::chrono::duration_cast<std::chrono::seconds>(now - *time);
    const auto length = span < 0s ? -span : span;
    if (length > 14 * 24h) return time_text(rfc3339);
    if (length < 5s) return "now";
    return span < 0s ? "in " + span_text(length) : span_text(length) + " ago";
}

Tone tone_of_word(std::string_view word)
{
    const auto is_in = [word](const auto& words) { return std::ranges::find(words, word) != words.end(); };
    return is_in(good)    ? Tone::positive
        : is_in(bad)      ? Tone::danger
        : is_in(doubtful) ? Tone::warning
                          : Tone::neutral;
}

boost::json::object ViewRows::row(std::int64_t index) const
{
    boost::json::object row;
    for (std::size_t i = 0; i < m_rows.columns().size(); ++i)
        row[m_rows.columns()[i].name] = m_rows.value(index, i);
    return row;
}

std::optional<GridCell> ViewRows::cell(std::int64_t row, const GridColumn& column) const
{
    auto cell = m_rows.cell(row, column);
    const auto found = m_formats.find(column.key);
    if (!cell || found == m_formats.end()) return cell;
    const auto index
        = static_cast<std::size_t>(integer_of(boost::json::value(boost::json::string{column.key}), 0));
    const boost::json::value& value = m_rows.value(row, index);
    if (value.is_null()) return cell;
    const std::string& format = found->second;
    if (format == "link") cell->look = CellLook::strong;
    if (format == "relative_time") cell->text = relative_time_text(text_of(value), m_clock.wall());
    if (format == "badge") {
        cell->tone = tone_of_word(text_of(value)); // an option's words are its vendor's
        cell->look = cell->tone == Tone::neutral ? CellLook::badge : CellLook::status;
    }
    if (format == "percent" || format == "progress") {
        if (format == "progress") cell->share = std::clamp(number_of(value) / 100, 0.0, 1.0);
        cell->text += " %";
    }
    return cell;
}

} // namespace mortise::ui
