#include "app/verbs/find_verbs.hpp"
#include "base/json.hpp"
#include "control/nearest.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace mortise::host {
namespace {

namespace json = boost::json;

const json::array& array_at(const json::object& object, std::string_view path)
{
    static const json::array nothing;
    const json::value& found = at_path(object, path);
    return found.is_array() ? found.get_array() : nothing;
}

const json::object* find_named(const json::object& answer, std::string_view list, std::string_view name)
{
    for (const json::value& item : array_at(answer, list))
        if (cell_text(at_path(item.as_object(), "name")) == name) return &item.as_object();
    return nullptr;
}

Error no_view(const json::object& declared, const std::string& name)
{
    std::vector<std::string> names;
    for (const std::string_view list : {"views", "reports"})
        for (const json::value& item : array_at(declared, list))
            names.push_back(cell_text(at_path(item.as_object(), "name")));
    const std::string meant = nearest(name, names);
    return Error{
        .code = ErrorCode::not_found,
        .message = "no enabled plugin has a view \"" + name + '"',
        .key = "views.not_found",
        .where = name,
        .hint = meant.empty() ? "\"mortise views\" lists them" : "did you mean " + meant + '?',
    };
}

/// A view, what enabled plugins declare, and the record that it is about, if it is about one.
struct Look {
    const json::object& view;
    const json::object& declared;
    json::object record{};

