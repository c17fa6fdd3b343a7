#include "conditions/condition_parts.hpp"

#include "conditions/calendar.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <array>

namespace mortise::plugins::segmentation {

namespace {

constexpr std::array<std::string_view, 7> units{"minute", "hour", "day", "week", "month", "quarter", "year"};

Result<void> moment(const Value& value, const std::string& at, std::optional<Instant>& out)
{
    if (value.is_null()) return {};
    out = moment_of(value);
    if (out) return {};
    return wrong(
        at,
        "must be a day or a time",
        "written YYYY-MM-DD (it begins at midnight UTC), or YYYY-MM-DDThh:mm:ssZ"
    );
}

} // namespace

Error wrong(std::string_view where, std::string message, std::string hint)
{
    return {
        ErrorCode::invalid,
        std::move(message),
        "segmentation.condition",
        where.empty() ? std::string{"/"} : std::string{where},
        std::move(hint)
    };
}

bool is_name(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 120 && text.front() >= 'a' && text.front() <= 'z'
        && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t dot = std::min(text.find('.', from), text.size());
        parts.emplace_back(text.substr(from, dot - from));
        from = dot + 1;
    }
    return parts;
}

Result<void> only(const Map& map, const std::string& at, std::initializer_list<std::string_view> known)
{
    for (const Entry& entry : map)
        if (std::ranges::find(known, entry.key) == known.end()) {
            std::string names;
            for (const std::string_view name : known)
                names.append(names.empty() ? "" : ", ").append(name);
            return wrong(at + "/" + entry.key, "\"" + entry.key + "\" is not known here", "one of " + names);
        }
    return {};
}

Result<std::int64_t> share(const Value& value, const std::string& at)
{
    double percent = -1;
    if (const auto* whole = value.as<std::int64_t>()) percent = static_cast<double>(*whole);
    if (const auto* real = value.as<double>()) percent = *real;
    if (percent < 0 || percent > 100) return wrong(at, "must be a number from 0 to 100", "a percentage");
    return static_cast<std::int64_t>(percent * 100 + 0.5);
}

Result<std::vector<std::string>> names(const Value& value, const std::string& at, std::size_t most)
{
    std::vector<std::string> path = split(value.text());
    if (path.size() > most || !std::ranges::all_of(path, is_name))
        return wrong(
            at, "must be the name of a field", "such as country, or organisation.industry through a reference"
        );
    return path;
}

Result<std::vector<std::string>> data_path(const Value& value, const std::string& at)
{
    std::vector<std::string> path = split(value.text());
    const auto is_key = [](const std::string& key) { return !key.empty() && key.size() <= 120; };
    if (path.size() > 6 || !std::ranges::all_of(path, is_key))
        return wrong(
            at, "must be a key of the event's data", "such as total, or total.amount inside an object"
        );
    return path;
}

Result<void> comparison(const Map& map, const std::string& at, Comparison& out)
{
    const std::string_view is = map["is"].text();
    const auto test = operator_named(is);
    if (!test)
        return wrong(
            at + "/is",
            "\"" + std::string{is} + "\" is no test",
            "eq, ne, in, not_in, lt, le, gt, ge, between, starts_with, ends_with, contains, "
            "not_contains, is_set, is_not_set, has_any, has_all, has_none, within_last, before_last or "
            "within_next"
        );
    out.test = *test;
    const Value& value = map["value"];
    const bool takes_none = *test == Operator::is_set || *test == Operator::is_not_set;
    if (takes_none != value.is_null())
        return wrong(
            at + "/value",
            takes_none ? "takes no value" : "is missing",
            takes_none ? "leave it out" : "say what to compare with"
        );
    if (is_relative(*test)) return span(value, at + "/value", out.span);
    const List* list = value.as<List>();
    const bool takes_list = *test == Operator::in || *test == Operator::not_in || *test == Operator::between
        || *test == Operator::has_any || *test == Operator::has_all || *test == Operator::has_none;
    if (takes_list && (!list || list->empty() || list->size() > 500))
        return wrong(at + "/value", "must be a list of 1 to 500 values", R"(["AT", "DE"])");
    if (!takes_list && list) return wrong(at + "/value", "must be one value", "take in for several");
    if (*test == Operator::between && list->size() != 2)
        return wrong(at + "/value", "must be two values", "the least and the greatest, both included");
    out.value = value;
    return {};
}

Result<void> span(const Value& value, const std::string& at, Span& out)
{
    const auto* count = value["count"].as<std::int64_t>();
    out.unit = value["unit"].text();
    if (!count || *count < 1 || *count > 1'000'000 || std::ranges::find(units, out.unit) == units.end())
        return wrong(
            at,
            "must be a length of time",
            R"({"count": 30, "unit": "day"}; units are minute, hour, day, week, month, quarter, year)"
        );
    out.count = *count;
    return only(*value.as<Map>(), at, {"count", "unit"});
}

Result<void> window(const Value& within, const std::string& at, Condition& out)
{
    if (within.is_null()) return {};
    if (!within["last"].is_null()) {
        out.within.emplace();
        MORTISE_CHECK(only(*within.as<Map>(), at, {"last"}));
        return span(within["last"], at + "/last", *out.within);
    }
    const Map* range = within.as<Map>();
    if (!range)
        return wrong(
            at,
            "must be an object",
            R"({"last": {"count": 30, "unit": "day"}} or {"from": "2026-01-01", "to": "2026-04-01"})"
        );
    MORTISE_CHECK(only(*range, at, {"from", "to"}));
    MORTISE_CHECK(moment((*range)["from"], at + "/from", out.from));
    return moment((*range)["to"], at + "/to", out.to);
}

Result<void> currency(const Value& value, const std::string& at, Condition& out)
{
    if (value.is_null()) return {};
    if (const auto* found = find_currency(value.text())) {
        out.currency = found->alpha;
        return {};
    }
    return wrong(at, "must be a currency", "three letters of ISO 4217, such as EUR");
}

Result<void> measure_test(const Condition& out, const std::string& at, bool is_moment)
{
    switch (out.comparison.test) {
    case Operator::eq:
    case Operator::ne:
    case Operator::lt:
    case Operator::le:
    case Operator::gt:
    case Operator::ge:
    case Operator::between:
        return {};
    case Operator::within_last:
    case Operator::before_last:
    case Operator::within_next:
        if (is_moment) return {};
        break;
    default:
        break;
    }
    return wrong(
        at + "/is",
        "a measure is not compared so",
        is_moment ? "within_last, before_last, lt, ge ..." : "eq, ne, lt, le, gt, ge or between"
    );
}

} // namespace mortise::plugins::segmentation
