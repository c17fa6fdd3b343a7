#include "shell/dialogs.hpp"

#include "base/json_read.hpp"
#include "shell/problem.hpp"
#include "widgets/schema.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace mortise::ui {

void Dialogs::close()
{
    m_kind = Kind::none;
    m_call = {};
    m_form.reset();
    m_error.reset();
    m_then = {};
}

void Dialogs::ask(Question question)
{
    close();
    m_question = std::move(question);
    m_kind = Kind::question;
    m_was_opened = true;
}

void Dialogs::open_command(
    Console& console, std::string name, boost::json::object arguments, std::function<void()> then
)
{
    close();
    const boost::json::object* command = console.store.command(name);
    const boost::json::value known = command ? boost::json::value(*command) : boost::json::value();
    m_name = std::move(name);
    m_method = "commands.call";
    m_title = text_at(known, "title").empty() ? m_name : text_at(known, "title");
    m_text = text_at(known, "help");
    m_is_writing = text_at(known, "effect") != "read";
    m_is_plain_read = !m_is_writing;
    m_can_preview = flag_at(known, "preview");
    m_button = text_at(known, "effect") == "read" ? "Run" : m_title;
    m_then = std::move(then);
    const auto& schema = at(known, "arguments");
    bool is_missing = false;
    for (const auto& needed : array_at(schema, "required"))
        is_missing = is_missing || !arguments.contains(text_of(needed));
    // What could be said besides is asked before something is changed, such as the reason for losing.
    for (const auto& [property, sub] : object_at(schema, "properties"))
        is_missing = is_missing || (!arguments.contains(property) && (m_is_writing || arguments.empty()));
    m_form.emplace(schema, boost::json::value(std::move(arguments)));
    m_form->take_keys();
    m_kind = Kind::form;
    m_was_opened = true;
    if (!is_missing && !flag_at(known, "confirm")) send(console);
}

boost::json::value schema_of(const TypeInfo& type)
{
    boost::json::object properties;
    boost::json::array required;
    const auto add = [&](const FieldInfo& field) {
        boost::json::object one{{"title", field.label}};
        if (!field.help.empty() && field.is_required) one["description"] = field.help;
        if (field.kind == "bool") {
            one["type"] = "boolean";
        } else {
            one["type"] = "string";
            boost::json::array options;
            for (const std::string& option : field.options)
                options.emplace_back(option);
            if (!options.empty()) {
                one["enum"] = std::move(options);
                one["enumNames"] = boost::json::array(field.option_labels.begin(), field.option_labels.end());
            }
            if (field.kind == "date") one["format"] = "date";
            if (field.kind == "datetime") one["format"] = "date-time";
            if (field.kind == "rich_text") one["format"] = "multiline";
        }
        properties[field.name] = std::move(one);
        if (field.is_required) required.emplace_back(field.name);
    };
    for (const FieldInfo& field : type.fields) // what is needed comes first
        if (field.is_required && !field.is_archived) add(field);
    for (const FieldInfo& field : type.fields)
        if (!field.is_required && !field.is_archived && field.kind != "json") add(field);
    return boost::json::object{{"type", "object"}, {"properties", properties}, {"required", required}};
}

void Dialogs::open_record(Console& console, const TypeInfo& type, boost::json::object values)
{
    static_cast<void>(console);
    close();
    m_type_copy = type;
    m_name = type.name;
    m_method = "records.create";
    m_title = "New " + lower(type.label);
    m_text.clear();
    m_button = "Create";
    m_is_writing = true;
    m_is_plain_read = m_can_preview = false;
    m_form.emplace(schema_of(type), boost::json::value(std::move(values)));
    m_form->take_keys();
    m_kind = Kind::form;
    m_was_opened = true;
}

void Dialogs::open_help(std::vector<Action> actions)
{
    close();
    m_help = std::move(actions);
    m_kind = Kind::help;
    m_was_opened = true;
}

