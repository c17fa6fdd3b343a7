#include "app/verbs/find_verbs.hpp"
#include "app/verbs/view_rows.hpp"
#include "app/verbs/view_words.hpp"
#include "base/json.hpp"
#include "control/nearest.hpp"
#include "control/view_figures.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

namespace json = boost::json;

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

/// The labels of the options that a field of the rows may have, by option; empty if none has one.
const json::object& option_labels_of(const Look& look, const json::object& type, std::string_view field)
{
    static const json::object none;
    const json::object* query = find_named(look.declared, "queries", look.source("query"));
    const json::object* declared = query ? find_named(*query, "columns", field) : nullptr;
    if (!declared) declared = find_named(type, "fields", field);
    const json::value* labels = declared ? declared->if_contains("option_labels") : nullptr;
    return labels && labels->is_object() ? labels->get_object() : none;
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
    if (look.view.contains("kind")) { // a report's chart stands beside its table
        for (const std::string_view key : {"chart.x", "chart.series"})
            add(cell_text(at_path(look.view, key)), {});
        for (const json::value& field : array_at(look.view, "chart.y"))
            add(cell_text(field), {});
    }
    if (columns.empty() && !rows.empty())
        for (const auto& [field, value] : rows.front().as_object())
            add(std::string{field}, {});
    return columns;
}

/// Each with the label that is on its button, its command, and as far as they are there arguments and "when".
json::array actions_of(Program& program, const Look& look)
{
    json::array actions;
    for (const json::value& item : array_at(look.view, "actions")) {
        json::object action = item.as_object();
        const bool is_page = !look.record.empty() && cell_text(at_path(look.view, "on")).empty();
        if (is_page && !is_offered(item, look.record)) continue;
        if (is_page) action.erase("when"); // it holds
        if (cell_text(at_path(action, "label")).empty()) {
            const auto command = program.call("commands.get", {{"name", at_path(action, "command")}});
            const std::string title = command ? cell_text(at_path(command->as_object(), "title")) : "";
            action["label"] = title.empty() ? cell_text(at_path(action, "command")) : title;
        }
        if (json::value* arguments = action.if_contains("arguments"))
            *arguments = filled_in(*arguments, look.record);
        actions.push_back(std::move(action));
    }
    return actions;
}

/// What the columns of a board are called, by id, where they are records; empty if they are not.
json::object group_names(Program& program, const Look& look)
{
    constexpr std::uint64_t most = 500;
    json::object names;
    const std::string type = cell_text(at_path(look.view, "groups.type"));
    if (type.empty()) return names;
    const auto described = program.call("types.get", {{"name", type}});
    const auto listed = program.call("records.list", {{"type", type}, {"limit", most}});
    if (!described || !listed) return names; // ids do, for who may not read them
    const std::string title = cell_text(at_path(described->as_object(), "title_field"));
    for (const json::value& record : array_at(listed->as_object(), "records"))
        if (const std::string name = cell_text(at_path(record.as_object(), title)); !name.empty())
            names[cell_text(at_path(record.as_object(), "id"))] = name;
    return names;
}

/// A figure below a column, or above one of a board.
struct Total {
    std::string how;
    std::string field;
    std::string label;
    std::string group{}; ///< board: the column's value
    std::string text;
};

std::vector<json::value> cells_of(const json::array& rows, const std::string& field)
{
    std::vector<json::value> cells;
    for (const json::value& row : rows)
        cells.push_back(at_path(row.as_object(), field));
    return cells;
}

std::vector<Total> totals_of(
    const Look& look, const json::object& type, const json::object& groups_called, const json::array& rows
)
{
    std::vector<Total> totals;
    for (const json::value& item : array_at(look.view, "columns")) {
        const json::object& column = item.as_object();
        const std::string how = cell_text(at_path(column, "total"));
        const std::string field = cell_text(at_path(column, "field"));
        if (how.empty()) continue;
        std::string label = cell_text(at_path(column, "label"));
        if (label.empty()) label = label_of(look, type, field);
        totals.push_back({how, field, std::move(label), {}, total_text(how, cells_of(rows, field))});
    }
    const std::string field = cell_text(at_path(look.view, "total"));
    const std::string by = cell_text(at_path(look.view, "group_by"));
    if (field.empty() || by.empty()) return totals;
    std::vector<std::pair<std::string, json::array>> groups;
    for (const json::value& row : rows) {
        const std::string group = cell_text(option_text(groups_called, at_path(row.as_object(), by)));
        auto same = std::ranges::find(groups, group, [](const auto& each) { return each.first; });
        if (same == groups.end()) same = groups.insert(groups.end(), {group, {}});
        same->second.push_back(row);
    }
    for (const auto& [group, members] : groups)
        totals.push_back(
            {"sum", field, label_of(look, type, field), group, total_text("sum", cells_of(members, field))}
        );
    return totals;
}

