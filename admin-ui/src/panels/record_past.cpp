#include "base/json_read.hpp"
#include "panels/record_screen.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

/// "2026-11-25 18:00" and "2026-11-25" as the beginning of an RFC 3339 time; the end of that minute or day.
std::string end_of(std::string text)
{
    while (text.starts_with(' '))
        text.erase(0, 1);
    while (text.ends_with(' ') || text.ends_with('Z'))
        text.pop_back();
    std::ranges::replace(text, ' ', 'T');
    constexpr std::string_view last = "9999-12-31T23:59:59.999999";
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t i = 0; i < std::min(text.size(), last.size()); ++i)
        if (is_digit(text[i]) != is_digit(last[i])) return {};
    if (text.size() < 10) return {};
    if (text.size() < last.size()) text += last.substr(text.size());
    return text;
}

} // namespace

const boost::json::value& RecordScreen::shown() const
{
    if (is_past() && m_history.value())
        for (const auto& version : array_at(*m_history.value(), "versions"))
            if (text_at(version, "version") == m_past) return version;
    return *m_record.value();
}

void RecordScreen::draw_past_note(Console& console)
{
    Ui& ui = console.ui;
    const auto& version = shown();
    ui.note(
        Icon::history,
        "As it was in version " + m_past + ", from " + time_text(text_at(version, "updated_at"))
            + " UTC on. Nothing can be changed here.",
        Tone::info
    );
    if (ui.button("Version before", {.icon = Icon::history, .keys = "p"})) step_version(console, -1);
    ui.beside();
    if (ui.button("Version after", {.keys = "Shift+P"})) step_version(console, 1);
    ui.beside();
    if (ui.button("Back to now", {.icon = Icon::undo, .weight = Weight::primary, .keys = "Esc"})
        || (is_pressed(Key::escape) && !ui.is_typing() && !ui.is_blocked()))
        m_past.clear();
    ui.gap(4);
}

void RecordScreen::step_version(Console& console, int by)
{
    m_tab = 1;
    if (!m_history.value()) {
        m_history.keep_fresh(60s);
        return;
    }
    const auto& versions = array_at(*m_history.value(), "versions");
    if (versions.empty()) return;
    auto at_version = std::ssize(versions) - 1;
    for (std::ptrdiff_t i = 0; i < std::ssize(versions); ++i)
        if (text_at(versions[static_cast<std::size_t>(i)], "version") == m_past) at_version = i;
    const auto next = at_version + by;
    if (next < 0) return console.desk.toast(Tone::info, "This is its first version");
    m_editing.clear();
    if (next >= std::ssize(versions) - 1)
        m_past.clear();
    else
        m_past = text_at(versions[static_cast<std::size_t>(next)], "version");
}

void RecordScreen::draw_as_of(Console& console)
{
    Ui& ui = console.ui;
    const InputAnswer time = ui.input(
        "As of",
        m_as_of,
        {.hint = "as of a day or time in UTC: 2026-11-25 18:00",
         .width = ui.px(300),
         .take_keys = std::exchange(m_wants_as_of, false)}
    );
    ui.beside();
    const bool pressed = ui.button("See it then", {.icon = Icon::clock, .enabled = !m_as_of.empty()});
    ui.gap(6);
    if (!time.entered && !pressed) return;
    const std::string end = end_of(m_as_of);
    if (end.empty())
        return console.desk.toast(
            Tone::warning, "\"" + m_as_of + "\" is no day or time such as 2026-11-25 18:00"
        );
    const auto& versions = array_at(*m_history.value(), "versions");
    std::string found;
    bool is_newest = false;
    for (std::size_t i = 0; i < versions.size(); ++i)
        if (text_at(versions[i], "updated_at") <= end) {
            found = text_at(versions[i], "version");
            is_newest = i + 1 == versions.size();
        }
    if (found.empty()) return console.desk.toast(Tone::info, "It was not there yet then");
    m_past = is_newest ? std::string{} : found;
    if (is_newest) console.desk.toast(Tone::info, "It is as it was then");
}

void RecordScreen::draw_history(Console& console, const TypeInfo& type)
{
    m_history.keep_fresh(60s);
    if (!draw_state(console, m_history, "the versions")) return;
    const auto& versions = array_at(*m_history.value(), "versions");
    ImGui::BeginChild("versions");
    draw_as_of(console);
    if (versions.empty())
        console.ui.message(Icon::history, "No versions", "Each change of the record makes one.");
    for (std::size_t i = versions.size(); i-- > 0;)
        draw_version(console, type, i);
    ImGui::EndChild();
}

