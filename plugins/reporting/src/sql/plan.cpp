#include "sql/plan.hpp"

#include "definition/json_reader.hpp"
#include "run/number.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <cmath>

namespace mortise::plugins::reporting {

namespace {

class Planner {
public:
    Planner(const Definition& report, const Setting& setting, Plan& plan)
        : m_report{report},
          m_setting{setting},
          m_plan{plan},
          m_conditions{plan.tables, plan.parameters, setting}
    {
    }

    Result<void> run(const std::optional<Days>& days)
    {
        MORTISE_CHECK(filters(days));
        for (const auto* dimensions : {&m_report.rows, &m_report.columns})
            for (const Dimension& one : *dimensions)
                MORTISE_CHECK(dimension(one));
        m_plan.row_count = m_report.rows.size();
        for (const Measure& one : m_report.measures)
            if (one.kind == Measure::Kind::base) MORTISE_CHECK(measure(one));
        return {};
    }

private:
    Result<void> filters(const std::optional<Days>& days)
    {
        m_plan.where = m_plan.tables.base_condition();
        m_plan.parameters.add(m_plan.tables.parameters());
        for (const Condition& filter : m_report.filters) {
            MORTISE_TRY(const std::string one, m_conditions.write(filter));
            m_plan.where += " AND " + one;
        }
        if (!m_report.period) return {};
        MORTISE_TRY(const Column column, m_plan.tables.column(m_report.period->path, "/period/field"));
        const Days within
            = days ? *days : days_of(m_report.period->period, m_setting.today, m_setting.calendar);
        MORTISE_TRY(const std::string one, m_conditions.within(column, within, "/period/field"));
        m_plan.where += " AND " + one;
        return {};
    }

    Result<void> dimension(const Dimension& about)
    {
        MORTISE_TRY(const Column column, m_plan.tables.column(about.path, about.at));
        PlannedDimension out{
            .about = &about, .field = column.field, .sql = column.sql, .edges = {}, .width = 0, .currency = {}
        };
        const Family family = family_of(column.field.kind);
        if (about.bins) {
            MORTISE_CHECK(bins(*about.bins, column, about, out));
        } else if (family == Family::money) {
            return wrong(
                about.at,
                "amounts differ too much to group by them",
                R"(give bins: {"field": "amount", "bins": {"width": 1000}})"
            );
        }
        if (!about.bucket.empty()) {
            if (family != Family::date && family != Family::moment)
                return wrong(
                    about.at + "/bucket",
                    column.field.name + " is neither a day nor a time",
                    "take bins for numbers"
                );
            const bool has_hours = about.bucket == "hour" || about.bucket == "hour_of_day";
            if (has_hours && family == Family::date)
                return wrong(about.at + "/bucket", "a day has no hours", "take day or more");
            const std::string local
                = family == Family::date ? column.sql : m_setting.zone.local_sql(column.sql);
            const std::string day = family == Family::date ? column.sql : "date(" + local + ")";
            out.sql = bucket_sql(about.bucket, day, "date_part('hour', " + local + ")", m_setting.calendar);
        } else if (family == Family::moment) {
            out.sql = "date(" + m_setting.zone.local_sql(column.sql) + ")";
        } else if (family == Family::list || family == Family::opaque) {
            return wrong(
                about.at,
                "a field of kind " + column.field.kind + " has no single value to group by",
                "take another field"
            );
        }
        if (about.is_filled && !is_sequence(about.bucket))
            return wrong(
                about.at + "/fill",
                "only days, weeks, months, quarters and years can be filled",
                "give such a bucket"
            );
        m_plan.dimensions.push_back(std::move(out));
        return {};
    }

