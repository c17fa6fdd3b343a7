#include "panels/import_screen.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <tuple>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 30;
const std::vector<std::string> mode_words{
    "Make every row a new record",
    "Only change records that are there",
    "Change those that are there, make the others",
    "Make new ones, skip those that are there"
};

std::vector<FoundFile> files_in(const fs::path& folder)
{
    std::vector<FoundFile> files;
    std::error_code failed;
    for (fs::directory_iterator it{folder, fs::directory_options::skip_permission_denied, failed}, end;
         !failed && it != end;
         it.increment(failed)) {
        const std::string name = it->path().filename().native();
        std::error_code ignored;
        const bool is_folder = it->is_directory(ignored);
        const std::string kind = lower(it->path().extension().native());
        const bool can_be_read
            = kind == ".csv" || kind == ".tsv" || kind == ".vcf" || kind == ".jsonl" || kind == ".txt";
        if (name.starts_with('.') || (!is_folder && !can_be_read)) continue;
        files.push_back({name, is_folder, is_folder ? 0 : static_cast<std::int64_t>(it->file_size(ignored))});
        if (files.size() > 5'000) break;
    }
    std::ranges::sort(files, [](const FoundFile& a, const FoundFile& b) {
        return std::tuple{!a.is_folder, lower(a.name)} < std::tuple{!b.is_folder, lower(b.name)};
    });
    return files;
}

std::optional<std::string> contents_of(const fs::path& file)
{
    std::error_code failed;
    if (const auto size = fs::file_size(file, failed); failed || size > largest_file) return std::nullopt;
    std::ifstream stream{file, std::ios::binary};
    if (!stream) return std::nullopt;
    std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
    return stream.bad() ? std::nullopt : std::optional{std::move(bytes)};
}

bool is_done(const auto& future)
{
    return future.valid() && future.wait_for(0s) == std::future_status::ready;
}

} // namespace

ImportScreen::ImportScreen(Console& console)
    : m_grid{{{"row", "Row", 70, Align::right}, {"line", "Line", 70, Align::right}, {"kept", "Kept", 80}, {"where", "Where", 160}, {"message", "What is wrong", 420}, {"hint", "How to mend it", 300}}
      },
      m_rows{[](const boost::json::value& row, const GridColumn& column) -> GridCell {
          if (column.key == "kept")
              return {
                  .text = flag_at(row, "kept") ? "kept" : "refused",
                  .look = CellLook::badge,
                  .tone = flag_at(row, "kept") ? Tone::warning : Tone::danger
              };
          return {text_at(row, column.key)};
      }}
{
    static_cast<void>(console);
    std::error_code failed;
    m_folder = fs::current_path(failed);
    list_folder();
}

void ImportScreen::list_folder()
{
    m_path = m_folder.native();
    m_listing = std::async(std::launch::async, files_in, m_folder);
}

void ImportScreen::choose(const fs::path& file)
{
    m_file = file;
    m_error.reset();
    m_reading = std::async(std::launch::async, contents_of, file);
}

void ImportScreen::take_futures(Console& console)
{
    if (is_done(m_listing)) m_files = m_listing.get();
    if (is_done(m_saving)) {
        const bool saved = m_saving.get();
        console.desk.toast(
            saved ? Tone::positive : Tone::danger,
            saved ? "Refused rows are in " + m_file.native() + ".refused.csv"
                  : "The refused rows could not be written beside " + m_file.native()
        );
    }
    if (!is_done(m_reading)) return;
    auto bytes = m_reading.get();
    if (!bytes) {
        m_error = Error{
            ErrorCode::io,
            "cannot read " + m_file.native(),
            {},
            {},
            "it must be a file of at most 1 GiB that you may read"
        };
        return;
    }
    m_bytes = std::move(*bytes);
    m_preview = preview_csv(std::string_view{m_bytes}.substr(0, std::size_t{256} << 10), 10);
    m_guessed_for.clear();
    m_step = Step::match;
}

void ImportScreen::draw_steps(Console& console)
{
    Ui& ui = console.ui;
    constexpr std::array<std::string_view, 4> names{"1  File", "2  Columns", "3  Trial", "4  Import"};
    const std::size_t now = m_step == Step::file ? 0 : m_step == Step::match ? 1 : m_is_trial ? 2 : 3;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) {
            ui.beside(8);
            ui.icon(Icon::chevron_right, ui.colors().faint);
            ui.beside(8);
        }
        if (i == now)
            ui.strong(names.at(i));
        else
            ui.muted(names.at(i));
    }
    if (!m_file.empty() && m_step != Step::file) {
        ui.beside(20);
        ui.small(m_file.native() + ", " + bytes_text(static_cast<std::int64_t>(m_bytes.size())));
        ui.to_right(ui.button_width("Another file", Icon::undo));
        if (!m_call.is_under_way()
            && ui.button("Another file", {.icon = Icon::undo, .weight = Weight::quiet})) {
            m_step = Step::file;
            m_error.reset();
        }
    }
    ui.gap(6);
}

