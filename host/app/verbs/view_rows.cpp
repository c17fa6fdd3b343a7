#include "app/verbs/view_rows.hpp"

#include "app/output.hpp"
#include "base/json.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <charconv>

namespace mortise::host {

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

std::string Look::source(std::string_view key) const
{
    return cell_text(at_path(view, "source." + std::string{key}));
}

Error Look::told_of(
    Error error, std::string_view failed, const json::object& declared_at, std::string_view under
) const
{
    const std::string plugin = cell_text(at_path(declared_at, "plugin"));
    const std::string kind = view.contains("kind") ? "view " : "report ";
    error.message = "the " + kind + cell_text(at_path(view, "name")) + " of "
        + cell_text(at_path(view, "plugin")) + " cannot be shown: its " + std::string{failed} + ' '
        + source(failed) + " fails: " + error.message;
    const std::string inner = error.where.empty() ? "" : ", " + error.where;
    error.where = "plugin.json of " + plugin + " at " + cell_text(at_path(declared_at, "pointer"))
        + std::string{under} + inner;
    return error;
}

std::string Look::type() const
{
    const std::string on = cell_text(at_path(view, "on"));
    return on.empty() ? source("type") : on;
}

namespace {

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
    auto answer = program.call("records.list", std::move(params));
    if (!answer) return look.told_of(std::move(answer).error(), "type", look.view, "/source");
    return array_at(answer->as_object(), "records");
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
            .message = "no enabled plugin has the query \"" + name + "\" that the view "
                + cell_text(at_path(look.view, "name")) + " of " + cell_text(at_path(look.view, "plugin"))
                + " shows",
            .key = "views.no_query",
            .where = "plugin.json of " + cell_text(at_path(look.view, "plugin")) + " at "
                + cell_text(at_path(look.view, "pointer")) + "/source/query",
            .hint = "enable the plugin that has it, or correct the name",
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
    auto done = program.call(
        "query.run", {{"sql", at_path(*query, "sql")}, {"params", std::move(params)}}, {take, {}}
    );
    if (!done) return look.told_of(std::move(done).error(), "query", *query, "/sql");
    return rows;
}

/// The answer itself if it is a list, the first list of objects in it, or the one object that it is.
Result<json::array> rows_of_command(Program& program, const Look& look, std::uint64_t limit)
{
    MORTISE_TRY(json::object arguments, filled_arguments(look, "arguments"));
    auto called = program.call(
        "commands.call", {{"name", look.source("command")}, {"arguments", std::move(arguments)}}
    );
    if (!called) return look.told_of(std::move(called).error(), "command", look.view, "/source");
    const json::value answer = *std::move(called);
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

} // namespace

Result<json::array> rows_of(Program& program, const Look& look, std::uint64_t limit)
{
    if (!look.source("type").empty()) return rows_of_type(program, look, limit);
    if (!look.source("query").empty()) return rows_of_query(program, look, limit);
    return rows_of_command(program, look, limit);
}

} // namespace mortise::host