/// The rows as people read them: labels in the place of options, and the buttons that each of them has.
json::array readable(
    const Look& look,
    const json::object& type,
    const json::object& groups_called,
    const json::array& actions,
    json::array rows,
    std::vector<ListColumn>& columns
)
{
    constexpr const char* buttons_column = "\x01";
    bool has_buttons = false;
    for (json::value& item : rows) {
        json::object& row = item.as_object();
        std::string buttons;
        for (const json::value& action : actions)
            if (look.record.empty() && needs_row(action) && is_offered(action, row))
                buttons
                    += (buttons.empty() ? "[" : " [") + cell_text(at_path(action.as_object(), "label")) + ']';
        for (auto& [field, value] : row)
            if (const json::object& labels = option_labels_of(look, type, field); !labels.empty())
                value = option_text(labels, value);
        const std::string by = cell_text(at_path(look.view, "group_by"));
        if (json::value* group = row.if_contains(by)) *group = option_text(groups_called, *group);
        has_buttons |= !buttons.empty();
        row[buttons_column] = std::move(buttons);
    }
    if (has_buttons) columns.push_back({"", buttons_column});
    return rows;
}

void print_view(
    Output& output,
    const Look& look,
    const json::object& type,
    const json::object& groups_called,
    std::vector<ListColumn> columns,
    const json::array& actions,
    const json::array& rows
)
{
    output.line(cell_text(at_path(look.view, "title")));
    const std::string empty = cell_text(at_path(look.view, "empty"));
    const json::array shown = readable(look, type, groups_called, actions, rows, columns);
    output.list(shown, columns, empty.empty() ? "nothing to show" : empty);
    if (!rows.empty())
        for (const Total& total : totals_of(look, type, groups_called, rows))
            output.line(printable(
                total.how + " of " + total.label + (total.group.empty() ? "" : " in " + total.group) + ": "
                + total.text
            ));
    for (const json::value& action : actions)
        output.line(button_text(action.as_object()));
}

json::object document_of(
    const Look& look,
    const json::object& type,
    const json::object& groups_called,
    const std::vector<ListColumn>& columns,
    const json::array& actions,
    const json::array& rows
)
{
    json::array shown;
    for (const ListColumn& column : columns)
        shown.push_back(json::object{{"field", column.path}, {"label", column.heading}});
    json::array totals;
    for (const Total& total : totals_of(look, type, groups_called, rows)) {
        json::object one{
            {"total", total.how}, {"field", total.field}, {"label", total.label}, {"text", total.text}
        };
        if (!total.group.empty()) one["group"] = total.group;
        totals.push_back(std::move(one));
    }
    return {
        {"name", at_path(look.view, "name")},
        {"title", at_path(look.view, "title")},
        {"kind", look.view.contains("kind") ? at_path(look.view, "kind") : json::value("report")},
        {"empty", at_path(look.view, "empty")},
        {"columns", std::move(shown)},
        {"rows", rows},
        {"totals", std::move(totals)},
        {"actions", actions},
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
        auto described = program.call("types.get", {{"name", name}});
        if (!described) return look.told_of(std::move(described).error(), "type", look.view, "/source/type");
        type = described->as_object();
    }
    MORTISE_TRY(const json::array rows, rows_of(program, look, options.limit));
    const std::vector<ListColumn> columns = columns_of(look, type, rows);
    const json::array actions = actions_of(program, look);
    const json::object groups_called = group_names(program, look);
    program.output().print(document_of(look, type, groups_called, columns, actions, rows), [&] {
        print_view(program.output(), look, type, groups_called, columns, actions, rows);
    });
    return Exit::done;
}

} // namespace mortise::host