void ImportScreen::draw(Console& console)
{
    take_futures(console);
    draw_steps(console);
    if (m_error) {
        std::string text = m_error->message;
        if (!m_error->where.empty()) text += "\nwhere: " + m_error->where;
        if (!m_error->hint.empty()) text += "\n" + m_error->hint;
        console.ui.note(Icon::error, text, Tone::danger);
    }
    switch (m_step) {
    case Step::file:
        draw_file(console);
        break;
    case Step::match:
        draw_match(console);
        break;
    case Step::running:
        draw_running(console);
        break;
    case Step::trial:
    case Step::over:
        draw_outcome(console);
        break;
    }
}

void ImportScreen::draw_file(Console& console)
{
    Ui& ui = console.ui;
    const InputAnswer path = ui.input(
        "File or folder",
        m_path,
        {.hint = "the path of a CSV, vCard or JSON Lines file",
         .width = ImGui::GetContentRegionAvail().x - ui.px(90)}
    );
    ui.beside();
    if (ui.button("Open", {.weight = Weight::primary}) || path.entered) {
        std::error_code failed;
        if (fs::is_directory(m_path, failed)) {
            m_folder = m_path;
            list_folder();
        } else {
            choose(m_path);
        }
    }
    ImGui::BeginChild("files");
    if (m_folder.has_parent_path()
        && ui.button("..", {.icon = Icon::restore, .weight = Weight::quiet, .tip = "The folder above"})) {
        m_folder = m_folder.parent_path();
        list_folder();
    }
    if (m_listing.valid()) ui.muted("Looking into the folder...");
    for (const FoundFile& file : m_files) {
        ImGui::PushID(file.name.c_str());
        const bool pressed = ui.button(
            file.name, {.icon = file.is_folder ? Icon::chevron_right : Icon::note, .weight = Weight::quiet}
        );
        if (!file.is_folder) {
            ui.beside(10);
            ui.small(bytes_text(file.bytes));
        }
        ImGui::PopID();
        if (!pressed) continue;
        if (file.is_folder) {
            m_folder /= file.name;
            list_folder();
        } else {
            choose(m_folder / file.name);
        }
        break;
    }
    if (!m_listing.valid() && m_files.empty())
        ui.message(
            Icon::upload,
            "Nothing to import here",
            "Folders, and files that end in .csv, .tsv, .vcf, .jsonl or .txt are shown."
        );
    ImGui::EndChild();
}

void ImportScreen::draw_match(Console& console)
{
    Ui& ui = console.ui;
    std::vector<std::string> labels;
    std::vector<std::string> names;
    for (const TypeInfo& type : console.store.types())
        if (!type.is_archived) {
            labels.push_back(type.plural_label());
            names.push_back(type.name);
        }
    const TypeInfo* type = console.store.type(m_type);
    if (!type) {
        draw_state(console, console.store.types_list, "record types");
        return;
    }
    ImGui::AlignTextToFramePadding();
    ui.text("The rows are");
    ui.beside();
    const auto chosen = static_cast<std::size_t>(std::ranges::find(names, m_type) - names.begin());
    if (const auto taken = ui.choice("Record type", labels, chosen, ui.px(170))) m_type = names[*taken];
    ui.beside(14);
    if (const auto taken = ui.choice("What to do", mode_words, m_mode, ui.px(330))) m_mode = *taken;
    ui.beside(14);
    ui.input("Same when equal", m_match, {.hint = "same record if equal: email", .width = ui.px(210)});
    ui.to_right(ui.button_width("Try it", Icon::check));
    if (ui.button(
            "Try it",
            {.icon = Icon::check, .weight = Weight::primary, .tip = "Reads the whole file and changes nothing"
            }
        ))
        begin(console, true);
    type = console.store.type(m_type);
    if (m_guessed_for != m_type) {
        m_guessed_for = m_type;
        m_fields = guess_fields(m_preview.header, *type);
    }
    draw_mapping(console, *type);
}

void ImportScreen::draw_mapping(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    const std::string kind = lower(m_file.extension().native());
    if (kind == ".vcf" || kind == ".jsonl") {
        ui.message(
            Icon::note,
            "Fields have their names in this file",
            "There is nothing to match. Try it to see what becomes of it."
        );
        return;
    }
    const auto matched
        = std::ranges::count_if(m_fields, [](const std::string& field) { return !field.empty(); });
    ui.muted(
        std::to_string(matched) + " of " + counted(std::ssize(m_preview.header), "column", "columns")
        + " matched by their names. Those without a field are not read."
    );
    std::vector<std::string> labels{"(not read)"};
    std::vector<std::string> names{""};
    for (const FieldInfo& field : type.fields)
        if (!field.is_archived) {
            labels.push_back(field.label + (field.is_required ? " *" : ""));
            names.push_back(field.name);
        }
    ImGui::BeginChild("columns");
    const float x = ImGui::GetCursorPosX();
    ui.small("Column");
    ImGui::SameLine(x + ui.px(220));
    ui.small("becomes");
    ImGui::SameLine(x + ui.px(470));
    ui.small("Rows of the file");
    for (std::size_t i = 0; i < m_preview.header.size() && i < 400; ++i) {
        ImGui::PushID(static_cast<int>(i));
        ImGui::AlignTextToFramePadding();
        ui.strong(m_preview.header[i].substr(0, 40));
        ImGui::SameLine(x + ui.px(220));
        const auto now = static_cast<std::size_t>(std::ranges::find(names, m_fields[i]) - names.begin());
        if (const auto taken = ui.choice("field of " + m_preview.header[i], labels, now, ui.px(230)))
            m_fields[i] = names[*taken];
        ImGui::SameLine(x + ui.px(470));
        std::string samples;
        int shown = 0;
        for (const auto& row : m_preview.rows)
            if (i < row.size() && !row[i].empty() && shown < 10 && samples.size() < 160) {
                samples += (samples.empty() ? "" : "   \xC2\xB7   ") + row[i].substr(0, 50);
                ++shown;
            }
        ImGui::AlignTextToFramePadding();
        ui.muted(samples);
        ImGui::PopID();
    }
    ImGui::EndChild();
}