    Result<void> bins(const Bins& bins, const Column& column, const Dimension& about, PlannedDimension& out)
    {
        const Family family = family_of(column.field.kind);
        if (family != Family::number && family != Family::money)
            return wrong(about.at + "/bins", column.field.name + " is no number", "days take bucket");
        int scale = column.field.scale;
        if (family == Family::money) {
            if (m_report.currency.code.empty())
                return wrong(
                    about.at + "/bins",
                    "bins of money need one currency",
                    R"(say "currency": {"only": "EUR"})"
                );
            scale = digits_of(m_report.currency.code);
            out.sql = "CASE WHEN " + column.currency + " = " + m_plan.parameters.bind(m_report.currency.code)
                + " THEN " + column.sql + " END";
        }
        const std::string value = "(" + out.sql + ")";
        if (!bins.width.is_null()) {
            MORTISE_TRY(out.width, scaled_at(bins.width, scale, about.at + "/bins/width"));
            const std::string width = std::to_string(out.width);
            // Down to the step below, for numbers below 0 too.
            out.sql
                = "(" + value + " - mod(mod(" + value + ", " + width + ") + " + width + ", " + width + "))";
            return {};
        }
        for (const Value& edge : bins.edges) {
            MORTISE_TRY(const std::int64_t number, scaled_at(edge, scale, about.at + "/bins/edges"));
            if (!out.edges.empty() && number <= out.edges.back())
                return wrong(about.at + "/bins/edges", "must rise", "[0, 100, 1000]");
            out.edges.push_back(number);
        }
        std::string text = "CASE WHEN " + value + " IS NULL THEN NULL";
        for (std::size_t i = 0; i < out.edges.size(); ++i)
            text += " WHEN " + value + " < " + std::to_string(out.edges[i]) + " THEN " + std::to_string(i);
        out.sql = text + " ELSE " + std::to_string(out.edges.size()) + " END";
        return {};
    }

    Result<void> measure(const Measure& about)
    {
        PlannedMeasure out;
        out.about = &about;
        out.field
            = {.name = about.name, .kind = "int", .label = {}, .reference = {}, .scale = 0, .options = {}};
        if (about.where) {
            MORTISE_TRY(out.where, m_conditions.write(*about.where));
        }
        if (about.of == "count") {
            const bool is_known = about.each.empty() || !m_plan.tables.type_of(about.each).empty();
            if (!is_known)
                return wrong(
                    about.at + "/each", "there is no join " + about.each, "name one of joins by its as"
                );
            out.is_holistic = m_plan.tables.is_repeated(about.each);
            out.id = m_plan.tables.id_of(about.each);
            if (out.is_holistic || !about.each.empty()) out.value = out.id;
            m_plan.measures.push_back(std::move(out));
            return {};
        }
        MORTISE_TRY(const Column column, m_plan.tables.column(about.path, about.at + "/field"));
        const Family family = family_of(column.field.kind);
        out.value = column.sql;
        if (about.of == "distinct") {
            out.is_holistic = true;
            if (family == Family::money || family == Family::opaque || family == Family::list)
                return wrong(
                    about.at + "/field",
                    "different values of a field of kind " + column.field.kind + " are not counted",
                    "take another field"
                );
            m_plan.measures.push_back(std::move(out));
            return {};
        }
        out.field = column.field;
        const bool is_extreme = about.of == "min" || about.of == "max";
        const bool is_number = family == Family::number || family == Family::money;
        if (!is_number && !(is_extreme && (family == Family::date || family == Family::moment)))
            return wrong(
                about.at + "/field",
                "there is no " + about.of + " of a field of kind " + column.field.kind,
                "take a number or an amount"
            );
        if (!is_extreme && m_plan.tables.is_repeated(column.join))
            return wrong(
                about.at + "/field",
                "each " + joined(about.path) + " would be counted once for every row that is joined to it",
                "make the joined type the source, or measure a field of the join"
            );
        out.is_holistic = about.of == "median" || about.of == "percentile";
        if (family == Family::money) choose_currency(column, out);
        m_plan.measures.push_back(std::move(out));
        return {};
    }

    void choose_currency(const Column& column, PlannedMeasure& out)
    {
        const CurrencyChoice& choice = m_report.currency;
        out.original = column.sql;
        out.currency = column.currency;
        if (choice.kind != CurrencyChoice::Kind::only && choice.kind != CurrencyChoice::Kind::convert) return;
        const std::string code = m_plan.parameters.bind(choice.code);
        std::string text = "CASE WHEN " + column.currency + " = " + code + " THEN " + column.sql;
        for (const auto& [from, rate] : choice.rates) {
            if (from == choice.code) continue;
            // Minor units of one to minor units of the other.
            const int shift = digits_of(choice.code) - digits_of(from);
            const double factor = real_of(rate) * std::pow(10.0, shift);
            text += " WHEN " + column.currency + " = " + m_plan.parameters.bind(from) + " THEN CAST(round("
                + column.sql + " * " + m_plan.parameters.bind(factor) + ") AS INTEGER)";
        }
        out.value = text + " END";
        out.currency = "CASE WHEN " + column.currency + " IS NOT NULL THEN " + code + " END";
    }