Box Dialogs::begin(Console& console, float width, float height, std::string_view title)
{
    Ui& ui = console.ui;
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    const ImVec2 size{
        std::min(ui.px(width), screen.x - ui.px(32)), std::min(ui.px(height), screen.y - ui.px(48))
    };
    const ImVec2 at{(screen.x - size.x) / 2, std::max((screen.y - size.y) / 2.6F, ui.px(24))};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled({0, 0}, screen, ui.colors().shade);
    list.AddRectFilled(at, {at.x + size.x, at.y + size.y}, ui.colors().raised, ui.px(10));
    list.AddRect(at, {at.x + size.x, at.y + size.y}, ui.colors().border_strong, ui.px(10));
    ui.put_text(
        list,
        ui.theme().fonts().heading,
        {{at.x + ui.px(20), at.y + ui.px(14)}, {at.x + size.x - ui.px(60), at.y + ui.px(44)}},
        title,
        ui.colors().text
    );
    ImGui::SetCursorScreenPos({at.x + size.x - ui.px(44), at.y + ui.px(12)});
    const bool closed = ui.button(
        "Close", {.icon = Icon::close, .weight = Weight::quiet, .keys = "Esc", .icon_only = true}
    );
    if (closed || (is_pressed(Key::escape) && !m_was_opened)) close();
    m_was_opened = false;
    return {{at.x + ui.px(20), at.y + ui.px(54)}, {at.x + size.x - ui.px(20), at.y + size.y - ui.px(16)}};
}

void Dialogs::draw(Console& console)
{
    switch (m_kind) {
    case Kind::none:
        break;
    case Kind::question:
        draw_question(console);
        break;
    case Kind::form:
        draw_form(console);
        break;
    case Kind::result:
        draw_result(console);
        break;
    case Kind::help:
        draw_help(console);
        break;
    }
}

void Dialogs::draw_question(Console& console)
{
    Ui& ui = console.ui;
    const Box box = begin(console, 480, 210, m_question.title);
    if (m_kind == Kind::none) return;
    ImGui::SetCursorScreenPos(box.min);
    ImGui::BeginChild("question", {box.width(), box.height() - ui.px(40)});
    ui.wrapped(m_question.text);
    ImGui::EndChild();
    // Leaving things as they are is the default and comes first.
    ImGui::SetCursorScreenPos({box.min.x, box.max.y - ui.px(30)});
    const bool kept
        = ui.button("Leave it", {.weight = m_question.is_dangerous ? Weight::primary : Weight::plain});
    ui.beside();
    const bool done = ui.button(
        m_question.action, {.weight = m_question.is_dangerous ? Weight::danger : Weight::primary}
    );
    if (done) {
        const auto run = m_question.run;
        close();
        run();
    } else if (kept || (is_pressed(Key::enter) && m_question.is_dangerous && !ui.is_typing())) {
        close();
    }
}

void Dialogs::draw_form(Console& console)
{
    Ui& ui = console.ui;
    const bool is_short = m_form->is_empty();
    const Box box = begin(console, 620, is_short ? 220 : 640, m_title);
    if (m_kind == Kind::none) return;
    ImGui::SetCursorScreenPos(box.min);
    ImGui::BeginChild("form", {box.width(), box.height() - ui.px(44)});
    if (!m_text.empty()) {
        ui.wrapped(m_text, ui.colors().muted);
        ui.gap(12);
    }
    if (m_error) {
        draw_problem(ui, *m_error);
        ui.gap(12);
    }
    ImGui::PushItemWidth(-1);
    m_form->draw(ui);
    ImGui::PopItemWidth();
    ImGui::EndChild();
    ImGui::SetCursorScreenPos({box.min.x, box.max.y - ui.px(32)});
    const bool busy = m_call.is_under_way();
    const bool sent = ui.button(
        busy ? "Working..." : m_button, {.weight = Weight::primary, .enabled = !busy, .keys = "Ctrl+Enter"}
    );
    if (m_can_preview) {
        ui.beside();
        if (ui.button("Preview", {.enabled = !busy, .tip = "Shows what it would do; nothing is changed"})) {
            m_is_preview = true;
            send(console);
            return;
        }
    }
    if (sent || (ImGui::GetIO().KeyCtrl && is_pressed(Key::enter) && !busy)) {
        m_is_preview = false;
        send(console);
    }
}

