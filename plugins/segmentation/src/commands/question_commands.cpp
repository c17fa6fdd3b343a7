#include "commands/question_commands.hpp"

#include "conditions/calendar.hpp"
#include "conditions/parse_condition.hpp"
#include "segments/membership.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <cmath>

namespace mortise::plugins::segmentation {

namespace {

constexpr std::int64_t microseconds_per_day = 86'400'000'000;

Instant moment_argument(const Arguments& arguments, std::string_view name, Instant otherwise)
{
    const ValueView given = arguments[name];
    if (given.is_null()) return otherwise;
    if (const auto moment = moment_of(given.value())) return *moment;
    fail(
        ErrorCode::invalid,
        "segmentation.no_moment",
        "\"" + std::string{given.text()} + "\" is no day or time; write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ",
        std::string{name}
    );
}

/// 40000 at scale 4 is 4, and 15000 is 1.5.
Value without_zeros(std::int64_t number, int scale)
{
    for (; scale > 0 && number % 10 == 0; --scale)
        number /= 10;
    if (scale == 0) return number;
    return Decimal{number, static_cast<std::uint8_t>(scale)};
}

Rows ask(const Host& host, const std::string& sql, const Map& parameters, Instant now)
{
    return require(host.query(sql, used_parameters(sql, parameters, Map{{"now", now.microseconds}})));
}

/// The value that a field clause looks at, through its references.
Value value_behind(const Host& host, const std::vector<std::string>& path, Id contact, const TypeBook& types)
{
    std::string type = "contact";
    Id id = contact;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto record = if_found(host.get(type, id));
        if (!record) return {};
        Value value = (*record)[path[i]].value();
        if (i + 1 == path.size()) return value;
        id = value.get_or(Id{});
        const TypeInfo* info = types.find(type);
        const FieldInfo* field = info ? info->find(path[i]) : nullptr;
        if (!field || !id) return {};
        type = field->reference;
    }
    return {};
}

/// A figure as people know it, from what a query gives.
Value shown(const Cell& cell, const SqlFigure& figure)
{
    Value value = cell.value();
    const auto* number = value.as<std::int64_t>();
    const int scale = figure.kind.scale;
    const auto* real = value.as<double>();
    if (const auto* money = find_currency(figure.currency); money && (number || real)) {
        const std::int64_t minor = number ? *number : std::llround(*real);
        return Money{minor, money->number, money->digits};
    }
    if (number && figure.kind.kind == "datetime") return Instant{*number};
    if (number && scale > 0) return without_zeros(*number, scale);
    if (real && scale > 0) return *real / std::pow(10.0, scale);
    return value;
}

class Explainer {
public:
    Explainer(const Host& host, Id contact)
        : m_host{host},
          m_contact{contact},
          m_types{read_types(host)},
          m_now{host.now()}
    {
    }

    Map explain(const Condition& condition) const
    {
        const SqlCondition compiled = require(compile(condition, m_types, finder(), Reach::few));
        Map parameters = compiled.parameters;
        parameters.set("contact", m_contact.number);
        const Rows rows = ask(
            m_host,
            "SELECT coalesce((" + compiled.predicate + "), 0) AS holds FROM contact t WHERE t.id = :contact",
            parameters,
            m_now
        );
        Map answer{{"at", condition.where_in_json.empty() ? "/" : condition.where_in_json}};
        answer.set("holds", rows.front()["holds"].integer() != 0 || rows.front()["holds"].boolean());
        describe(condition, answer);
        List parts;
        const bool is_group = condition.kind == Condition::Kind::all || condition.kind == Condition::Kind::any
            || condition.kind == Condition::Kind::none;
        if (is_group)
            for (const Condition& part : condition.parts)
                parts.emplace_back(explain(part));
        if (!parts.empty()) answer.set("parts", std::move(parts));
        return answer;
    }

private:
    void describe(const Condition& condition, Map& answer) const
    {
        switch (condition.kind) {
        case Condition::Kind::all:
            answer.set("clause", "all of these");
            break;
        case Condition::Kind::any:
            answer.set("clause", "any of these");
            break;
        case Condition::Kind::none:
            answer.set("clause", "not this");
            break;
        case Condition::Kind::field:
            answer.set(
                "clause", joined(condition.path) + " " + std::string{name_of(condition.comparison.test)}
            );
            answer.set("wanted", wanted(condition.comparison));
            answer.set("found", value_behind(m_host, condition.path, m_contact, m_types));
            break;
        case Condition::Kind::events:
        case Condition::Kind::related:
            answer.set(
                "clause",
                std::string{name_of(condition.measure)} + " of " + condition.name + " "
                    + std::string{name_of(condition.comparison.test)}
            );
            answer.set("wanted", wanted(condition.comparison));
            set_found(condition, answer);
            break;
        case Condition::Kind::segment:
            answer.set("clause", "is in segment " + condition.name);
            set_membership(condition, answer);
            break;
        case Condition::Kind::random:
            answer.set("clause", "is in the share of " + condition.name);
            break;
        case Condition::Kind::top:
            answer.set("clause", clause_of_top(condition));
            answer.set("wanted", condition.count > 0 ? Value{condition.count} : percent(condition.high));
            set_found(condition, answer);
            break;
        }
    }

