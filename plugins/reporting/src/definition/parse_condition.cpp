#include "definition/parse_condition.hpp"

#include "definition/json_reader.hpp"
#include "sql/calendar.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::reporting {

namespace {

constexpr std::array<std::string_view, 18> test_names{
    "eq",
    "ne",
    "in",
    "not_in",
    "lt",
    "le",
    "gt",
    "ge",
    "between",
    "starts_with",
    "ends_with",
    "contains",
    "not_contains",
    "is_set",
    "is_not_set",
    "has_any",
    "has_none",
    "in_period"
};
constexpr std::size_t deepest = 12;

bool takes_list(Test test) noexcept
{
    return test == Test::in || test == Test::not_in || test == Test::between || test == Test::has_any
        || test == Test::has_none;
}

Result<void> parse_test(const Map& map, Condition& out)
{
    const std::string_view is = map["is"].text();
    const auto test = test_named(is);
    if (!test)
        return wrong(
            out.at + "/is",
            "\"" + std::string{is} + "\" is no test",
            "eq, ne, in, not_in, lt, le, gt, ge, between, starts_with, ends_with, contains, not_contains, "
            "is_set, "
            "is_not_set, has_any, has_none or in_period"
        );
    out.test = *test;
    const Value& value = map["value"];
    const bool takes_none = *test == Test::is_set || *test == Test::is_not_set;
    if (takes_none != value.is_null())
        return wrong(
            out.at + "/value",
            takes_none ? "takes no value" : "is missing",
            takes_none ? "leave it out" : "say what to compare with"
        );
    if (*test == Test::in_period) {
        MORTISE_TRY(out.period, parse_period(value, out.at + "/value"));
        return {};
    }
    const List* list = value.as<List>();
    if (takes_list(*test) && (!list || list->empty() || list->size() > 500))
        return wrong(out.at + "/value", "must be a list of 1 to 500 values", R"(["won", "lost"])");
    if (!takes_list(*test) && list)
        return wrong(out.at + "/value", "must be one value", "take in for several");
    if (*test == Test::between && list->size() != 2)
        return wrong(out.at + "/value", "must be two values", "the least and the greatest, both included");
    out.value = value;
    return {};
}

Result<Condition> parse(const Value& json, const std::string& at, std::size_t depth)
{
    MORTISE_TRY(
        const Map* map, object_at(json, at, R"(such as {"field": "status", "is": "eq", "value": "won"})")
    );
    if (depth > deepest) return wrong(at, "conditions are nested deeper than 12", "say it more flatly");
    Condition out;
    out.at = at;
    for (const auto& [key, kind] :
         {std::pair{"all", Condition::Kind::all}, std::pair{"any", Condition::Kind::any}}) {
        if (!map->contains(key)) continue;
        MORTISE_CHECK(only(*map, at, {key}));
        out.kind = kind;
        const std::string where = at + "/" + key;
        if (!(*map)[key].as<List>()) return wrong(where, "must be a list of conditions", "[{...}, {...}]");
        MORTISE_TRY(const List* parts, list_at((*map)[key], where, 100));
        for (std::size_t i = 0; i < parts->size(); ++i) {
            MORTISE_TRY(Condition part, parse((*parts)[i], where + "/" + std::to_string(i), depth + 1));
            out.parts.push_back(std::move(part));
        }
        return out;
    }
    if (map->contains("not")) {
        MORTISE_CHECK(only(*map, at, {"not"}));
        out.kind = Condition::Kind::none;
        MORTISE_TRY(Condition part, parse((*map)["not"], at + "/not", depth + 1));
        out.parts.push_back(std::move(part));
        return out;
    }
    if (!map->contains("field"))
        return wrong(at, "this says no condition", "begin it with all, any, not or field");
    MORTISE_CHECK(only(*map, at, {"field", "is", "value"}));
    out.kind = Condition::Kind::field;
    MORTISE_TRY(out.path, path_at((*map)["field"], at + "/field"));
    MORTISE_CHECK(parse_test(*map, out));
    return out;
}

} // namespace

std::string_view name_of(Test test) noexcept
{
    return test_names[static_cast<std::size_t>(test)];
}

std::optional<Test> test_named(std::string_view name) noexcept
{
    const auto found = std::ranges::find(test_names, name);
    if (found == test_names.end()) return std::nullopt;
    return static_cast<Test>(found - test_names.begin());
}

Result<Condition> parse_condition(const Value& json, const std::string& at)
{
    return parse(json, at, 0);
}

Result<Period> parse_period(const Value& json, const std::string& at)
{
    Period period;
    if (!json.text().empty()) {
        if (!is_period_name(json.text()))
            return wrong(
                at,
                "\"" + std::string{json.text()} + "\" is no period",
                "today, yesterday, this_ or last_ with week, month, quarter, year, fiscal_quarter or "
                "fiscal_year"
            );
        period.name = json.text();
        return period;
    }
    MORTISE_TRY(
        const Map* map,
        object_at(
            json,
            at,
            R"("last_quarter", {"last": 30, "unit": "day"} or {"from": "2026-01-01", "to": "2026-03-31"})"
        )
    );
    if (map->contains("last")) {
        MORTISE_CHECK(only(*map, at, {"last", "unit"}));
        MORTISE_TRY(period.last, whole_at((*map)["last"], at + "/last", 1, 100'000, 1));
        MORTISE_TRY(
            period.unit, choice_at((*map)["unit"], at + "/unit", {"day", "week", "month", "quarter", "year"})
        );
        return period;
    }
    MORTISE_CHECK(only(*map, at, {"from", "to"}));
    for (const auto& [key, out] : {std::pair{"from", &period.from}, std::pair{"to", &period.to}}) {
        const Value& given = (*map)[key];
        if (given.is_null()) continue;
        *out = given.as<Date>() ? std::optional{*given.as<Date>()} : parse_day(given.text());
        if (!*out) return wrong(at + "/" + key, "must be a day", "written YYYY-MM-DD");
    }
    if (period.to) ++period.to->days; // the last day belongs to it
    if (!period.from && !period.to) return wrong(at, "says no days", R"({"from": "2026-01-01"})");
    return period;
}

} // namespace mortise::plugins::reporting