void ImportScreen::draw_running(Console& console)
{
    Ui& ui = console.ui;
    const double size = static_cast<double>(std::max<std::size_t>(m_bytes.size(), 1));
    const bool is_sending = m_sent < m_bytes.size();
    const double share
        = is_sending ? static_cast<double>(m_sent) / size : number_of(at(m_progress, "bytes"), 0) / size;
    const double seconds = std::chrono::duration<double>(console.clock.steady() - m_began).count();
    const std::int64_t read = integer_at(m_progress, "read");
    ui.heading(is_sending ? "Sending the file" : m_is_trial ? "Trying it; nothing is changed" : "Importing");
    ui.progress(
        share,
        std::to_string(static_cast<int>(share * 100)) + " %",
        std::min(ImGui::GetContentRegionAvail().x, ui.px(560))
    );
    std::string text = with_separators(read) + " rows read, "
        + with_separators(integer_at(m_progress, "refused")) + " refused";
    if (read > 0 && seconds > 0.5)
        text += ", " + with_separators(static_cast<std::int64_t>(static_cast<double>(read) / seconds))
            + " a second";
    if (share > 0.02 && share < 1)
        text += ", about "
            + span_text(std::chrono::seconds{static_cast<std::int64_t>(seconds / share * (1 - share))})
            + " to go";
    ui.muted(text);
    if (console.link.state() != LinkState::open)
        ui.note(
            Icon::offline,
            "The host is away: what became of the import is not known until it is back.",
            Tone::warning
        );
    if (ui.button(
            "Stop",
            {.icon = Icon::close,
             .weight = Weight::danger,
             .tip = "What was imported stays; Undo takes it back"}
        ))
        m_call.cancel();
}

void ImportScreen::draw_outcome(Console& console)
{
    Ui& ui = console.ui;
    const auto figure = [&](std::string_view name, Tone tone) {
        const std::int64_t count = integer_at(m_outcome, name);
        ui.text_in(
            ui.theme().fonts().heading,
            with_separators(count),
            count > 0 && tone != Tone::neutral ? ui.theme().of(tone) : ui.colors().text
        );
        ui.beside(6);
        ui.muted(std::string{name});
        ui.beside(24);
    };
    ui.heading(m_is_trial ? "What would become of it" : m_undone ? "Taken back" : "What became of it");
    figure("read", Tone::neutral);
    figure("created", Tone::positive);
    figure("updated", Tone::info);
    figure("skipped", Tone::neutral);
    figure("refused", Tone::danger);
    ui.muted("in " + text_at(m_outcome, "seconds").substr(0, 5) + " s");
    if (m_is_trial) {
        const std::int64_t rows = integer_at(m_outcome, "created") + integer_at(m_outcome, "updated");
        if (ui.button(
                "Import " + counted(rows, "row", "rows"),
                {.icon = Icon::upload, .weight = Weight::primary, .enabled = rows > 0}
            ))
            begin(console, false);
        ui.beside();
        if (ui.button("Back to the columns")) m_step = Step::match;
    } else {
        if (ui.button(
                "Undo the import",
                {.icon = Icon::undo,
                 .weight = Weight::danger,
                 .enabled = !m_undone && !at(m_outcome, "import").is_null() && !m_undoing.is_under_way()}
            ))
            undo(console);
        ui.beside();
        if (ui.button("See the records", {.icon = Icon::table})) console.desk.open("list/" + m_type);
    }
    if (!m_refused.empty()) {
        ui.beside();
        if (ui.button(
                "Save the refused rows",
                {.icon = Icon::export_, .tip = "As a CSV beside the file: mend them there and import that"}
            ))
            save_refused(console);
    }
    if (m_complaints.empty()) {
        ui.message(
            Icon::check, "Nothing to complain of", "Every row is as it should be.", {}, Tone::positive
        );
        return;
    }
    m_rows.show(m_complaints, m_version, m_grid.sort());
    m_grid.draw(ui, "complaints", m_rows);
}

} // namespace mortise::ui
