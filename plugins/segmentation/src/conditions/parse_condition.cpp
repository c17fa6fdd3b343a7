#include "conditions/parse_condition.hpp"

#include "conditions/calendar.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace mortise::plugins::segmentation {

namespace {

constexpr std::size_t deepest = 16;
constexpr std::size_t most_clauses = 200;
constexpr std::array<std::string_view, 7> units{"minute", "hour", "day", "week", "month", "quarter", "year"};

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

/// Reads one clause and what is below it.
class Parser {
public:
    Result<Condition> clause(const Value& json, const std::string& at, std::size_t depth)
    {
        const Map* map = json.as<Map>();
        if (!map)
            return wrong(
                at,
                "a condition must be an object",
                R"(such as {"field": "country", "is": "eq", "value": "AT"})"
            );
        if (depth > deepest)
            return wrong(at, "conditions are nested deeper than 16", "split it into segments");
        if (++m_clauses > most_clauses) return wrong(at, "more than 200 clauses", "split it into segments");
        Condition condition;
        condition.where_in_json = at;
        using Read = Result<void> (Parser::*)(const Map&, Condition&, std::size_t);
        constexpr std::array<std::pair<std::string_view, Read>, 8> forms{{
            {"all", &Parser::group},
            {"any", &Parser::group},
            {"not", &Parser::negation},
            {"field", &Parser::field},
            {"events", &Parser::events},
            {"related", &Parser::related},
            {"segment", &Parser::segment},
            {"random", &Parser::random},
        }};
        for (const auto& [key, read] : forms)
            if (map->contains(key)) {
                MORTISE_CHECK((this->*read)(*map, condition, depth));
                return condition;
            }
        return wrong(
            at,
            "this says no condition",
            "begin it with all, any, not, field, events, related, segment or random"
        );
    }

private:
    /// Refuses keys that nobody reads, so that a slip of the pen is not silently something else.
    static Result<void>
    only(const Map& map, const std::string& at, std::initializer_list<std::string_view> known)
    {
        for (const Entry& entry : map)
            if (std::ranges::find(known, entry.key) == known.end()) {
                std::string names;
                for (const std::string_view name : known)
                    names.append(names.empty() ? "" : ", ").append(name);
                return wrong(
                    at + "/" + entry.key, "\"" + entry.key + "\" is not known here", "one of " + names
                );
            }
        return {};
    }

    Result<void> group(const Map& map, Condition& out, std::size_t depth)
    {
        const bool is_all = map.contains("all");
        const char* key = is_all ? "all" : "any";
        MORTISE_CHECK(only(map, out.where_in_json, {key}));
        const List* parts = map[key].as<List>();
        if (!parts)
            return wrong(out.where_in_json + "/" + key, "must be a list of conditions", "[{...}, {...}]");
        out.kind = is_all ? Condition::Kind::all : Condition::Kind::any;
        for (std::size_t i = 0; i < parts->size(); ++i) {
            MORTISE_TRY(
                Condition part,
                clause((*parts)[i], out.where_in_json + "/" + key + "/" + std::to_string(i), depth + 1)
            );
            out.parts.push_back(std::move(part));
        }
        return {};
    }

    Result<void> negation(const Map& map, Condition& out, std::size_t depth)
    {
        MORTISE_CHECK(only(map, out.where_in_json, {"not"}));
        out.kind = Condition::Kind::none;
        MORTISE_TRY(Condition part, clause(map["not"], out.where_in_json + "/not", depth + 1));
        out.parts.push_back(std::move(part));
        return {};
    }

    Result<void> field(const Map& map, Condition& out, std::size_t)
    {
        MORTISE_CHECK(only(map, out.where_in_json, {"field", "is", "value"}));
        out.kind = Condition::Kind::field;
        MORTISE_TRY(out.path, names(map["field"], out.where_in_json + "/field", 4));
        return comparison(map, out.where_in_json, out.comparison);
    }

