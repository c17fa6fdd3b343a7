// Export of a report into a file on the console's machine.

#include "base/base64.hpp"
#include "base/json_read.hpp"
#include "model/file_save.hpp"
#include "panels/report_builder.hpp"

namespace mortise::ui {
namespace {

constexpr std::array<std::string_view, 6> formats{"csv", "xlsx", "pdf", "html", "svg", "png"};

} // namespace

void ReportBuilder::draw_file(Console& console)
{
    Ui& ui = console.ui;
    static const std::array<std::string, 6> words{
        "CSV table", "XLSX table", "PDF, chart and table", "HTML, chart and table", "SVG chart", "PNG chart"
    };
    ui.card_begin("file", ImGui::GetContentRegionAvail().x);
    if (const auto chosen = ui.choice("Form of the file", words, m_file.format, ui.px(200))) {
        m_file.format = *chosen;
        m_file.error.reset();
    }
    ui.beside();
    const InputAnswer path = ui.input(
        "File to write",
        m_file.path,
        {.hint = "a file on this machine, such as /home/me/report." + std::string{formats.at(m_file.format)},
         .width = ui.px(420),
         .take_keys = std::exchange(m_file.takes_keys, false),
         .is_wrong = m_file.error.has_value()}
    );
    if (path.changed) m_file.error.reset();
    ui.beside();
    const bool is_busy = m_file.call.is_under_way();
    bool writes = ui.button(
        "Write the file", {.weight = Weight::primary, .enabled = !m_file.path.empty() && !is_busy}
    );
    writes = (path.entered && !m_file.path.empty() && !is_busy) || writes;
    bool replaces = false;
    if (m_file.error && m_file.error->code == ErrorCode::exists) {
        ui.beside();
        replaces = ui.button("Replace it", {.weight = Weight::danger, .enabled = !is_busy});
    }
    ui.beside();
    if (ui.button("Done", {.weight = Weight::quiet})) m_file.is_shown = false;
    if (m_file.error) ui.note(Icon::error, m_file.error->message + ": " + m_file.error->hint, Tone::danger);
    ui.card_end();
    if (writes || replaces) write_file(console, replaces);
}

void ReportBuilder::write_file(Console& console, bool replace)
{
    m_file.error.reset();
    boost::json::object arguments{{"definition", m_definition}, {"format", formats.at(m_file.format)}};
    if (!m_as_of.empty()) arguments["as_of"] = m_as_of;
    m_file.call = console.link.call(
        "commands.call",
        {{"name", "reporting.export"}, {"arguments", std::move(arguments)}},
        [this, &console, replace, path = m_file.path](const Result<boost::json::value>& answer) {
            if (!answer) return console.desk.tell(answer.error());
            const auto bytes = bytes_of_base64(text_at(*answer, "content"));
            if (!bytes) return console.desk.tell(bytes.error());
            if (const auto saved = save_file(path, *bytes, replace); !saved) {
                m_file.error = saved.error();
                return;
            }
            m_file.is_shown = false;
            console.desk.toast(Tone::positive, "Wrote " + path);
        }
    );
}

} // namespace mortise::ui
