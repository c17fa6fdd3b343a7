#include "base/json_read.hpp"
#include "model/file_save.hpp"
#include "panels/bundles_screen.hpp"
#include "shell/problem.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t largest_bundle = 4'000'000;

} // namespace

void BundlesScreen::draw_plan(Console& console)
{
    Ui& ui = console.ui;
    if (m_chosen.empty() && m_from_file.is_null()) return;
    const auto& about = shipped(m_chosen);
    m_plan.keep_fresh(30s);
    ui.heading(about.is_null() ? m_chosen.empty() ? "From " + m_file : m_chosen : text_at(about, "title"));
    if (!text_at(about, "version").empty()) {
        ui.beside(10);
        ui.badge(text_at(about, "version"), Tone::accent);
    }
    if (const std::string text = text_at(about, "description"); !text.empty())
        ui.wrapped(text, ui.colors().muted);
    ui.gap(6);
    if (m_error) draw_problem(ui, *m_error);
    bool sample = m_wants_sample;
    if (ui.check("With its sample data, for trying things out", sample, !m_call.is_under_way())) {
        m_wants_sample = sample;
        ask_plan();
    }
    ui.gap(6);
    if (!draw_state(console, m_plan, "what it would do")) return;
    const boost::json::value& plan = *m_plan.value();
    ImGui::BeginChild("words", {0, ImGui::GetContentRegionAvail().y - ui.px(48)});
    for (const auto& conflict : array_at(plan, "conflicts")) {
        const std::string hint = text_at(conflict, "hint");
        ui.note(Icon::error, text_at(conflict, "message") + (hint.empty() ? "" : "\n" + hint), Tone::danger);
        ui.gap(4);
    }
    draw_steps(console, plan);
    draw_permissions(console, array_at(plan, "permissions"));
    draw_lines(
        console, "Records that are migrated", array_at(plan, "migrations"), Icon::refresh, Tone::warning
    );
    draw_lines(console, "What it costs", array_at(at(plan, "cost"), "words"), Icon::info, Tone::neutral);
    draw_lines(
        console,
        "What stays as it is, and what is left to you",
        array_at(plan, "notes"),
        Icon::note,
        Tone::neutral
    );
    ImGui::EndChild();
    draw_apply(console, plan);
}

void BundlesScreen::draw_steps(Console& console, const boost::json::value& plan)
{
    Ui& ui = console.ui;
    std::vector<std::string> steps = m_applying;
    if (steps.empty())
        for (const auto& step : array_at(plan, "steps"))
            steps.push_back(text_at(step, "text"));
    if (steps.empty()) {
        ui.icon(Icon::check, ui.colors().positive);
        ui.beside(8);
        ui.text("All of it is so already: there is nothing to do.");
        ui.gap(6);
        return;
    }
    const bool is_applying = !m_applying.empty();
    ui.strong(
        is_applying ? "What is done" : "What it does, in " + counted(std::ssize(steps), "step", "steps")
    );
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const bool is_to_come = is_applying && draw_mark(ui, i);
        if (!is_applying) ui.small(std::to_string(i + 1) + ".");
        ImGui::SameLine(ui.px(26));
        ui.wrapped(steps[i], is_to_come ? ui.colors().muted : ui.colors().text);
    }
    ui.gap(8);
}

/// Done, being done, or to come; tells whether it is to come.
bool BundlesScreen::draw_mark(Ui& ui, std::size_t step)
{
    const auto done = static_cast<std::size_t>(std::max<std::int64_t>(integer_at(m_progress, "done"), 0));
    const Palette& c = ui.colors();
    if (step < done)
        ui.icon(Icon::check, c.positive);
    else if (step == done)
        ui.icon(Icon::play, c.accent);
    else
        ui.icon(Icon::clock, c.faint);
    return step > done;
}

void BundlesScreen::draw_permissions(Console& console, const boost::json::array& permissions)
{
    if (permissions.empty()) return;
    Ui& ui = console.ui;
    ui.strong("What plugins are allowed by it");
    std::map<std::string, std::vector<std::string>> by_plugin;
    for (const auto& one : permissions)
        by_plugin[text_at(one, "plugin")].push_back(text_at(one, "text"));
    for (const auto& [plugin, texts] : by_plugin) {
        ui.icon(Icon::lock, ui.colors().warning);
        ImGui::SameLine(ui.px(26));
        std::string all;
        for (const std::string& text : texts)
            all += (all.empty() ? "" : "; ") + text;
        ui.wrapped(plugin + ": " + all);
    }
    ui.gap(8);
}

void BundlesScreen::draw_lines(
    Console& console, std::string_view title, const boost::json::array& lines, Icon icon, Tone tone
)
{
    if (lines.empty()) return;
    Ui& ui = console.ui;
    ui.strong(title);
    for (const auto& line : lines) {
        ui.icon(icon, tone == Tone::neutral ? ui.colors().muted : ui.theme().of(tone));
        ImGui::SameLine(ui.px(26));
        ui.wrapped(text_of(line));
    }
    ui.gap(8);
}