    static std::string joined(const std::vector<std::string>& path)
    {
        std::string text;
        for (const std::string& part : path)
            text.append(text.empty() ? "" : ".").append(part);
        return text;
    }

    static Value percent(std::int64_t hundredths) { return Decimal{hundredths, 2}; }

    static std::string clause_of_top(const Condition& condition)
    {
        const Condition& by = condition.parts.front();
        const std::string what = by.kind == Condition::Kind::field ? joined(by.path)
            : by.kind == Condition::Kind::random                   ? "chance"
                                                 : std::string{name_of(by.measure)} + " of " + by.name;
        return std::string{condition.is_lowest ? "is among those with the least " : "is among the first by "}
        + what;
    }

    /// What a clause computes for the contact; of a top clause also its place among those who have a figure.
    void set_found(const Condition& condition, Map& answer) const
    {
        const SqlFigure figure = require(compile_found(condition, m_types, finder()));
        Map parameters = figure.parameters;
        parameters.set("contact", m_contact.number);
        const Rows rows = ask(m_host, figure.query, parameters, m_now);
        if (rows.empty()) return answer.set("found", Value{}); // it has no figure, so it has no place
        const Row row = rows.front();
        answer.set("found", shown(row["found"], figure));
        if (condition.kind != Condition::Kind::top) return;
        answer.set("place", row["place"].value());
        answer.set("of", row["total"].value());
    }

    /// Since when the contact is in the segment.
    void set_membership(const Condition& condition, Map& answer) const
    {
        const auto segment = find_segment(m_host, condition.name);
        const Rows rows = require(m_host.query(
            "SELECT m.entered_at AS since FROM segment_membership m WHERE m.segment = :segment AND m.contact "
            "= "
            ":contact AND m.left_at IS NULL",
            Map{{"segment", segment.value_or(Id{}).number}, {"contact", m_contact.number}}
        ));
        if (rows.empty()) return answer.set("found", Value{});
        const Value since = rows.front()["since"].value();
        const auto* microseconds = since.as<std::int64_t>();
        answer.set("found", microseconds ? Value{Instant{*microseconds}} : since);
    }

    SegmentFinder finder() const
    {
        return [this](std::string_view name) { return find_segment(m_host, name); };
    }

    static Value wanted(const Comparison& comparison)
    {
        if (!is_relative(comparison.test)) return comparison.value;
        return std::to_string(comparison.span.count) + " " + comparison.span.unit
            + (comparison.span.count == 1 ? "" : "s");
    }

    Host m_host;
    Id m_contact;
    TypeBook m_types;
    Instant m_now;
};

} // namespace

Value preview(const Host& host, const Arguments& arguments)
{
    const SqlCondition compiled = compile_definition(host, arguments["definition"].value(), Reach::all);
    const Instant now = host.now();
    const std::string from = " FROM contact t WHERE (" + compiled.predicate + ")";
    const Rows count = ask(host, "SELECT count(t.id) AS n" + from, compiled.parameters, now);
    Map answer{{"count", count.front()["n"].integer()}};
    const std::int64_t wanted = arguments["sample"].integer(10);
    if (wanted > 0) {
        const Rows some = ask(
            host,
            "SELECT t.id AS id, t.name AS name, t.email AS email" + from + " ORDER BY t.id LIMIT "
                + std::to_string(wanted),
            compiled.parameters,
            now
        );
        List sample;
        for (const Row row : some)
            sample.emplace_back(
                Map{{"contact", Id{id_number(row["id"])}},
                    {"name", row["name"].value()},
                    {"email", row["email"].value()}}
            );
        answer.set("sample", std::move(sample));
    }
    return answer;
}