    Result<void> events(const Map& map, Condition& out, std::size_t)
    {
        MORTISE_CHECK(only(map, out.where_in_json, {"events", "where", "within", "measure"}));
        out.kind = Condition::Kind::events;
        out.name = map["events"].text();
        for (const std::string& part : split(out.name))
            if (!is_name(part))
                return wrong(
                    out.where_in_json + "/events", "must be a type of events", "such as order.placed"
                );
        MORTISE_CHECK(window(map["within"], out.where_in_json + "/within", out));
        const Value& where = map["where"];
        if (!where.is_null()) {
            const List* tests = where.as<List>();
            if (!tests)
                return wrong(
                    out.where_in_json + "/where",
                    "must be a list of tests",
                    R"([{"data": "total", "is": "ge", "value": 10}])"
                );
            for (std::size_t i = 0; i < tests->size(); ++i)
                MORTISE_CHECK(data_test((*tests)[i], out.where_in_json + "/where/" + std::to_string(i), out));
        }
        return measure(map["measure"], out.where_in_json + "/measure", "data", out);
    }

    Result<void> related(const Map& map, Condition& out, std::size_t depth)
    {
        MORTISE_CHECK(only(map, out.where_in_json, {"related", "by", "of", "where", "measure"}));
        out.kind = Condition::Kind::related;
        out.name = map["related"].text();
        out.by = map["by"].text();
        if (!is_name(out.name))
            return wrong(out.where_in_json + "/related", "must be a record type", "such as opportunity");
        if (!is_name(out.by))
            return wrong(
                out.where_in_json + "/by",
                "must be the reference that leads to the contact",
                "such as contact or organisation"
            );
        if (!map["of"].is_null()) {
            MORTISE_TRY(out.path, names(map["of"], out.where_in_json + "/of", 3));
        }
        if (!map["where"].is_null()) {
            MORTISE_TRY(Condition inner, clause(map["where"], out.where_in_json + "/where", depth + 1));
            out.parts.push_back(std::move(inner));
        }
        return measure(map["measure"], out.where_in_json + "/measure", "field", out);
    }

    Result<void> segment(const Map& map, Condition& out, std::size_t)
    {
        MORTISE_CHECK(only(map, out.where_in_json, {"segment"}));
        out.kind = Condition::Kind::segment;
        const Value& given = map["segment"];
        if (const auto* id = given.as<Id>())
            out.name = std::to_string(id->number);
        else if (const auto* number = given.as<std::int64_t>())
            out.name = std::to_string(*number);
        else
            out.name = given.text();
        if (out.name.empty())
            return wrong(out.where_in_json + "/segment", "must be a segment", "give its name or id");
        return {};
    }

    Result<void> random(const Map& map, Condition& out, std::size_t)
    {
        MORTISE_CHECK(only(map, out.where_in_json, {"random"}));
        out.kind = Condition::Kind::random;
        const std::string at = out.where_in_json + "/random";
        const Map* range = map["random"].as<Map>();
        if (!range) return wrong(at, "must be an object", R"({"seed": "spring", "from": 0, "to": 50})");
        MORTISE_CHECK(only(*range, at, {"seed", "from", "to"}));
        out.name = (*range)["seed"].text();
        MORTISE_TRY(out.low, share((*range)["from"], at + "/from"));
        MORTISE_TRY(out.high, share((*range)["to"], at + "/to"));
        if (out.low >= out.high) return wrong(at, "from must be below to", "0 and 50 for the first half");
        return {};
    }

    /// A percentage in hundredths of a percent.
    static Result<std::int64_t> share(const Value& value, const std::string& at)
    {
        double percent = -1;
        if (const auto* whole = value.as<std::int64_t>()) percent = static_cast<double>(*whole);
        if (const auto* real = value.as<double>()) percent = *real;
        if (percent < 0 || percent > 100) return wrong(at, "must be a number from 0 to 100", "a percentage");
        return static_cast<std::int64_t>(percent * 100 + 0.5);
    }