void Dialogs::send(Console& console)
{
    const auto problems = m_form->problems();
    if (!problems.empty()) {
        m_form->show_problem(problems.front());
        m_error = Error{
            ErrorCode::invalid, "not sent yet: " + problems.front().text, {}, problems.front().where, {}
        };
        return;
    }
    m_error.reset();
    boost::json::object values = m_form->values().get_object();
    boost::json::object params;
    if (m_method == "records.create") {
        boost::json::object fields;
        for (const auto& [name, value] : values) {
            const FieldInfo* field = m_type_copy.find(name);
            if (value.is_null()) continue;
            fields[name] = field && value.is_string() ? parse_edit(*field, text_of(value)) : value;
        }
        params = {{"type", m_name}, {"values", std::move(fields)}};
    } else {
        params = {{"name", m_name}, {"arguments", std::move(values)}};
    }
    if (m_is_preview) params["context"] = boost::json::object{{"dry_run", true}};
    m_call
        = console.link.call(m_method, std::move(params), [this, &console](Result<boost::json::value> answer) {
              answered(console, std::move(answer));
          });
}

void Dialogs::answered(Console& console, Result<boost::json::value> answer)
{
    if (!answer) {
        m_error = std::move(answer).error();
        std::string where = m_error->where;
        for (const std::string_view prefix : {"/values", "/arguments"})
            if (where.starts_with(prefix)) where.erase(0, prefix.size());
        if (!where.empty() && where.front() != '/') where.insert(0, "/");
        m_form->show_problem({where, m_error->message});
        return;
    }
    const auto then = m_then;
    if (m_method == "records.create") {
        const std::string id = text_at(at(*answer, "record"), "id");
        console.desk.did("Created " + lower(m_type_copy.label), *answer);
        const std::string place = "record/" + m_name + '/' + id;
        close();
        console.desk.open(place);
        if (then) then();
        return;
    }
    if (m_is_preview || m_is_plain_read) {
        m_result = *std::move(answer);
        m_kind = Kind::result;
        return;
    }
    console.desk.did(m_title, *answer);
    close();
    if (then) then();
}

void Dialogs::draw_result(Console& console)
{
    Ui& ui = console.ui;
    const Box box
        = begin(console, 760, 600, m_is_preview ? m_title + ": preview, nothing was changed" : m_title);
    if (m_kind == Kind::none) return;
    ImGui::SetCursorScreenPos(box.min);
    ImGui::BeginChild(
        "result", {box.width(), box.height() - ui.px(44)}, false, ImGuiWindowFlags_HorizontalScrollbar
    );
    const std::string text = pretty(m_result);
    std::string_view rest = text;
    for (int line = 0; !rest.empty() && line < 2000; ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        ui.mono(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    ImGui::EndChild();
    ImGui::SetCursorScreenPos({box.min.x, box.max.y - ui.px(32)});
    if (ui.button("Copy")) ImGui::SetClipboardText(text.c_str());
    ui.beside();
    if (ui.button("Back to the form")) m_kind = Kind::form;
}

void Dialogs::draw_help(Console& console)
{
    Ui& ui = console.ui;
    const Box box = begin(console, 820, 620, "Keys");
    if (m_kind == Kind::none) return;
    ImGui::SetCursorScreenPos(box.min);
    ImGui::BeginChild("keys", {box.width(), box.height()});
    ui.wrapped(
        "Alt shows letters on every control: type them to press it. Tab goes from one to the next. In lists: "
        "arrows or j "
        "and k move, Enter opens, x marks, e edits, f filters by the value, Ctrl+C copies.",
        ui.colors().muted
    );
    ui.gap(10);
    std::map<std::string, std::vector<const Action*>> groups;
    for (const Action& action : m_help)
        if (!action.keys.empty()) groups[action.group].push_back(&action);
    ImGui::Columns(2, "groups", false);
    for (const auto& [group, actions] : groups) {
        ui.strong(group);
        for (const Action* action : actions) {
            ui.mono(action->keys);
            ImGui::SameLine(ui.px(96) + ImGui::GetColumnOffset());
            ui.text(action->title);
        }
        ui.gap(12);
        if (ImGui::GetCursorPosY() > ui.px(440) && ImGui::GetColumnIndex() == 0) ImGui::NextColumn();
    }
    ImGui::Columns(1);
    ImGui::EndChild();
}

} // namespace mortise::ui
