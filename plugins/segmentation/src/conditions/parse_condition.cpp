#include "conditions/parse_condition.hpp"

#include "conditions/condition_parts.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace mortise::plugins::segmentation {

namespace {
constexpr std::size_t deepest = 16;
constexpr std::size_t most_clauses = 200;
constexpr std::int64_t most_ranked = 1'000'000;

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
        constexpr std::array<std::pair<std::string_view, Read>, 9> forms{{
            {"all", &Parser::group},
            {"any", &Parser::group},
            {"not", &Parser::negation},
            {"field", &Parser::field},
            {"events", &Parser::events},
            {"related", &Parser::related},
            {"segment", &Parser::segment},
            {"random", &Parser::random},
            {"top", &Parser::top},
        }};
        for (const auto& [key, read] : forms)
            if (map->contains(key)) {
                MORTISE_CHECK((this->*read)(*map, condition, depth));
                return condition;
            }
        return wrong(
            at,
            "this says no condition",
            "begin it with all, any, not, field, events, related, segment, random or top"
        );
    }

private:
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
        MORTISE_CHECK(event_rows(map, out));
        return measure(map["measure"], out.where_in_json + "/measure", "data", out);
    }

    /// Which events; what is computed over them is read by whoever calls.
    Result<void> event_rows(const Map& map, Condition& out)
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
        return {};
    }

    Result<void> related(const Map& map, Condition& out, std::size_t depth)
    {
        MORTISE_CHECK(related_rows(map, out, depth));
        return measure(map["measure"], out.where_in_json + "/measure", "field", out);
    }

    Result<void> related_rows(const Map& map, Condition& out, std::size_t depth)
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
        return {};
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

    /// The first by a figure: {"top": {"count": 100, "by": {...}, "among": {...}, "lowest": true}}.
    Result<void> top(const Map& map, Condition& out, std::size_t depth)
    {
        MORTISE_CHECK(only(map, out.where_in_json, {"top"}));
        out.kind = Condition::Kind::top;
        const std::string at = out.where_in_json + "/top";
        const Map* said = map["top"].as<Map>();
        if (!said) return wrong(at, "must be an object", R"({"count": 100, "by": {"field": "employees"}})");
        MORTISE_CHECK(only(*said, at, {"count", "percent", "by", "among", "lowest"}));
        const auto* count = (*said)["count"].as<std::int64_t>();
        const bool is_share = !(*said)["percent"].is_null();
        if (is_share != (*said)["count"].is_null())
            return wrong(at, "says how many either with count or with percent", "give one of them");
        if (is_share) {
            MORTISE_TRY(out.high, share((*said)["percent"], at + "/percent"));
            if (out.high == 0) return wrong(at + "/percent", "must be more than nothing", "0.01 to 100");
        } else {
            if (!count || *count < 1 || *count > most_ranked)
                return wrong(
                    at + "/count", "must be a whole number from 1 to 1000000", "take percent for more"
                );
            out.count = *count;
        }
        const Value& lowest = (*said)["lowest"];
        if (!lowest.is_null() && !lowest.as<bool>())
            return wrong(at + "/lowest", "must be true or false", "true for those with the least");
        out.is_lowest = lowest.get_or(false);
        MORTISE_TRY(Condition by, figure((*said)["by"], at + "/by", depth + 1));
        out.parts.push_back(std::move(by));
        if ((*said)["among"].is_null()) return {};
        MORTISE_TRY(Condition among, clause((*said)["among"], at + "/among", depth + 1));
        out.parts.push_back(std::move(among));
        return {};
    }

    /// What contacts are ranked by: a clause without a test.
    Result<Condition> figure(const Value& json, const std::string& at, std::size_t depth)
    {
        const Map* map = json.as<Map>();
        if (!map || depth > deepest)
            return wrong(
                at,
                "must say what they are ranked by",
                R"({"field": "employees"}, {"events": "order.placed", "measure": {"of": "sum", "data": "total"}},)"
                R"( {"related": ...} or {"random": "a seed"})"
            );
        Condition out;
        out.where_in_json = at;
        if (map->contains("field")) {
            MORTISE_CHECK(only(*map, at, {"field", "currency"}));
            out.kind = Condition::Kind::field;
            MORTISE_CHECK(currency((*map)["currency"], at + "/currency", out));
            MORTISE_TRY(out.path, names((*map)["field"], at + "/field", 4));
            return out;
        }
        if (map->contains("random")) {
            MORTISE_CHECK(only(*map, at, {"random"}));
            out.kind = Condition::Kind::random;
            out.name = (*map)["random"].text();
            return out;
        }
        if (map->contains("events")) {
            MORTISE_CHECK(event_rows(*map, out));
            MORTISE_CHECK(ranking((*map)["measure"], at + "/measure", "data", out));
            return out;
        }
        if (map->contains("related")) {
            MORTISE_CHECK(related_rows(*map, out, depth));
            MORTISE_CHECK(ranking((*map)["measure"], at + "/measure", "field", out));
            return out;
        }
        return wrong(at, "this is nothing to rank by", "begin it with field, events, related or random");
    }

    /// A measure that is not compared with anything.
    static Result<void> ranking(const Value& json, const std::string& at, std::string_view of, Condition& out)
    {
        if (json.is_null()) return {}; // how many
        const Map* map = json.as<Map>();
        if (!map) return wrong(at, "must be an object", R"({"of": "sum", "data": "total"})");
        MORTISE_CHECK(only(*map, at, {"of", of, "currency"}));
        MORTISE_CHECK(currency((*map)["currency"], at + "/currency", out));
        return measure_of(*map, at, of, out);
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

    static Result<void> measure(const Value& json, const std::string& at, std::string_view of, Condition& out)
    {
        out.comparison.test = Operator::ge;
        out.comparison.value = 1;
        if (json.is_null()) return {};
        const Map* map = json.as<Map>();
        if (!map) return wrong(at, "must be an object", R"({"of": "count", "is": "ge", "value": 3})");
        MORTISE_CHECK(only(*map, at, {"of", of, "is", "value"}));
        MORTISE_CHECK(measure_of(*map, at, of, out));
        MORTISE_CHECK(comparison(*map, at, out.comparison));
        return measure_test(out, at, out.measure == Measure::first || out.measure == Measure::latest);
    }

    static Result<void> measure_of(const Map& map, const std::string& at, std::string_view of, Condition& out)
    {
        const std::string_view name = map["of"].text();
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
            MORTISE_TRY(out.measured, data_path(map[of], at + "/" + std::string{of}));
        }
        return {};
    }

    std::size_t m_clauses{0};
};

} // namespace

Result<Condition> parse_condition(const Value& json)
{
    return Parser{}.clause(json, "", 0);
}

} // namespace mortise::plugins::segmentation
