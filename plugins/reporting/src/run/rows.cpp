#include "run/rows.hpp"

#include "definition/json_reader.hpp"
#include "run/number.hpp"

#include <mortise/currency.hpp>

#include <algorithm>

namespace mortise::plugins::reporting {

namespace {

struct Shape {
    Plan plan;
    std::vector<Column> columns;
    std::vector<TableColumn> heads;
    std::string order;
};

Shape shape_of(const Definition& report, const TypeBook& types, const Setting& setting)
{
    Definition plain = report;
    plain.rows.clear();
    plain.columns.clear();
    plain.measures.clear();
    Shape shape{
        .plan = require(make_plan(plain, types, setting, std::nullopt)),
        .columns = {},
        .heads = {},
        .order = {}
    };
    Tables& tables = shape.plan.tables;
    for (std::size_t i = 0; i < report.fields.size(); ++i) {
        const std::string at = "/fields/" + std::to_string(i);
        Column column = require(tables.column(report.fields[i], at));
        TableColumn head{
            .name = joined(report.fields[i]),
            .label = column.field.label,
            .kind = column.field.kind,
            .scale = column.field.scale,
            .field = column.field
        };
        const TypeInfo* target = types.find(column.field.reference);
        if (target && !target->title_field.empty()) {
            Path title = report.fields[i];
            title.push_back(target->title_field);
            column = require(tables.column(title, at));
            head.kind = "text";
            head.field = {};
        }
        if (report.fields[i].size() > 1 && head.label.empty()) head.label = head.name;
        shape.columns.push_back(std::move(column));
        shape.heads.push_back(std::move(head));
    }
    for (const SortBy& one : report.sort) {
        const Column column = require(tables.column(require(path_at(Value{one.name}, "/sort")), "/sort"));
        shape.order.append(shape.order.empty() ? "" : ", ")
            .append(column.sql)
            .append(one.is_descending ? " DESC NULLS LAST" : " NULLS LAST");
    }
    shape.order.append(shape.order.empty() ? "" : ", ").append(tables.id_of(""));
    return shape;
}

Statement statement_of(const Shape& shape, const std::string& select, const std::string& behind)
{
    std::string sql = "SELECT " + select + shape.plan.tables.from() + " WHERE " + shape.plan.where + behind;
    Map used = used_parameters(sql, shape.plan.parameters.values());
    return {std::move(sql), std::move(used)};
}

std::string select_of(const Shape& shape)
{
    std::string select = shape.plan.tables.id_of("") + " AS id";
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
        select += ", " + shape.columns[i].sql + " AS f" + std::to_string(i);
        if (!shape.columns[i].currency.empty())
            select += ", " + shape.columns[i].currency + " AS u" + std::to_string(i);
    }
    return select;
}

Value money_of(std::int64_t minor, std::string_view letters)
{
    const auto found = std::ranges::find(currencies, letters, &Currency::alpha);
    if (found == currencies.end()) return minor;
    return Money{minor, found->number, found->digits};
}

Value value_in(const Row& row, std::size_t i, const TableColumn& head)
{
    const std::string number = std::to_string(i);
    const Value value = plain_of(row["f" + number]);
    if (value.is_null()) return {};
    const Family family = family_of(head.kind);
    const auto* whole = value.as<std::int64_t>();
    if (family == Family::money && whole) return money_of(*whole, plain_of(row["u" + number]).text());
    if (family == Family::moment && whole) return Instant{*whole};
    if (family == Family::boolean && whole) return *whole != 0;
    if (family == Family::date)
        if (const auto day = parse_day(value.text())) return *day;
    if (head.kind == "duration" && whole) return Duration{*whole};
    if (head.kind == "time" && whole) return TimeOfDay{*whole};
    if (family == Family::number && whole && head.scale > 0)
        return Decimal{*whole, static_cast<std::uint8_t>(head.scale)};
    if (family == Family::list || family == Family::opaque) return row["f" + number].value();
    return value;
}

} // namespace

Statement list_statement(
    const Definition& report,
    const TypeBook& types,
    const Setting& setting,
    std::int64_t limit,
    std::int64_t offset
)
{
    const Shape shape = shape_of(report, types, setting);
    return statement_of(
        shape,
        select_of(shape),
        " ORDER BY " + shape.order + " LIMIT " + std::to_string(limit) + " OFFSET " + std::to_string(offset)
    );
}