    static Result<std::vector<std::string>> names(const Value& value, const std::string& at, std::size_t most)
    {
        std::vector<std::string> path = split(value.text());
        if (path.size() > most || !std::ranges::all_of(path, is_name))
            return wrong(
                at,
                "must be the name of a field",
                "such as country, or organisation.industry through a reference"
            );
        return path;
    }

    static Result<void> comparison(const Map& map, const std::string& at, Comparison& out)
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
        const bool takes_list = *test == Operator::in || *test == Operator::not_in
            || *test == Operator::between || *test == Operator::has_any || *test == Operator::has_all
            || *test == Operator::has_none;
        if (takes_list && (!list || list->empty() || list->size() > 500))
            return wrong(at + "/value", "must be a list of 1 to 500 values", R"(["AT", "DE"])");
        if (!takes_list && list) return wrong(at + "/value", "must be one value", "take in for several");
        if (*test == Operator::between && list->size() != 2)
            return wrong(at + "/value", "must be two values", "the least and the greatest, both included");
        out.value = value;
        return {};
    }

    static Result<void> span(const Value& value, const std::string& at, Span& out)
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

    static Result<void> window(const Value& within, const std::string& at, Condition& out)
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

    static Result<void> moment(const Value& value, const std::string& at, std::optional<Instant>& out)
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

    static Result<void> data_test(const Value& json, const std::string& at, Condition& out)
    {
        const Map* map = json.as<Map>();
        if (!map) return wrong(at, "must be an object", R"({"data": "total", "is": "ge", "value": 10})");
        MORTISE_CHECK(only(*map, at, {"data", "is", "value"}));
        DataTest test;
        MORTISE_TRY(test.path, data_path((*map)["data"], at + "/data"));
        MORTISE_CHECK(comparison(*map, at, test.comparison));
        if (is_relative(test.comparison.test))
            return wrong(at + "/is", "data of events has no clock", "say within beside where");
        out.where.push_back(std::move(test));
        return {};
    }

    static Result<std::vector<std::string>> data_path(const Value& value, const std::string& at)
    {
        std::vector<std::string> path = split(value.text());
        const auto is_key = [](const std::string& key) { return !key.empty() && key.size() <= 120; };
        if (path.size() > 6 || !std::ranges::all_of(path, is_key))
            return wrong(
                at, "must be a key of the event's data", "such as total, or total.amount inside an object"
            );
        return path;
    }

    static Result<void> measure(const Value& json, const std::string& at, std::string_view of, Condition& out)
    {
        out.comparison.test = Operator::ge;
        out.comparison.value = 1;
        if (json.is_null()) return {};
        const Map* map = json.as<Map>();
        if (!map) return wrong(at, "must be an object", R"({"of": "count", "is": "ge", "value": 3})");
        MORTISE_CHECK(only(*map, at, {"of", of, "is", "value"}));
        const std::string_view name = (*map)["of"].text();
        std::optional<Measure> found;
        for (unsigned i = 0; i <= static_cast<unsigned>(Measure::latest); ++i)
            if (name_of(static_cast<Measure>(i)) == name) found = static_cast<Measure>(i);
        if (!found)
            return wrong(
                at + "/of",
                "\"" + std::string{name} + "\" is no measure",
                "count, sum, average, least, greatest, first or latest"
            );
        out.measure = *found;
        const bool is_moment = *found == Measure::first || *found == Measure::latest;
        const bool takes_path = *found != Measure::count && !(is_moment && of == "data");
        if (takes_path) {
            MORTISE_TRY(out.measured, data_path((*map)[of], at + "/" + std::string{of}));
        }
        MORTISE_CHECK(comparison(*map, at, out.comparison));
        return measure_test(out, at, is_moment);
    }

    static Result<void> measure_test(const Condition& out, const std::string& at, bool is_moment)
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

    std::size_t m_clauses{0};
};

} // namespace

Result<Condition> parse_condition(const Value& json)
{
    return Parser{}.clause(json, "", 0);
}

} // namespace mortise::plugins::segmentation
