#include "panels/backup_screen.hpp"

#include "base/json_read.hpp"

#include <utility>

namespace mortise::ui {

void BackupScreen::set_up(Console& console)
{
    const auto& status = *console.store.status.value();
    m_section = text_at(at(status, "database"), "id");
    if (m_section.empty()) m_section = "database";
    const auto& last = console.preferences.get("backup", m_section);
    m_path = text_at(last, "file");
    if (!m_path.empty()) return;
    // Beside the socket, which is in the data folder: one level up, so that both are not lost together so
    // soon.
    std::filesystem::path folder = text_at(at(status, "host"), "socket");
    folder = folder.parent_path().parent_path();
    if (folder.empty()) folder = "/var/backups";
    m_path = (folder / "mortise.backup").native();
}

void BackupScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (!draw_state(console, console.store.status, "the status")) return;
    if (console.store.hello.value() && !console.store.is_admin()) {
        ui.message(
            Icon::lock,
            "No right to make backups",
            "A backup holds every record. It takes a user with scope all.",
            {},
            Tone::warning
        );
        return;
    }
    if (m_section.empty()) set_up(console);
    ImGui::BeginChild("backup");
    draw_error(console);
    draw_make(console);
    ui.gap(14);
    draw_verify(console);
    ui.gap(14);
    draw_restore(console);
    ImGui::EndChild();
}

void BackupScreen::draw_error(Console& console)
{
    if (!m_error) return;
    std::string text = m_error->message;
    if (!m_error->where.empty()) text += "\nwhere: " + m_error->where;
    if (!m_error->hint.empty()) text += "\n" + m_error->hint;
    console.ui.note(Icon::error, text, Tone::danger);
    console.ui.gap(6);
}

void BackupScreen::draw_make(Console& console)
{
    Ui& ui = console.ui;
    const bool busy = m_call.is_under_way();
    const bool is_open = console.link.state() == LinkState::open;
    ui.heading("Make a backup");
    ui.wrapped(
        "The whole data folder in one checked file, as of one moment, while the host works on. Keys of "
        "secrets are "
        "not in it: keep secrets.key apart.",
        ui.colors().muted
    );
    ui.gap(4);
    const InputAnswer path = ui.input(
        "File of the backup",
        m_path,
        {.hint = "a file on the machine of the host, from / on",
         .width = ui.px(460),
         .is_wrong = m_error && m_is_making}
    );
    ui.beside();
    const bool pressed = ui.button(
        busy && m_is_making ? "Working..." : "Make a backup",
        {.icon = Icon::export_, .weight = Weight::primary, .enabled = !busy && is_open && !m_path.empty()}
    );
    bool replaces = false;
    if (m_error && m_is_making && m_error->code == ErrorCode::exists) {
        ui.beside();
        replaces = ui.button("Replace it", {.weight = Weight::danger, .enabled = !busy});
    }
    if (busy) {
        ui.beside(10);
        ImGui::AlignTextToFramePadding();
        ui.muted(m_step.empty() ? "begins" : m_step);
        ui.beside();
        if (ui.button("Cancel", {.weight = Weight::quiet})) m_call.cancel();
    }
    if ((pressed || path.entered || replaces) && !busy && is_open) make(console, replaces);
    const auto& last = console.preferences.get("backup", m_section);
    if (m_made.is_object()) {
        std::int64_t records = 0;
        for (const auto& [type, count] : object_at(at(m_made, "about"), "records"))
            if (type != "event") records += integer_of(count);
        ui.note(
            Icon::check,
            text_at(m_made, "file") + ", " + bytes_text(integer_at(m_made, "bytes")) + ": "
                + counted(records, "record", "records") + ", "
                + counted(integer_at(object_at(at(m_made, "about"), "records"), "event"), "event", "events")
                + ", read back and checked",
            Tone::positive
        );
        draw_checks(console, m_made);
    } else if (last.is_object()) {
        ui.small(
            "The last one from this console: " + text_at(last, "at") + " UTC, " + text_at(last, "file") + ", "
            + bytes_text(integer_at(last, "bytes"))
        );
    } else {
        ui.small("None was made from this console yet.");
    }
}