    const Definition& m_report;
    const Setting& m_setting;
    Plan& m_plan;
    ConditionWriter m_conditions;
};

std::string filter_of(const std::string& where)
{
    return where.empty() ? std::string{} : " FILTER (WHERE " + where + ")";
}

std::string both(const std::string& a, const std::string& b)
{
    return a.empty() ? b : a + " AND " + b;
}

/// Keys, other flags, and what GROUP BY names them by.
struct Keys {
    std::string inner; ///< the keys themselves, once each: kkN
    std::string select;
    std::string group;
    std::string partition; ///< names of the columns
};

std::string is_shown(std::size_t dimension)
{
    return " IN (SELECT value FROM json_each(:shown" + std::to_string(dimension) + "))";
}

Keys keys_of(const Plan& plan, const std::vector<std::size_t>& dimensions, const Shown& shown)
{
    Keys keys;
    int place = 0;
    for (const std::size_t i : dimensions) {
        const std::string number = std::to_string(i);
        const std::string key = "kk" + number;
        const bool is_limited = i < shown.size() && shown[i].has_value();
        keys.inner += plan.dimensions[i].sql + " AS " + key + ", ";
        keys.select += (is_limited ? "CASE WHEN " + key + is_shown(i) + " THEN " + key + " END" : key)
            + " AS k" + number + ", ";
        keys.select
            += (is_limited
                    ? "CASE WHEN " + key + " IS NOT NULL AND NOT " + key + is_shown(i) + " THEN 1 ELSE 0 END"
                    : "0");
        keys.select += " AS o" + number + ", ";
        for (int j = 0; j < 2; ++j)
            keys.group.append(keys.group.empty() ? " GROUP BY " : ", ").append(std::to_string(++place));
        keys.partition.append(keys.partition.empty() ? "" : ", ").append("k" + number + ", o" + number);
    }
    return keys;
}

/// What a measure needs of each row: vN its value, uN its currency, rN the original amount, wN whether it
/// counts.
std::string inner_of(const PlannedMeasure& one, const std::string& number)
{
    std::string text;
    if (!one.value.empty()) text += one.value + " AS v" + number + ", ";
    if (!one.currency.empty())
        text += one.currency + " AS u" + number + ", " + one.original + " AS r" + number + ", ";
    if (!one.where.empty()) text += "(" + one.where + ") AS w" + number + ", ";
    return text;
}

std::string source_of(const Plan& plan, const Keys& keys, const std::string& columns)
{
    return " FROM (SELECT " + keys.inner + columns + "1 AS one" + plan.tables.from() + " WHERE " + plan.where
        + ") b";
}

Statement finished(const Plan& plan, std::string sql, const Shown& shown)
{
    Map given = plan.parameters.values();
    for (std::size_t i = 0; i < shown.size(); ++i)
        if (shown[i]) given.set("shown" + std::to_string(i), *shown[i]);
    Map used = used_parameters(sql, given);
    return {std::move(sql), std::move(used)};
}

} // namespace

Result<Plan> make_plan(
    const Definition& report, const TypeBook& types, const Setting& setting, const std::optional<Days>& days
)
{
    Plan plan;
    MORTISE_TRY(plan.tables, Tables::open(report, types));
    Planner planner{report, setting, plan};
    MORTISE_CHECK(planner.run(days));
    return plan;
}

Statement group_statement(const Plan& plan, const std::vector<std::size_t>& dimensions, const Shown& shown)
{
    const Keys keys = keys_of(plan, dimensions, shown);
    std::string sql = "SELECT " + keys.select + "count(*) AS n";
    std::string inner;
    for (std::size_t i = 0; i < plan.measures.size(); ++i) {
        const PlannedMeasure& one = plan.measures[i];
        const std::string number = std::to_string(i);
        const std::string where = one.where.empty() ? "" : "w" + number;
        const std::string value = "v" + number;
        if (!one.is_holistic || !one.currency.empty()) inner += inner_of(one, number);
        const auto add = [&](const std::string& aggregate, const char* name) {
            sql += ", " + aggregate + filter_of(where) + " AS " + name + number;
        };
        if (!one.currency.empty()) {
            const std::string some = filter_of(both(where, value + " IS NOT NULL"));
            sql += ", min(u" + number + ")" + some + " AS a" + number + ", max(u" + number + ")" + some
                + " AS z" + number;
            sql += ", count(*)"
                + filter_of(both(where, "r" + number + " IS NOT NULL AND " + value + " IS NULL")) + " AS x"
                + number;
        }
        if (one.is_holistic) continue;
        const std::string& of = one.about->of;
        add(one.value.empty() ? "count(*)" : "count(" + value + ")", "c");
        if (of == "sum" || of == "avg") add("sum(" + value + ")", "s");
        if (of == "min") add("min(" + value + ")", "l");
        if (of == "max") add("max(" + value + ")", "h");
    }
    sql += source_of(plan, keys, inner) + keys.group;
    return finished(plan, std::move(sql), shown);
}

Statement holistic_statement(
    const Plan& plan, std::size_t measure, const std::vector<std::size_t>& dimensions, const Shown& shown
)
{
    const PlannedMeasure& one = plan.measures[measure];
    const Keys keys = keys_of(plan, dimensions, shown);
    const std::string rows = source_of(plan, keys, inner_of(one, ""));
    const std::string where = one.where.empty() ? "" : "w";
    if (one.about->of == "distinct" || one.about->of == "count")
        return finished(
            plan,
            "SELECT " + keys.select + "count(DISTINCT v)" + filter_of(where) + " AS m" + rows + keys.group,
            shown
        );
    const std::string window = keys.partition.empty() ? "" : "PARTITION BY " + keys.partition + " ";
    const std::string values
        = "SELECT " + keys.select + "v AS value" + rows + " WHERE " + both(where, "v IS NOT NULL");
    const std::string ranked = "SELECT p.*, row_number() OVER (" + window
        + "ORDER BY value) AS place, count(*) OVER (" + window + ") AS size FROM (" + values + ") p";
    const std::string p = std::to_string(one.about->percentile);
    const bool is_median = one.about->of == "median";
    const std::string low = is_median ? "(size + 1) / 2" : "(size * " + p + " + 99) / 100";
    const std::string high = is_median ? "(size + 2) / 2" : low;
    const std::string by = keys.partition.empty() ? "" : keys.partition + ", ";
    return finished(
        plan,
        "SELECT " + by + "max(value) FILTER (WHERE place = " + low
            + ") AS m, max(value) FILTER (WHERE place = " + high + ") AS g FROM (" + ranked + ") q"
            + (keys.partition.empty() ? "" : " GROUP BY " + keys.partition),
        shown
    );
}

Statement cell_statement(
    const Plan& plan,
    const std::vector<std::optional<Key>>& keys,
    const Shown& shown,
    const PlannedMeasure* measure
)
{
    Plan copy = plan;
    std::string where = plan.where;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!keys[i]) continue;
        const std::string key = "(" + plan.dimensions[i].sql + ")";
        where += " AND ";
        switch (keys[i]->state) {
        case Key::State::value:
            where += key + " = " + copy.parameters.bind(keys[i]->value);
            break;
        case Key::State::null:
            where += key + " IS NULL";
            break;
        case Key::State::other:
            where += key + " NOT" + is_shown(i); // neither is null in what is shown
            break;
        }
    }
    if (measure) {
        if (!measure->where.empty()) where += " AND " + measure->where;
        if (!measure->value.empty()) where += " AND (" + measure->value + ") IS NOT NULL";
    }
    return finished(copy, plan.tables.from() + " WHERE " + where, shown);
}