TableAnswer run_list(
    const Asker& asker,
    const Definition& report,
    const TypeBook& types,
    const Setting& setting,
    std::int64_t limit,
    std::int64_t offset
)
{
    const Shape shape = shape_of(report, types, setting);
    TableAnswer answer{.columns = shape.heads, .rows = {}, .ids = {}, .count = 0, .totals = {}};
    std::string sums = "count(*) AS n";
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
        const Family family = family_of(shape.heads[i].kind);
        const std::string number = std::to_string(i);
        if (family == Family::number || family == Family::money)
            sums += ", sum(" + shape.columns[i].sql + ") AS f" + number;
        if (family == Family::money)
            sums += ", CASE WHEN min(" + shape.columns[i].currency + ") = max(" + shape.columns[i].currency
                + ") THEN min(" + shape.columns[i].currency + ") END AS u" + number;
    }
    const Rows all = asker.ask(statement_of(shape, sums, ""));
    answer.count = number_of(all.front()["n"]);
    for (std::size_t i = 0; i < shape.heads.size(); ++i) {
        const Family family = family_of(shape.heads[i].kind);
        const bool is_mixed = family == Family::money && all.front()["u" + std::to_string(i)].is_null();
        const bool has_sum
            = (family == Family::number || family == Family::money) && shape.heads[i].kind != "percent";
        answer.totals.push_back(has_sum && !is_mixed ? value_in(all.front(), i, shape.heads[i]) : Value{});
    }
    for (const Row row : asker.ask(list_statement(report, types, setting, limit, offset))) {
        List& values = answer.rows.emplace_back();
        answer.ids.push_back(number_of(row["id"]));
        for (std::size_t i = 0; i < shape.heads.size(); ++i)
            values.push_back(value_in(row, i, shape.heads[i]));
    }
    return answer;
}

Map answer_of(const TableAnswer& table)
{
    List columns;
    for (const TableColumn& one : table.columns) {
        Map column{{"name", one.name}, {"label", one.label}, {"kind", one.kind}};
        Map labels;
        for (const auto& [option, label] : one.field.option_labels)
            labels.set(option, label);
        if (!one.field.option_labels.empty()) column.set("option_labels", std::move(labels));
        columns.emplace_back(std::move(column));
    }
    List rows;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        Map row{{"id", Id{table.ids[i]}}};
        for (std::size_t j = 0; j < table.columns.size(); ++j)
            row.set(table.columns[j].name == "id" ? "record" : table.columns[j].name, table.rows[i][j]);
        rows.emplace_back(std::move(row));
    }
    Map totals;
    for (std::size_t j = 0; j < table.columns.size(); ++j)
        if (!table.totals[j].is_null()) totals.set(table.columns[j].name, table.totals[j]);
    return {
        {"columns", std::move(columns)},
        {"count", table.count},
        {"totals", std::move(totals)},
        {"records", std::move(rows)},
    };
}

Map records_behind(
    const Asker& asker,
    const TypeBook& types,
    const Tables& tables,
    const Statement& from_where,
    const std::string& join,
    std::int64_t limit,
    std::int64_t after
)
{
    const std::string id = tables.id_of(join);
    const std::string type = tables.type_of(join);
    const TypeInfo* info = types.find(type);
    Map parameters = from_where.parameters;
    const Rows count = asker.ask("SELECT count(DISTINCT " + id + ") AS n" + from_where.sql, parameters);
    parameters.set("after", after);
    std::string title = "''";
    if (info && !info->title_field.empty())
        title = (join.empty() ? "t." : "x_" + join + ".") + info->title_field;
    if (type.empty()) title = "t.type";
    const Rows rows = asker.ask(
        "SELECT " + id + " AS id, max(" + title + ") AS title" + from_where.sql + " AND " + id
            + " > :after GROUP BY 1 ORDER BY 1 LIMIT " + std::to_string(limit),
        parameters
    );
    List records;
    std::int64_t last = after;
    for (const Row row : rows) {
        last = number_of(row["id"]);
        const Value named = type.empty() ? Value{last} : Value{Id{last}};
        records.emplace_back(Map{{type.empty() ? "event" : "id", named}, {"title", row["title"].value()}});
    }
    Map answer{{"type", type.empty() ? "event" : type}, {"count", number_of(count.front()["n"])}};
    if (static_cast<std::int64_t>(rows.size()) == limit) answer.set("next", std::to_string(last));
    answer.set("records", std::move(records));
    return answer;
}

} // namespace mortise::plugins::reporting