    std::string source(std::string_view key) const
    {
        return cell_text(at_path(view, "source." + std::string{key}));
    }
    /// The record type that its rows or its record are of; empty: none.
    std::string type() const
    {
        const std::string on = cell_text(at_path(view, "on"));
        return on.empty() ? source("type") : on;
    }
};

/// The record's value for each "{field}" among the arguments of the source.
Result<json::object> filled_arguments(const Look& look, std::string_view under)
{
    json::object filled;
    const json::value& wanted = at_path(look.view, "source." + std::string{under});
    if (!wanted.is_object()) return filled;
    for (const auto& [key, value] : wanted.get_object()) {
        const std::string text = value.is_string() ? std::string{value.get_string()} : std::string{};
        if (text.size() < 3 || text.front() != '{' || text.back() != '}') {
            filled[key] = value;
            continue;
        }
        if (look.record.empty())
            return Error{
                .code = ErrorCode::invalid,
                .message = "the view shows a part of one " + look.type() + ", and none was named",
                .key = "cli.usage.record",
                .where = "--record",
                .hint = "give --record ID",
            };
        filled[key] = at_path(look.record, text.substr(1, text.size() - 2));
    }
    return filled;
}

/// {field: value, field: [value, ...]} as "records.list" takes it.
json::object where_of(const json::object& filter)
{
    json::array all;
    for (const auto& [field, value] : filter)
        all.push_back(json::object{{"field", field}, {"op", value.is_array() ? "in" : "="}, {"value", value}}
        );
    return json::object{{"all", std::move(all)}};
}

Result<json::array> rows_of_type(Program& program, const Look& look, std::uint64_t limit)
{
    if (!look.record.empty() && cell_text(at_path(look.view, "on")).empty()) return json::array{look.record};
    json::object params{{"type", look.source("type")}, {"limit", limit}};
    if (const json::array& sort = array_at(look.view, "source.sort"); !sort.empty()) params["sort"] = sort[0];
    MORTISE_TRY(const json::object filter, filled_arguments(look, "filter"));
    if (!filter.empty()) params["where"] = where_of(filter);
    MORTISE_TRY(const json::value answer, program.call("records.list", std::move(params)));
    return array_at(answer.as_object(), "records");
}

/// Ids are texts in the API and numbers in SQL.
json::value as_number(const json::value& value)
{
    if (!value.is_string()) return value;
    const std::string_view text = value.get_string();
    std::int64_t number = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
    return trouble == std::errc{} && end == text.data() + text.size() && !text.empty() ? json::value(number)
                                                                                       : value;
}

/// A number of the database as the kind that the manifest declares for its column.
json::value as_declared(const json::value& value, const json::object& column, const json::object& row)
{
    if (!value.is_int64()) return value;
    const std::int64_t number = value.get_int64();
    const std::string kind = cell_text(at_path(column, "kind"));
    if (kind == "bool") return number != 0;
    if (kind == "datetime") return json_of(Value{Instant{number}});
    if (kind == "duration") return json_of(Value{Duration{number}});
    if (kind == "decimal") {
        const json::value& scale = at_path(column, "scale");
        return json_of(
            Value{Decimal{number, static_cast<std::uint8_t>(scale.is_int64() ? scale.get_int64() : 0)}}
        );
    }
    if (kind == "money") {
        const std::string beside = cell_text(at_path(column, "currency")); // a column, or a currency itself
        const Currency* currency = find_currency(row.contains(beside) ? cell_text(row.at(beside)) : beside);
        if (currency) return json_of(Value{Money{number, currency->number, currency->digits}});
    }
    return value;
}

Result<json::array> rows_of_query(Program& program, const Look& look, std::uint64_t limit)
{
    const std::string name = look.source("query");
    const json::object* query = find_named(look.declared, "queries", name);
    if (!query)
        return Error{
            .code = ErrorCode::not_found,
            .message = "no enabled plugin has the query \"" + name + "\" that the view shows",
            .key = "views.no_query",
            .where = name,
        };
    MORTISE_TRY(json::object params, filled_arguments(look, "arguments"));
    for (auto& [key, value] : params)
        value = as_number(value);
    json::array rows;
    json::array columns;
    const auto take = [&](const json::value& chunk) {
        const json::object& part = chunk.as_object();
        if (part.contains("columns")) columns = array_at(part, "columns");
        for (const json::value& row : array_at(part, "rows")) {
            json::object object;
            for (std::size_t i = 0; i < columns.size() && i < row.as_array().size(); ++i)
                object[cell_text(at_path(columns[i].as_object(), "name"))] = row.as_array()[i];
            for (const json::value& declared : array_at(*query, "columns"))
                if (json::value* cell = object.if_contains(cell_text(at_path(declared.as_object(), "name"))))
                    *cell = as_declared(*cell, declared.as_object(), object);
            if (rows.size() < limit) rows.push_back(std::move(object));
        }
    };
    MORTISE_CHECK(program.call(
        "query.run", {{"sql", at_path(*query, "sql")}, {"params", std::move(params)}}, {take, {}}
    ));
    return rows;
}

/// The answer itself if it is a list, the first list of objects in it, or the one object that it is.
Result<json::array> rows_of_command(Program& program, const Look& look, std::uint64_t limit)
{
    MORTISE_TRY(json::object arguments, filled_arguments(look, "arguments"));
    MORTISE_TRY(
        const json::value answer,
        program.call("commands.call", {{"name", look.source("command")}, {"arguments", std::move(arguments)}})
    );
    const auto is_rows = [](const json::value& value) {
        const json::array* list = value.if_array();
        return list && std::ranges::all_of(*list, [](const json::value& row) { return row.is_object(); });
    };
    json::array rows;
    if (is_rows(answer))
        rows = answer.get_array();
    else if (const json::object* object = answer.if_object()) {
        const auto found
            = std::ranges::find_if(*object, [&](const auto& member) { return is_rows(member.value()); });
        rows = found != object->end() ? found->value().get_array() : json::array{*object};
    }
    if (rows.size() > limit) rows.resize(limit);
    return rows;
}

/// What a field is called where its view does not say: by the query's columns, or by its record type.
std::string label_of(const Look& look, const json::object& type, const std::string& field)
{
    std::string label;
    if (const json::object* query = find_named(look.declared, "queries", look.source("query")))
        if (const json::object* column = find_named(*query, "columns", field))
            label = cell_text(at_path(*column, "label"));
    if (const json::object* declared = label.empty() ? find_named(type, "fields", field) : nullptr)
        label = cell_text(at_path(*declared, "label"));
    return label.empty() ? field : label;
}

std::vector<ListColumn> columns_of(const Look& look, const json::object& type, const json::array& rows)
{
    std::vector<ListColumn> columns;
    const auto add = [&](const std::string& field, const std::string& label) {
        const auto same = std::ranges::find(columns, field, &ListColumn::path);
        if (!field.empty() && same == columns.end())
            columns.push_back({label.empty() ? label_of(look, type, field) : label, field});
    };
    add(cell_text(at_path(look.view, "group_by")), {});
    add(cell_text(at_path(look.view, "card_title")), {});
    for (const json::value& column : array_at(look.view, "columns"))
        add(cell_text(at_path(column.as_object(), "field")), cell_text(at_path(column.as_object(), "label")));
    for (const json::value& group : array_at(look.view, "fields"))
        for (const json::value& field : array_at(group.as_object(), "fields"))
            add(cell_text(field), {});
    for (const std::string_view key : {"chart.x", "chart.series"})
        add(cell_text(at_path(look.view, key)), {});
    for (const json::value& field : array_at(look.view, "chart.y"))
        add(cell_text(field), {});
    if (columns.empty() && !rows.empty())
        for (const auto& [field, value] : rows.front().as_object())
            add(std::string{field}, {});
    return columns;
}

json::array actions_of(const Look& look)
{
    json::array actions;
    for (const json::value& action : array_at(look.view, "actions"))
        actions.push_back(at_path(action.as_object(), "command"));
    return actions;
}

void print_view(
    Output& output, const Look& look, const std::vector<ListColumn>& columns, const json::array& rows
)
{
    output.line(cell_text(at_path(look.view, "title")));
    const std::string empty = cell_text(at_path(look.view, "empty"));
    output.list(rows, columns, empty.empty() ? "nothing to show" : empty);
    for (const json::value& command : actions_of(look))
        output.note("button: mortise call " + cell_text(command));
}

json::object document_of(const Look& look, const std::vector<ListColumn>& columns, const json::array& rows)
{
    json::array shown;
    for (const ListColumn& column : columns)
        shown.push_back(json::object{{"field", column.path}, {"label", column.heading}});
    return {
        {"name", at_path(look.view, "name")},
        {"title", at_path(look.view, "title")},
        {"kind", look.view.contains("kind") ? at_path(look.view, "kind") : json::value("report")},
        {"empty", at_path(look.view, "empty")},
        {"columns", std::move(shown)},
        {"rows", rows},
        {"actions", actions_of(look)},
    };
}

} // namespace