Statement currency_statement(const Plan& plan, std::size_t measure)
{
    const PlannedMeasure& one = plan.measures[measure];
    return finished(
        plan,
        "SELECT DISTINCT " + one.currency + " AS currency" + plan.tables.from() + " WHERE " + plan.where
            + (one.where.empty() ? "" : " AND " + one.where) + " AND " + one.currency
            + " IS NOT NULL ORDER BY 1 LIMIT 20",
        {}
    );
}

int digits_of(std::string_view currency) noexcept
{
    const auto found = std::ranges::find(currencies, currency, &Currency::alpha);
    return found == currencies.end() ? 2 : found->digits;
}

std::string json_text_of(const Value& value)
{
    if (const auto* number = value.as<std::int64_t>()) return std::to_string(*number);
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text = "\"";
    for (const char c : value.text()) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            text.append("\\").push_back(c);
        else if (byte < 0x20)
            text.append("\\u00").append({hex[byte >> 4U], hex[byte & 15U]});
        else
            text += c;
    }
    return text + "\"";
}

Map used_parameters(const std::string& sql, const Map& parameters)
{
    const auto goes_on = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    Map used;
    for (const Entry& entry : parameters) {
        const std::string needle = ":" + entry.key;
        for (std::size_t at = sql.find(needle); at != std::string::npos; at = sql.find(needle, at + 1)) {
            const std::size_t end = at + needle.size();
            if (end < sql.size() && goes_on(sql[end])) continue;
            used.append(entry.key, entry.value);
            break;
        }
    }
    return used;
}

} // namespace mortise::plugins::reporting