void RecordScreen::draw_version(Console& console, const TypeInfo& type, std::size_t index)
{
    Ui& ui = console.ui;
    const auto& versions = array_at(*m_history.value(), "versions");
    const auto& now = versions[index];
    const std::string number = text_at(now, "version");
    const std::string commit = text_at(now, "since");
    ImGui::PushID(static_cast<int>(index));
    ImGui::AlignTextToFramePadding();
    ui.strong("Version " + number);
    ui.beside(10);
    ui.small(time_text(text_at(now, "updated_at")) + " UTC, transaction " + commit);
    const bool is_newest = index + 1 == versions.size();
    ui.to_right(
        ui.button_width("Take it back", Icon::undo) + (is_newest ? 0 : ui.button_width("See it") + ui.px(8))
    );
    if (!is_newest) {
        if (ui.button(
                "See it",
                {.weight = number == m_past ? Weight::primary : Weight::quiet,
                 .tip = "The fields as they were"}
            )) {
            m_past = number;
            m_editing.clear();
        }
        ui.beside();
    }
    if (ui.button(
            "Take it back",
            {.icon = Icon::undo,
             .weight = Weight::quiet,
             .enabled = !commit.empty(),
             .tip = "Undoes all that this transaction changed"}
        ))
        ask_undo(console, commit);
    const bool is_first = index == 0;
    for (const FieldInfo& field : type.fields) {
        const auto& value = at(now, field.name);
        const auto& before = is_first ? at({}, "") : at(versions[index - 1], field.name);
        if (value == before || (is_first && value.is_null())) continue;
        std::string line = field.label + ": ";
        if (!is_first)
            line += (before.is_null() ? "(empty)" : value_text(field, before)) + "  \xE2\x86\x92  ";
        line += value.is_null() ? "(empty)" : value_text(field, value);
        ImGui::Indent(ui.px(14));
        ui.text(line, ui.colors().muted);
        ImGui::Unindent(ui.px(14));
    }
    ui.gap(10);
    ImGui::PopID();
}

/// Looks first what it would do, and tells before it does it.
void RecordScreen::ask_undo(Console& console, const std::string& transaction)
{
    m_calls.push_back(console.link.call(
        "undo",
        {{"target", transaction}, {"kind", "transaction"}, {"context", {{"dry_run", true}}}},
        [this, &console, transaction](const Result<boost::json::value>& answer) {
            if (!answer) return console.desk.tell(answer.error());
            const auto& conflicts = array_at(*answer, "conflicts");
            const std::int64_t records = integer_at(*answer, "records");
            std::string text = counted(records, "record is", "records are") + " again as before transaction "
                + transaction + ". The undo is a change of its own, and can be undone.";
            int shown = 0;
            for (const auto& conflict : conflicts)
                if (++shown <= 4)
                    text += "\n" + text_at(conflict, "type") + ' ' + text_at(conflict, "id") + ", "
                        + text_at(conflict, "field") + ": " + text_at(conflict, "reason");
            if (!conflicts.empty()) text += "\nWhat was changed since stays as it is.";
            if (const auto external = array_at(*answer, "external").size(); external > 0)
                text += "\n" + counted(static_cast<std::int64_t>(external), "event", "events")
                    + " of it went outside, and cannot be taken back.";
            console.desk.ask(
                {.title = "Take transaction " + transaction + " back?",
                 .text = text,
                 .action = conflicts.empty() ? "Take it back" : "Take the rest back",
                 .is_dangerous = true,
                 .run =
                     [this, &console, transaction, force = !conflicts.empty()] {
                         undo_transaction(console, transaction, force);
                     }}
            );
        }
    ));
}

void RecordScreen::undo_transaction(Console& console, const std::string& transaction, bool force)
{
    m_calls.push_back(console.link.call(
        "undo",
        {{"target", transaction}, {"kind", "transaction"}, {"force", force}},
        [this, &console, transaction](const Result<boost::json::value>& answer) {
            m_record.refresh();
            m_events.refresh();
            m_history.refresh();
            if (!answer) return console.desk.tell(answer.error());
            const auto& done = array_at(*answer, "transactions");
            boost::json::object undone;
            if (done.size() == 1) undone["transaction"] = done[0];
            console.desk.did("Took transaction " + transaction + " back", undone);
        }
    ));
}

} // namespace mortise::ui
