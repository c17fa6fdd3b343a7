#include "base/json.hpp"
#include "commands/registry.hpp"
#include "control/nearest.hpp"
#include "view_model.hpp"

#include <algorithm>

namespace mortise::testkit {

namespace {

namespace json = boost::json;

Map map_of(const ShownAction& action)
{
    return {{"label", action.label}, {"command", action.command}, {"arguments", action.arguments}};
}

List list_of(const std::vector<ShownAction>& actions)
{
    List list;
    for (const ShownAction& action : actions)
        list.emplace_back(map_of(action));
    return list;
}

Result<Value> render(Box& box, const Map& arguments)
{
    MORTISE_TRY(const ShownView view, load_view(box, arguments));
    List rows;
    for (const ShownRow& row : view.rows)
        rows.emplace_back(Map{
            {"id", row.id},
            {"title", row.title},
            {"group", row.group},
            {"fields", row.fields},
            {"actions", list_of(row.actions)},
        });
    List groups;
    for (const ShownGroup& group : view.groups)
        groups.emplace_back(group.title);
    return Value{Map{
        {"name", view.name},
        {"kind", view.kind},
        {"title", view.title},
        {"text", text_of(box, view)},
        {"rows", std::move(rows)},
        {"groups", std::move(groups)},
        {"actions", list_of(view.actions)},
    }};
}

Result<Value> list(Box& box, const Map&)
{
    List names;
    for (const host::Manifest& manifest : box.manifests())
        if (const auto* views = manifest.json.as_object().if_contains("views"); views && views->is_array())
            for (const json::value& view : views->get_array())
                names.emplace_back(std::string{view.at("name").as_string()});
    return Value{std::move(names)};
}

const ShownRow* find_row(const ShownView& view, std::string_view wanted)
{
    const auto found = std::ranges::find_if(view.rows, [&](const ShownRow& row) {
        return row.title == wanted || std::to_string(row.id.number) == wanted;
    });
    return found == view.rows.end() ? nullptr : &*found;
}

template <class Shown>
std::vector<std::string> titles_of(const std::vector<Shown>& shown)
{
    std::vector<std::string> titles;
    for (const Shown& each : shown)
        titles.push_back(each.title);
    return titles;
}

Error nothing_there(
    const ShownView& view, std::string what, const std::vector<std::string>& there, std::string_view wanted
)
{
    std::string all;
    for (const std::string& each : there)
        all += (all.empty() ? "" : ", ") + each;
    return {
        .code = ErrorCode::not_found,
        .message = "the view " + view.name + " shows no " + what + " \"" + std::string{wanted} + '"',
        .key = "testkit.view",
        .where = std::string{wanted},
        .hint = all.empty() ? "it shows none" : "it shows " + all,
    };
}

Result<ShownAction> find_action(const ShownView& view, std::string_view label, std::string_view row_wanted)
{
    const std::vector<ShownAction>* offered = &view.actions;
    if (!row_wanted.empty()) {
        const ShownRow* row = find_row(view, row_wanted);
        if (!row) return nothing_there(view, "row", titles_of(view.rows), row_wanted);
        offered = &row->actions;
    } else if (view.rows.size() == 1 && view.kind == "record") {
        offered = &view.rows.front().actions;
    }
    const auto found = std::ranges::find(*offered, label, &ShownAction::label);
    if (found != offered->end()) return *found;
    std::vector<std::string> labels;
    for (const ShownAction& action : *offered)
        labels.push_back(action.label);
    return nothing_there(view, "button", labels, label);
}

Result<Value> run_action(Box& box, const Map& arguments, const ShownAction& action)
{
    Map given = action.arguments;
    for (const auto& [name, value] : map_in(arguments, "arguments"))
        given.set(name, value);
    MORTISE_TRY(const auto context, box.context_of(arguments));
    return box.host().commands().call(action.command, context, given);
}

/// Presses a button by its label: {name, label, row, record, arguments}.
Result<Value> click(Box& box, const Map& arguments)
{
    MORTISE_TRY(const ShownView view, load_view(box, arguments));
    MORTISE_TRY(const std::string label, need_text(arguments, "label"));
    MORTISE_TRY(const ShownAction action, find_action(view, label, arguments["row"].text()));
    return run_action(box, arguments, action);
}

/// Drops a card of a board on a column: {name, row, group}.
Result<Value> drop(Box& box, const Map& arguments)
{
    MORTISE_TRY(const ShownView view, load_view(box, arguments));
    const auto* on_drop = view.json.as_object().if_contains("on_drop");
    if (!on_drop)
        return Error{
            .code = ErrorCode::unsupported,
            .message = "cards of the view " + view.name + " cannot be dropped: it has no \"on_drop\"",
            .key = "testkit.view",
            .where = view.name,
        };
    const std::string_view wanted = arguments["row"].text();
    const ShownRow* row = find_row(view, wanted);
    if (!row) return nothing_there(view, "card", titles_of(view.rows), wanted);
    const std::string_view column = arguments["group"].text();
    const auto group = std::ranges::find(view.groups, column, &ShownGroup::title);
    if (group == view.groups.end()) return nothing_there(view, "column", titles_of(view.groups), column);
    Map fields = row->fields;
    fields.set("group", group->id ? Value{group->id} : Value{group->title});
    const ShownAction action{
        {}, std::string{on_drop->at("command").as_string()}, fill_in(on_drop->at("arguments"), fields)
    };
    return run_action(box, arguments, action);
}

} // namespace

void add_view_operations(Box& box)
{
    box.add_reading("views.list", list);
    box.add("views.render", render);
    box.add("views.click", click);
    box.add("views.drop", drop);
}

} // namespace mortise::testkit