Result<Exit> list_views(Program& program)
{
    MORTISE_TRY(const json::value answer, program.call("views.list"));
    json::array all = array_at(answer.as_object(), "views");
    for (json::value report : array_at(answer.as_object(), "reports")) {
        report.as_object()["kind"] = "report";
        all.push_back(std::move(report));
    }
    program.output().list(
        all,
        {{"view", "name"}, {"kind", "kind"}, {"title", "title"}, {"plugin", "plugin"}},
        "no enabled plugin has a view"
    );
    return Exit::done;
}

Result<Exit> show_view(Program& program, const ViewOptions& options)
{
    MORTISE_TRY(const json::value answer, program.call("views.list"));
    const json::object& declared = answer.as_object();
    const json::object* view = options.report ? nullptr : find_named(declared, "views", options.name);
    if (!view) view = find_named(declared, "reports", options.name);
    if (!view) return no_view(declared, options.name);
    Look look{.view = *view, .declared = declared};
    if (!options.record.empty()) {
        MORTISE_TRY(
            const json::value record,
            program.call("records.get", {{"type", look.type()}, {"id", options.record}})
        );
        look.record = record.as_object();
    }
    json::object type;
    if (const std::string name = look.source("type"); !name.empty()) {
        MORTISE_TRY(const json::value described, program.call("types.get", {{"name", name}}));
        type = described.as_object();
    }
    MORTISE_TRY(
        const json::array rows,
        !look.source("type").empty()        ? rows_of_type(program, look, options.limit)
            : !look.source("query").empty() ? rows_of_query(program, look, options.limit)
                                            : rows_of_command(program, look, options.limit)
    );
    const std::vector<ListColumn> columns = columns_of(look, type, rows);
    program.output().print(document_of(look, columns, rows), [&] {
        print_view(program.output(), look, columns, rows);
    });
    return Exit::done;
}

} // namespace mortise::host
