#include "view_model.hpp"

#include "base/json.hpp"
#include "commands/registry.hpp"
#include "control/nearest.hpp"
#include "control/view_figures.hpp"
#include "records/views.hpp"

#include <algorithm>

namespace mortise::testkit {

namespace {

namespace json = boost::json;

std::string text_in(const json::value& object, std::string_view name)
{
    const auto* found = object.is_object() ? object.get_object().if_contains(name) : nullptr;
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

const json::value& member(const json::value& object, std::string_view name)
{
    static const json::value nothing;
    const auto* found = object.is_object() ? object.get_object().if_contains(name) : nullptr;
    return found ? *found : nothing;
}

const json::array& array_in(const json::value& object, std::string_view name)
{
    static const json::array nothing;
    const json::value& found = member(object, name);
    return found.is_array() ? found.get_array() : nothing;
}

Result<json::value> find_view(const Box& box, std::string_view name)
{
    std::vector<std::string> names;
    for (const host::Manifest& manifest : box.manifests())
        for (const json::value& view : array_in(manifest.json, "views")) {
            if (text_in(view, "name") == name) return view;
            names.push_back(text_in(view, "name"));
        }
    return Error{
        .code = ErrorCode::not_found,
        .message = "plugin.json declares no view \"" + std::string{name} + '"',
        .key = "plugin.not_declared",
        .where = std::string{name},
        .hint = names.empty() ? "it declares none" : "nearest is \"" + host::nearest(name, names) + '"',
    };
}

host::TypePointer type_of(Box& box, const std::string& type)
{
    return box.host().records().schema()->find(type);
}

/// What a record is called by.
std::string title_of(const host::RecordType& type, const Map& record)
{
    const std::string_view title = record[type.title_field].text();
    if (!title.empty()) return std::string{title};
    return type.name + ' ' + std::to_string(record["id"].get_or(Id{}).number);
}

Result<std::vector<Map>>
rows_of_type(Box& box, const Map& arguments, const json::value& source, const Map& record)
{
    constexpr std::size_t most_rows = 10'000;
    const std::string type = text_in(source, "type");
    MORTISE_TRY(const auto declared, box.host().records().schema()->require(type));
    MORTISE_TRY(const auto context, box.context_of(arguments));
    std::vector<Map> rows;
    if (const auto* one = arguments["record"].as<Id>();
        one && !record.empty() && record["type"].text() == type) {
        rows.push_back(record);
        return rows;
    }
    host::ListOptions options{.sort = {}, .limit = 1000, .after = {}, .deleted = false};
    const json::array& sort = array_in(source, "sort");
    if (!sort.empty()) options.sort = std::string{sort.front().as_string()};
    const Map filter = fill_in(member(source, "filter"), record);
    while (rows.size() < most_rows) {
        MORTISE_TRY(const auto page, box.host().records().list(context.principal, type, options));
        for (const host::Row& row : page.rows) {
            Map map = host::map_of(*declared, row);
            bool fits = true;
            for (const auto& [field, wanted] : filter) {
                const auto* any = wanted.as<List>();
                fits = fits
                    && (any ? std::ranges::find(*any, map[field]) != any->end() : map[field] == wanted);
            }
            if (fits) rows.push_back(std::move(map));
        }
        if (page.next.empty()) break;
        options.after = page.next;
    }
    return rows;
}

Result<std::vector<Map>>
rows_of_query(Box& box, const Map& arguments, const json::value& source, const Map& record)
{
    Map wanted{
        {"name", text_in(source, "query")}, {"parameters", fill_in(member(source, "arguments"), record)}
    };
    if (const std::string_view user = arguments["as"].text(); !user.empty()) wanted.set("as", user);
    MORTISE_TRY(const Value answer, box.ask("queries.run", wanted));
    std::vector<Map> rows;
    for (const Value& row : answer["rows"].get_or(List{}))
        rows.push_back(row.get_or(Map{}));
    return rows;
}

/// The rows of a command's answer: the answer itself if it is a list, or the first list of maps in it.
Result<std::vector<Map>>
rows_of_command(Box& box, const Map& arguments, const json::value& source, const Map& record)
{
    MORTISE_TRY(const auto context, box.context_of(arguments));
    const Map given = fill_in(member(source, "arguments"), record);
    MORTISE_TRY(const Value answer, box.host().commands().call(text_in(source, "command"), context, given));
    const List* list = answer.as<List>();
    const Map* map = answer.as<Map>();
    if (!list && map)
        for (const auto& [key, value] : *map)
            if (!list) list = value.as<List>();
    std::vector<Map> rows;
    if (!list && map) rows.push_back(*map);
    if (list)
        for (const Value& row : *list)
            rows.push_back(row.get_or(Map{}));
    return rows;
}

Result<std::vector<Map>> rows_of(Box& box, const Map& arguments, const json::value& source, const Map& record)
{
    if (!text_in(source, "type").empty()) return rows_of_type(box, arguments, source, record);
    if (!text_in(source, "query").empty()) return rows_of_query(box, arguments, source, record);
    return rows_of_command(box, arguments, source, record);
}

/// The record on show, as a map; empty if there is none.
Result<Map> record_of(Box& box, const Map& arguments, const json::value& view)
{
    const auto* id = arguments["record"].as<Id>();
    if (!id) return Map{};
    const std::string on = text_in(view, "on");
    const std::string type = on.empty() ? text_in(member(view, "source"), "type") : on;
    MORTISE_TRY(const auto declared, box.host().records().schema()->require(type));
    MORTISE_TRY(const auto context, box.context_of(arguments));
    MORTISE_TRY(const host::Row row, box.host().records().get(context.principal, type, *id));
    return host::map_of(*declared, row);
}

/// A field of a record type, which lives as long as the type does.
struct KnownField {
    host::TypePointer type{};
    const host::Field* field{nullptr};
};

KnownField field_of(Box& box, std::string_view type, std::string_view name)
{
    KnownField known{type_of(box, std::string{type})};
    const auto slot = known.type ? known.type->slot(name) : std::nullopt;
    if (slot) known.field = &known.type->fields[*slot];
    return known;
}

/// The field that a column of the view's rows shows: of its record type, or the one that its query names.
KnownField shown_field(Box& box, const json::value& view, const std::string& column)
{
    const json::value& source = member(view, "source");
    const std::string query = text_in(source, "query");
    for (const host::Manifest& manifest : box.manifests())
        if (const auto* declared = query.empty() ? nullptr : manifest.find_query(query))
            if (const auto* shown = declared->find_column(column))
                return field_of(box, shown->type_of_field(), shown->name_of_field());
    return field_of(box, text_in(source, "type"), column);
}

std::string label_of(Box& box, const json::value& view, const std::string& field)
{
    const std::string query = text_in(member(view, "source"), "query");
    for (const host::Manifest& manifest : box.manifests())
        for (const json::value& declared : array_in(manifest.json, "queries"))
            if (!query.empty() && text_in(declared, "name") == query)
                for (const json::value& column : array_in(declared, "columns"))
                    if (text_in(column, "name") == field && !text_in(column, "label").empty())
                        return text_in(column, "label");
    const KnownField known = shown_field(box, view, field);
    return known.field && !known.field->label.empty() ? known.field->label : field;
}

void add_column(Box& box, ShownView& view, const std::string& field, std::string label, std::string total)
{
    if (label.empty()) label = label_of(box, view.json, field);
    view.columns.push_back({field, std::move(label), std::move(total)});
}

void add_columns(Box& box, ShownView& view)
{
    for (const json::value& column : array_in(view.json, "columns"))
        add_column(box, view, text_in(column, "field"), text_in(column, "label"), text_in(column, "total"));
    for (const json::value& group : array_in(view.json, "fields"))
        for (const json::value& field : array_in(group, "fields"))
            add_column(box, view, std::string{field.as_string()}, {}, {});
    const json::value& chart = member(view.json, "chart");
    if (chart.is_object()) {
        add_column(box, view, text_in(chart, "x"), {}, {});
        for (const json::value& y : array_in(chart, "y"))
            add_column(box, view, std::string{y.as_string()}, {}, {});
        if (const std::string series = text_in(chart, "series"); !series.empty())
            add_column(box, view, series, {}, {});
    }
    if (!view.columns.empty() || view.rows.empty()) return;
    for (const auto& [field, value] : view.rows.front().fields)
        add_column(box, view, field, {}, {});
}

ShownAction action_of(Box& box, const json::value& action, const Map& fields)
{
    ShownAction shown{
        text_in(action, "label"), text_in(action, "command"), fill_in(member(action, "arguments"), fields)
    };
    if (!shown.label.empty()) return shown;
    const auto info = box.host().commands().find(shown.command);
    shown.label = info ? info->title : shown.command;
    return shown;
}

void add_actions(Box& box, ShownView& view, const Map& record)
{
    for (const json::value& action : array_in(view.json, "actions")) {
        if (!host::needs_row(action) || (!record.empty() && view.kind == "tab")) {
            view.actions.push_back(action_of(box, action, record));
            continue;
        }
        for (ShownRow& row : view.rows)
            if (host::is_offered(action, host::json_of(Value{row.fields}).as_object()))
                row.actions.push_back(action_of(box, action, row.fields));
    }
}

Result<void> add_groups(Box& box, ShownView& view, const Map& arguments)
{
    const std::string field = text_in(view.json, "group_by");
    if (field.empty()) return {};
    view.total = text_in(view.json, "total");
    const json::value& groups = member(view.json, "groups");
    if (groups.is_object()) {
        MORTISE_TRY(const auto rows, rows_of(box, arguments, groups, {}));
        const auto type = type_of(box, text_in(groups, "type"));
        for (const Map& row : rows)
            view.groups.push_back(
                {row["id"].get_or(Id{}), type ? title_of(*type, row) : display(box, row["name"])}
            );
    }
    for (ShownRow& row : view.rows) {
        row.group = display(box, view, field, row.fields[field]);
        if (std::ranges::find(view.groups, row.group, &ShownGroup::title) == view.groups.end())
            view.groups.push_back({row.fields[field].get_or(Id{}), row.group});
    }
    return {};
}

/// The columns of a query that name records.
std::vector<std::string> references_of(const Box& box, const std::string& query)
{
    std::vector<std::string> names;
    for (const host::Manifest& manifest : box.manifests())
        for (const json::value& declared : array_in(manifest.json, "queries"))
            if (!query.empty() && text_in(declared, "name") == query)
                for (const json::value& column : array_in(declared, "columns"))
                    if (!text_in(column, "reference").empty()) names.push_back(text_in(column, "name"));
    return names;
}

/// The record that a row stands for, which a console opens: its "id", or the first of `references` that is
/// set.
Id record_of_row(const Map& fields, const std::vector<std::string>& references)
{
    Id id = fields["id"].get_or(Id{});
    for (const std::string& column : references)
        if (!id) id = fields[column].get_or(Id{});
    return id;
}

/// The column that a row is called by; empty if the view names none.
std::string title_column(const json::value& view)
{
    std::string title = text_in(view, "card_title");
    for (const json::value& column : array_in(view, "columns"))
        if (title.empty() && text_in(column, "format") == "link") title = text_in(column, "field");
    return title;
}

} // namespace

Map fill_in(const json::value& wanted, const Map& fields)
{
    Map filled;
    for (const auto& [key, given] : host::value_of(wanted).get_or(Map{})) {
        const std::string_view text = given.text();
        const bool is_field = text.size() > 2 && text.front() == '{' && text.back() == '}';
        if (!is_field) {
            filled.set(key, given);
            continue;
        }
        const Value* found = fields.find(text.substr(1, text.size() - 2));
        if (!found || found->is_null()) continue; // a person is asked for it
        const auto* id = found->as<Id>();
        filled.set(key, id ? Value{std::to_string(id->number)} : *found); // as JSON has it
    }
    return filled;
}

std::string display(Box& box, const Value& value)
{
    switch (value.kind()) {
    case Kind::null:
        return {};
    case Kind::text:
        return std::string{value.text()};
    case Kind::money: {
        const json::value amount = host::json_of(value);
        return text_in(amount, "amount") + ' ' + text_in(amount, "currency");
    }
    case Kind::id: {
        const Id id = *value.as<Id>();
        const host::Principal system = host::Principal::system();
        for (const auto& type : box.host().records().schema()->types())
            if (const auto row = box.host().records().get(system, type->name, id, true))
                return title_of(*type, host::map_of(*type, *row));
        return std::to_string(id.number);
    }
    default: {
        const json::value written = host::json_of(value);
        return written.is_string() ? std::string{written.get_string()} : host::to_json(written);
    }
    }
}

std::string display(Box& box, const ShownView& view, const std::string& field, const Value& value)
{
    const KnownField known = shown_field(box, view.json, field);
    if (known.field && value.kind() == Kind::text) return std::string{known.field->label_of(value.text())};
    const auto* several = value.as<List>();
    if (!known.field || !several || known.field->kind != host::FieldKind::multi_enumeration)
        return display(box, value);
    std::string text;
    for (const Value& option : *several)
        text += (text.empty() ? "" : ", ") + std::string{known.field->label_of(option.text())};
    return text;
}

Result<ShownView> load_view(Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string name, need_text(arguments, "name"));
    ShownView view;
    MORTISE_TRY(view.json, find_view(box, name));
    view.name = name;
    view.kind = text_in(view.json, "kind");
    view.title = text_in(view.json, "title");
    view.empty = text_in(view.json, "empty");
    MORTISE_TRY(const Map record, record_of(box, arguments, view.json));
    const json::value& source = member(view.json, "source");
    MORTISE_TRY(auto rows, rows_of(box, arguments, source, record));
    const auto type = type_of(box, text_in(source, "type"));
    const std::string card_title = text_in(view.json, "card_title");
    const std::string named = title_column(view.json);
    const auto references = references_of(box, text_in(source, "query"));
    for (Map& fields : rows) {
        ShownRow row;
        row.id = record_of_row(fields, references);
        if (type && card_title.empty())
            row.title = title_of(*type, fields);
        else if (!named.empty())
            row.title = display(box, view, named, fields[named]);
        row.fields = std::move(fields);
        view.rows.push_back(std::move(row));
    }
    add_columns(box, view);
    add_actions(box, view, record);
    MORTISE_CHECK(add_groups(box, view, arguments));
    return view;
}

} // namespace mortise::testkit
