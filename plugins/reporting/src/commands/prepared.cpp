#include "commands/prepared.hpp"

#include "definition/json_reader.hpp"
#include "definition/parse_condition.hpp"
#include "definition/parse_definition.hpp"
#include "run/number.hpp"

#include <algorithm>

namespace mortise::plugins::reporting {

namespace {

constexpr std::int64_t microseconds_per_day = 86'400'000'000;

std::optional<Instant> moment_from(const Value& value)
{
    if (const auto* instant = value.as<Instant>()) return *instant;
    if (const auto* date = value.as<Date>()) return Instant{date->days * microseconds_per_day};
    const std::string_view text = value.text();
    const auto day = parse_day(text.substr(0, 10));
    if (!day) return std::nullopt;
    if (text.size() == 10) return Instant{day->days * microseconds_per_day};
    if (text.size() < 20 || text[10] != 'T' || text.back() != 'Z') return std::nullopt;
    const auto part = [&](std::size_t from) {
        const auto number = decimal_of(Value{text.substr(from, 2)});
        return number && number->scale == 0 ? number->coefficient : std::int64_t{-1};
    };
    std::int64_t micros = 0;
    if (text.size() > 20) {
        const auto fraction = decimal_of(Value{"0" + std::string{text.substr(19, text.size() - 20)}});
        const auto exact = fraction ? rescaled(*fraction, 6) : std::nullopt;
        if (!exact) return std::nullopt;
        micros = *exact;
    }
    if (part(11) < 0 || part(14) < 0 || part(17) < 0 || part(11) > 23 || part(14) > 59 || part(17) > 59)
        return std::nullopt;
    return Instant{
        day->days * microseconds_per_day + (part(11) * 3600 + part(14) * 60 + part(17)) * 1'000'000 + micros
    };
}

/// With a currency for each group, the currency is a dimension.
void add_currency_rows(Definition& report)
{
    if (report.currency.kind != CurrencyChoice::Kind::each) return;
    for (const Measure& measure : report.measures) {
        if (measure.kind != Measure::Kind::base || measure.of == "count" || measure.of == "distinct")
            continue;
        Dimension currency;
        currency.name = "currency";
        currency.label = "Currency";
        currency.path = measure.path;
        currency.path.emplace_back("currency");
        currency.at = "/currency";
        report.rows.push_back(std::move(currency));
        return;
    }
}

Setting setting_of(ZoneBook& zones, const Host& host, const CalendarChoice& choice, Instant as_of)
{
    const Settings settings = require(host.settings());
    Setting setting;
    setting.calendar.week_start = choice.week_start != 0 ? choice.week_start
        : settings["week_start"].text() == "sunday"      ? 7
        : settings["week_start"].text() == "saturday"    ? 6
                                                         : 1;
    setting.calendar.fiscal_month = choice.fiscal_month != 0
        ? choice.fiscal_month
        : static_cast<int>(settings["fiscal_year_start"].integer(1));
    setting.zone
        = zones.find(host, choice.zone.empty() ? std::string{settings["time_zone"].text()} : choice.zone);
    setting.now = as_of.microseconds != 0 ? as_of : host.now();
    setting.today = setting.zone.day_at(setting.now);
    return setting;
}

} // namespace

const Zone& ZoneBook::find(const Host& host, const std::string& name)
{
    const auto known = m_zones.find(name);
    if (known != m_zones.end()) return known->second;
    auto zone = Zone::read(host, name);
    if (!zone)
        throw Failure{
            wrong("/calendar/time_zone", "there is no time zone " + name, "such as Europe/Vienna or UTC")
        };
    return m_zones.emplace(name, *std::move(zone)).first->second;
}

Instant moment_argument(const Arguments& arguments, std::string_view name)
{
    const ValueView given = arguments[std::string{name}];
    if (given.is_null()) return {};
    if (const auto moment = moment_from(given.value())) return *moment;
    fail(
        ErrorCode::invalid,
        "reporting.no_moment",
        "\"" + std::string{given.text()} + "\" is no day or time; write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ",
        std::string{name}
    );
}

Id require_named(const Host& host, std::string_view type, const Value& name_or_id)
{
    std::string name{name_or_id.text()};
    if (const auto* id = name_or_id.as<Id>()) name = std::to_string(id->number);
    if (const auto* number = name_or_id.as<std::int64_t>()) name = std::to_string(*number);
    const auto number = decimal_of(Value{name});
    const Rows rows = require(host.query(
        "SELECT r.id AS id FROM " + std::string{type}
            + " r WHERE r.name = :name OR r.id = :id ORDER BY r.name = :name DESC LIMIT 1",
        Map{{"name", name}, {"id", number && number->scale == 0 ? number->coefficient : 0}}
    ));
    if (!rows.empty()) return rows.front()["id"].id();
    fail(
        ErrorCode::not_found,
        "reporting.no_" + std::string{type},
        "there is no " + std::string{type} + " \"" + name + "\"",
        std::string{type}
    );
}

Prepared prepare(
    ZoneBook& zones,
    const Host& host,
    const Value& definition,
    std::string title,
    Instant as_of,
    const Value& filters
)
{
    Definition report = require(parse_definition(definition));
    const List none;
    const List* more = filters.as<List>();
    for (const Value& one : more ? *more : none)
        report.filters.push_back(
            require(parse_condition(one, "/filters/" + std::to_string(report.filters.size())))
        );
    add_currency_rows(report);
    Setting setting = setting_of(zones, host, report.calendar, as_of);
    return {
        .report = std::move(report),
        .types = TypeBook{require(host.call("types.describe"))},
        .setting = std::move(setting),
        .asker = Asker{host, as_of},
        .title = std::move(title),
        .saved = {},
    };
}

Prepared prepare(ZoneBook& zones, const Host& host, const Arguments& arguments)
{
    const bool is_saved = arguments["report"].exists() && !arguments["report"].is_null();
    const bool is_given = arguments["definition"].exists() && !arguments["definition"].is_null();
    if (is_saved == is_given)
        fail_with(
            ErrorCode::invalid,
            "reporting.which",
            "give either report or definition",
            "report",
            "report is the name or id of a saved one"
        );
    const Instant as_of = moment_argument(arguments, "as_of");
    const Value filters = arguments["filters"].value();
    if (is_given) return prepare(zones, host, arguments["definition"].value(), "Report", as_of, filters);
    const Id id = require_named(host, "report", arguments["report"].value());
    const Record record = require(host.get("report", id));
    Prepared prepared = prepare(
        zones, host, record["definition"].value(), std::string{record["name"].text()}, as_of, filters
    );
    prepared.saved = id;
    return prepared;
}

} // namespace mortise::plugins::reporting