void BundlesScreen::draw_apply(Console& console, const boost::json::value& plan)
{
    Ui& ui = console.ui;
    ui.gap(6);
    const bool is_applying = m_call.is_under_way();
    const std::string why = why_not_applied(console);
    if (ui.button(
            is_applying ? "Working..." : "Apply " + text_at(plan, "bundle"),
            {.icon = Icon::check,
             .weight = Weight::primary,
             .enabled = why.empty(),
             .tip = why.empty() ? "All of it or nothing: if a step fails, what was done is taken back"
                                : std::string_view{why},
             .keys = "a"}
        ))
        apply(console);
    if (!m_applying.empty()) {
        const auto total = static_cast<double>(m_applying.size());
        const std::int64_t done = integer_at(m_progress, "done");
        ui.beside(14);
        ui.progress(
            static_cast<double>(done) / total,
            with_separators(done) + " of " + counted(std::ssize(m_applying), "step", "steps"),
            ui.px(260)
        );
    } else if (!why.empty()) {
        ui.beside(12);
        ImGui::AlignTextToFramePadding();
        ui.muted(why);
    }
}

void BundlesScreen::draw_file_form(Console& console)
{
    Ui& ui = console.ui;
    const InputAnswer path = ui.input(
        "Bundle file",
        m_file,
        {.hint = "the path of a bundle on this machine, a .json",
         .width = ui.px(520),
         .take_keys = std::exchange(m_form_begins, false),
         .is_wrong = m_form_error.has_value()}
    );
    ui.beside();
    const bool pressed
        = ui.button("See what it would do", {.weight = Weight::primary, .enabled = !m_file.empty()});
    ui.beside();
    if (ui.button("Never mind", {.weight = Weight::quiet})) m_form = Form::none;
    if (m_form_error) draw_problem(ui, *m_form_error);
    if ((pressed || path.entered) && !m_file.empty()) look_at_file();
}

void BundlesScreen::look_at_file()
{
    m_form_error.reset();
    std::ifstream file{m_file, std::ios::binary};
    std::string text;
    if (file) {
        text.resize(largest_bundle + 1);
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    }
    if (text.empty() || text.size() > largest_bundle) {
        m_form_error = Error{
            ErrorCode::io,
            text.empty() ? "cannot read " + m_file : m_file + " is too large for a bundle",
            "console.file",
            m_file,
            "give the path of a bundle, such as our-sales.json"
        };
        return;
    }
    boost::system::error_code failed;
    boost::json::value parsed = boost::json::parse(text, failed);
    if (failed || !parsed.is_object()) {
        m_form_error = Error{
            ErrorCode::invalid, m_file + " is no JSON object", "console.file", m_file, "is it a bundle?"
        };
        return;
    }
    m_from_file = std::move(parsed);
    m_chosen.clear();
    m_error.reset();
    m_form = Form::none;
    m_tab = 0;
    ask_plan();
}

void BundlesScreen::draw_export_form(Console& console)
{
    Ui& ui = console.ui;
    ui.card_begin("export", ImGui::GetContentRegionAvail().x);
    const bool is_taken = m_form_error && m_form_error->code == ErrorCode::exists;
    ui.input(
        "Name of the bundle",
        m_name,
        {.hint = "its name, such as our-sales",
         .width = ui.px(220),
         .take_keys = std::exchange(m_form_begins, false),
         .is_wrong = m_form_error && m_form_error->where.ends_with("name")}
    );
    ui.beside();
    ui.input(
        "Types whose records go along",
        m_types,
        {.hint = "whose records go along: report, dashboard", .width = ui.px(300)}
    );
    ui.beside();
    const InputAnswer path = ui.input(
        "File to write",
        m_file,
        {.hint = "file to write, our-sales.json", .width = ui.px(280), .is_wrong = is_taken}
    );
    const bool can = !m_name.empty() && !m_file.empty() && !m_exporting.is_under_way()
        && console.link.state() == LinkState::open;
    const bool pressed = ui.button(
        is_taken ? "Replace it" : "Write it",
        {.weight = is_taken ? Weight::danger : Weight::primary, .enabled = can}
    );
    ui.beside();
    if (ui.button("Never mind", {.weight = Weight::quiet})) m_form = Form::none;
    if (m_form_error) ui.text(m_form_error->message + ". " + m_form_error->hint, ui.colors().danger);
    for (const std::string& note : m_notes)
        ui.text("Left out: " + note, ui.colors().warning);
    ui.card_end();
    if (can && (pressed || (path.entered && !is_taken))) export_bundle(console, is_taken);
}

void BundlesScreen::export_bundle(Console& console, bool replace)
{
    m_form_error.reset();
    m_notes.clear();
    boost::json::array types;
    std::string rest = m_types;
    std::ranges::replace(rest, ',', ' ');
    std::istringstream words{rest};
    for (std::string word; words >> word;)
        types.emplace_back(word);
    boost::json::object params{{"name", m_name}};
    if (!types.empty()) params["types"] = std::move(types);
    m_exporting = console.link.call(
        "bundles.export",
        std::move(params),
        [this, &console, file = m_file, replace](const Result<boost::json::value>& answer) {
            if (!answer) {
                m_form_error = answer.error();
                return;
            }
            if (const auto saved = save_file(file, pretty(at(*answer, "bundle")) + "\n", replace); !saved) {
                m_form_error = saved.error();
                return;
            }
            for (const auto& note : array_at(*answer, "notes"))
                m_notes.push_back(text_of(note));
            if (m_notes.empty()) m_form = Form::none;
            console.desk.toast(Tone::positive, "Wrote the bundle into " + file);
        }
    );
}

} // namespace mortise::ui