void BackupScreen::draw_checks(Console& console, const boost::json::value& answer)
{
    Ui& ui = console.ui;
    for (const auto& check : array_at(answer, "checks")) {
        const std::int64_t wrong = integer_at(check, "wrong");
        ui.status(wrong == 0 ? "right" : "wrong", wrong == 0 ? Tone::positive : Tone::danger);
        ImGui::SameLine(ui.px(90));
        ui.text(
            text_at(check, "name") + ": " + with_separators(integer_at(check, "looked_at")) + " looked at"
            + (wrong == 0 ? "" : ", " + with_separators(wrong) + " wrong")
        );
        int shown = 0;
        for (const auto& finding : array_at(check, "findings")) {
            if (++shown > 20) break;
            ImGui::Indent(ui.px(90));
            ui.wrapped(text_of(finding), ui.colors().danger);
            ImGui::Unindent(ui.px(90));
        }
    }
}

void BackupScreen::draw_verify(Console& console)
{
    Ui& ui = console.ui;
    const bool busy = m_call.is_under_way();
    ui.heading("Check the database");
    ui.wrapped(
        "Pages, references, history, numbers of events, and what events say, while the host works on.",
        ui.colors().muted
    );
    ui.gap(4);
    if (ui.button(
            busy && !m_is_making ? "Checking..." : "Check it now",
            {.icon = Icon::check, .enabled = !busy && console.link.state() == LinkState::open}
        ))
        verify(console);
    if (!m_verified.is_object()) return;
    const bool is_right = flag_at(m_verified, "ok");
    ui.note(
        is_right ? Icon::check : Icon::error,
        is_right ? "All is right" : "Something is wrong: restore a backup into another folder, and compare",
        is_right ? Tone::positive : Tone::danger
    );
    draw_checks(console, m_verified);
}

void BackupScreen::draw_restore(Console& console)
{
    Ui& ui = console.ui;
    ui.heading("Go back to a backup");
    ui.wrapped(
        "A backup is restored into a folder of its own; nothing that you have is written over. Look at it, "
        "then let "
        "the host serve that folder instead.",
        ui.colors().muted
    );
    ui.gap(4);
    const std::string file = m_path.empty() ? "FILE" : m_path;
    const std::string first = "mortise --data NEW-FOLDER restore '" + file + "'";
    ui.mono(first);
    ui.beside(12);
    if (ui.button("Copy", {.weight = Weight::quiet})) ImGui::SetClipboardText(first.c_str());
    ui.mono("mortise --data NEW-FOLDER serve");
    ui.small("Put secrets.key beside it if plugins keep secrets; else each is asked for again.");
}

void BackupScreen::make(Console& console, bool replace)
{
    m_error.reset();
    m_made = nullptr;
    m_step.clear();
    m_is_making = true;
    m_call = console.link.call_with_progress(
        "backup.run",
        {{"path", m_path}, {"replace", replace}},
        [this, &console](Result<boost::json::value> answer) {
            if (!answer) {
                m_error = std::move(answer).error();
                return;
            }
            m_made = *std::move(answer);
            console.preferences.set(
                "backup",
                m_section,
                boost::json::object{
                    {"file", text_at(m_made, "file")},
                    {"bytes", integer_at(m_made, "bytes")},
                    {"at", time_text(text_at(at(m_made, "about"), "created_at"))}
                }
            );
            console.desk.toast(Tone::positive, "The backup is made and checked");
        },
        {},
        [this](const boost::json::value& progress) { m_step = text_at(progress, "step"); }
    );
}

void BackupScreen::verify(Console& console)
{
    m_error.reset();
    m_verified = nullptr;
    m_step.clear();
    m_is_making = false;
    m_call = console.link.call_with_progress(
        "database.verify",
        {},
        [this](Result<boost::json::value> answer) {
            if (answer)
                m_verified = *std::move(answer);
            else
                m_error = std::move(answer).error();
        },
        {},
        [this](const boost::json::value& progress) { m_step = text_at(progress, "step"); }
    );
}

} // namespace mortise::ui