Value explain(const Host& host, const Arguments& arguments)
{
    Value definition = arguments["definition"].value();
    const ValueView segment = arguments["segment"];
    if (segment.exists() == !definition.is_null())
        fail(ErrorCode::invalid, "segmentation.explain", "give a segment or a definition", "segment");
    if (segment.exists()) {
        const Record record = require(host.get("segment", require_segment(host, segment.value())));
        definition = record["definition"].value();
        if (definition.is_null())
            refuse(
                "segmentation.by_hand",
                "its contacts are chosen by hand; there is nothing to explain",
                "segment"
            );
    }
    const Id contact = id_of(arguments["contact"]);
    require(host.get("contact", contact));
    return Explainer{host, contact}.explain(require(parse_condition(definition)));
}

Value members(const Host& host, const Arguments& arguments)
{
    const Id segment = require_segment(host, arguments["segment"].value());
    const Instant at = moment_argument(arguments, "at", Instant{});
    const bool is_past = at.microseconds != 0;
    const std::string which = is_past
        ? "m.segment = :segment AND m.entered_at <= :at AND (m.left_at IS NULL OR m.left_at > :at)"
        : "m.segment = :segment AND m.left_at IS NULL";
    Map parameters{{"segment", segment.number}};
    if (is_past) parameters.set("at", at.microseconds);
    const Rows count
        = require(host.query("SELECT count(m.id) AS n FROM segment_membership m WHERE " + which, parameters));
    parameters.set("after", id_of(arguments["after"]).number);
    parameters.set("limit", arguments["limit"].integer(100));
    const Rows rows = require(host.query(
        "SELECT m.contact AS contact, t.name AS name, m.entered_at AS entered_at, m.left_at AS left_at FROM "
        "segment_membership m"
        " LEFT JOIN contact t ON t.id = m.contact WHERE "
            + which + " AND m.contact > :after ORDER BY m.contact LIMIT :limit",
        parameters
    ));
    List listed;
    std::int64_t last = 0;
    for (const Row row : rows) {
        last = id_number(row["contact"]);
        listed.emplace_back(Map{
            {"contact", Id{last}},
            {"name", row["name"].value()},
            {"entered_at", row["entered_at"].value()},
            {"left_at", row["left_at"].value()},
        });
    }
    Map answer{{"count", count.front()["n"].integer()}};
    if (static_cast<std::int64_t>(rows.size()) == arguments["limit"].integer(100))
        answer.set("next", std::to_string(last));
    answer.set("members", std::move(listed));
    return answer;
}

Value overlap(const Host& host, const Arguments& arguments)
{
    Ids segments;
    for (const ValueView one : arguments["segments"].items())
        segments.insert(require_segment(host, one.value()).number);
    const Rows rows = require(host.query(
        "SELECT a.segment AS one, b.segment AS other, count(a.id) AS shared FROM segment_membership a"
        " JOIN segment_membership b ON b.contact = a.contact AND b.left_at IS NULL AND b.segment >= a.segment"
        " AND b.segment IN (SELECT value FROM json_each(:ids))"
        " WHERE a.left_at IS NULL AND a.segment IN (SELECT value FROM json_each(:ids))"
        " GROUP BY a.segment, b.segment ORDER BY a.segment, b.segment",
        Map{{"ids", json_of(segments)}}
    ));
    List pairs;
    for (const Row row : rows)
        pairs.emplace_back(Map{
            {"one", Id{id_number(row["one"])}},
            {"other", Id{id_number(row["other"])}},
            {"shared", row["shared"].integer()},
        });
    return Map{{"pairs", std::move(pairs)}};
}

Value growth(const Host& host, const Arguments& arguments)
{
    const Id segment = require_segment(host, arguments["segment"].value());
    const std::int64_t days = arguments["days"].integer(30);
    const Instant now = host.now();
    const Instant from{(now.microseconds / microseconds_per_day - days + 1) * microseconds_per_day};
    const Map parameters{{"segment", segment.number}, {"from", from.microseconds}};
    const Rows rows = require(host.query(
        "SELECT x.day AS day, sum(x.came) AS entered, sum(x.went) AS gone FROM ("
        " SELECT date(m.entered_at) AS day, 1 AS came, 0 AS went FROM segment_membership m"
        " WHERE m.segment = :segment AND m.entered_at >= :from UNION ALL"
        " SELECT date(m.left_at) AS day, 0 AS came, 1 AS went FROM segment_membership m"
        " WHERE m.segment = :segment AND m.left_at >= :from) x GROUP BY x.day ORDER BY x.day",
        parameters
    ));
    List listed;
    for (const Row row : rows)
        listed.emplace_back(Map{
            {"day", row["day"].value()},
            {"entered", row["entered"].integer()},
            {"left", row["gone"].integer()},
        });
    return Map{{"days", std::move(listed)}};
}

} // namespace mortise::plugins::segmentation
