#include "panels/bundles_screen.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

GridCell bundle_cell(const boost::json::value& row, const GridColumn& column)
{
    if (column.key == "title") {
        std::string title = text_at(row, "title");
        return {.text = title.empty() ? text_at(row, "name") : std::move(title), .look = CellLook::strong};
    }
    if (column.key == "applied") {
        if (!text_at(row, "problem").empty())
            return {.text = "cannot be read", .look = CellLook::status, .tone = Tone::danger};
        if (at(row, "applied").is_null()) return {.text = "not applied", .look = CellLook::muted};
        return {
            .text = "applied, " + text_at(row, "applied"), .look = CellLook::status, .tone = Tone::positive
        };
    }
    if (column.key == "plugins") return {with_separators(std::ssize(array_at(row, "plugins")))};
    return {text_at(row, column.key)};
}

GridCell run_cell(const boost::json::value& row, const GridColumn& column)
{
    if (column.key == "state") {
        const std::string state = text_at(row, "state");
        const Tone tone = state == "applied" ? Tone::positive
            : state == "rolled_back"         ? Tone::neutral
            : state == "taken_back"          ? Tone::danger
                                             : Tone::warning;
        return {.text = lower(words_of(state)), .look = CellLook::status, .tone = tone};
    }
    if (column.key == "started" || column.key == "ended")
        return {.text = time_text(text_at(row, column.key)), .look = CellLook::muted};
    if (column.key == "bundle") return {.text = text_at(row, "bundle"), .look = CellLook::strong};
    return {text_at(row, column.key)};
}

} // namespace

BundlesScreen::BundlesScreen(Console& console, const std::string& rest)
    : m_list{console.link, console.clock, "bundles.list"},
      m_plan{console.link, console.clock, "bundles.plan"},
      m_grid{
          {{"title", "Bundle", 160},
           {"applied", "State", 130},
           {"plugins", "Plugins", 70, Align::right},
           {"version", "Version", 76}}
      },
      m_rows{bundle_cell},
      m_runs_grid{
          {{"run", "Run", 60, Align::right},
           {"bundle", "Bundle", 150},
           {"version", "Version", 90},
           {"state", "State", 130},
           {"started", "Begun", 140},
           {"ended", "Ended", 140},
           {"by", "By", 120},
           {"problem", "Why", 420}}
      },
      m_runs{run_cell}
{
    const std::size_t mark = rest.find('?');
    m_wants_sample = mark != std::string::npos && rest.substr(mark + 1) == "sample";
    m_chosen = rest.substr(0, mark);
    if (!m_chosen.empty()) ask_plan();
}

const boost::json::value& BundlesScreen::shipped(const std::string& name) const
{
    static const boost::json::value nothing;
    if (!m_list.value()) return nothing;
    for (const auto& one : array_at(*m_list.value(), "bundles"))
        if (text_at(one, "name") == name) return one;
    return nothing;
}

std::string BundlesScreen::last_applied() const
{
    if (!m_list.value()) return {};
    for (const auto& run : array_at(*m_list.value(), "runs"))
        if (text_at(run, "state") == "applied") return text_at(run, "bundle") + ' ' + text_at(run, "version");
    return {};
}

void BundlesScreen::choose(const std::string& name)
{
    if (m_chosen == name || m_call.is_under_way()) return;
    m_chosen = name;
    m_wants_sample = false;
    m_error.reset();
    m_applying.clear();
    ask_plan();
}

void BundlesScreen::ask_plan()
{
    boost::json::object params;
    if (m_chosen.empty())
        params["bundle"] = m_from_file;
    else
        params["name"] = m_chosen;
    if (m_wants_sample) params["sample_data"] = true;
    m_plan.ask(std::move(params));
}

void BundlesScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    m_list.keep_fresh(10s);
    if (!draw_state(console, m_list, "bundles")) return;
    if (const std::string problem = text_at(*m_list.value(), "problem"); !problem.empty())
        ui.note(Icon::error, problem, Tone::danger);
    draw_head(console);
    if (m_form == Form::file) draw_file_form(console);
    if (m_form == Form::writing) draw_export_form(console);
    const auto& runs = array_at(*m_list.value(), "runs");
    const std::array<std::string, 2> names{
        "Bundles", "What was applied  " + with_separators(std::ssize(runs))
    };
    ui.tabs("bundle tabs", names, m_tab);
    if (m_tab == 1) return draw_history(console);
    const auto& bundles = array_at(*m_list.value(), "bundles");
    if (bundles.empty() && m_from_file.is_null()) {
        ui.message(
            Icon::bundle,
            "No bundle came with this system",
            "A bundle can be given as a file, and made of what runs.",
            {}
        );
        return;
    }
    draw_list(console, std::floor(ImGui::GetContentRegionAvail().x * 0.36F));
    ImGui::SameLine(0, ui.px(16));
    ImGui::BeginChild("plan");
    draw_plan(console);
    ImGui::EndChild();
}

void BundlesScreen::draw_head(Console& console)
{
    Ui& ui = console.ui;
    ImGui::AlignTextToFramePadding();
    ui.muted("Plugins that belong together, with settings, fields and records. All of it or nothing.");
    const std::string back = "Take the last one back";
    ui.to_right(
        ui.button_width(back, Icon::undo) + ui.button_width("From a file", Icon::upload)
        + ui.button_width("Export what runs", Icon::export_) + ui.px(16)
    );
    if (ui.button("From a file", {.icon = Icon::upload, .tip = "A bundle that somebody gave you"})) {
        m_form = m_form == Form::file ? Form::none : Form::file;
        m_form_begins = true;
        m_form_error.reset();
    }
    ui.beside();
    if (ui.button(
            "Export what runs", {.icon = Icon::export_, .tip = "Plugins, settings and fields, as a bundle"}
        )) {
        m_form = m_form == Form::writing ? Form::none : Form::writing;
        m_form_begins = true;
        m_form_error.reset();
    }
    ui.beside();
    const std::string last = last_applied();
    const bool can = !last.empty() && !m_call.is_under_way() && console.store.is_admin()
        && console.link.state() == LinkState::open;
    if (ui.button(
            back,
            {.icon = Icon::undo,
             .enabled = can,
             .tip = last.empty() ? "none is applied" : std::string_view{last}}
        ))
        ask_rollback(console);
}

void BundlesScreen::draw_list(Console& console, float width)
{
    ImGui::BeginChild("bundles", {width, 0});
    const auto& bundles = array_at(*m_list.value(), "bundles");
    m_rows.show(bundles, m_list.version(), m_grid.sort());
    if (m_chosen.empty() && m_from_file.is_null()) choose(text_at(m_rows.row(0), "name"));
    for (std::int64_t row = 0; row < m_rows.count(); ++row)
        if (text_at(m_rows.row(row), "name") == m_chosen) m_grid.set_cursor(row);
    const GridAnswer answer = m_grid.draw(console.ui, "bundles", m_rows);
    if (answer.moved || answer.opened) choose(text_at(m_rows.row(m_grid.cursor()), "name"));
    ImGui::EndChild();
}

void BundlesScreen::draw_history(Console& console)
{
    const auto& runs = array_at(*m_list.value(), "runs");
    if (runs.empty()) {
        console.ui.message(
            Icon::history,
            "No bundle was applied yet",
            "What is applied and taken back stands here, and who did it."
        );
        return;
    }
    m_runs.show(runs, m_list.version(), m_runs_grid.sort());
    m_runs_grid.draw(console.ui, "runs", m_runs);
}

std::string BundlesScreen::why_not_applied(Console& console) const
{
    if (!console.store.is_admin()) return "needs a user with scope all";
    if (console.link.state() != LinkState::open) return "the host is away";
    if (m_call.is_under_way()) return "it is being applied";
    const boost::json::value* plan = m_plan.value();
    if (!plan || m_plan.is_loading()) return "the plan is not there yet";
    if (!flag_at(*plan, "possible")) return "something stands in the way";
    return array_at(*plan, "steps").empty() ? "all of it is so already" : "";
}

void BundlesScreen::apply(Console& console)
{
    if (!why_not_applied(console).empty()) return;
    const boost::json::value& plan = *m_plan.value();
    m_error.reset();
    m_progress = nullptr;
    m_applying.clear();
    for (const auto& step : array_at(plan, "steps"))
        m_applying.push_back(text_at(step, "text"));
    boost::json::object params = m_plan.params();
    params["plan"] = text_at(plan, "plan"); // what was seen is what is done
    const std::string name = text_at(plan, "bundle");
    m_call = console.link.call_with_progress(
        "bundles.apply",
        std::move(params),
        [this, &console, name](const Result<boost::json::value>& answer) {
            m_applying.clear();
            changed(console);
            if (!answer) {
                m_error = answer.error();
                return;
            }
            console.desk.toast(Tone::positive, "The bundle " + name + " is applied", "bundles");
        },
        {},
        [this](const boost::json::value& progress) { m_progress = progress; }
    );
}

/// Looks first what would be taken back.
void BundlesScreen::ask_rollback(Console& console)
{
    m_looking = console.link.call(
        "bundles.rollback",
        {{"look", true}},
        [this, &console](const Result<boost::json::value>& answer) {
            if (!answer) return console.desk.tell(answer.error());
            const auto& steps = array_at(*answer, "steps");
            std::string text = "The last step first, " + counted(std::ssize(steps), "step", "steps") + ":";
            for (const auto& step : steps)
                text += "\n\xE2\x80\xA2 back: " + text_of(step);
            for (const auto& left : array_at(*answer, "left"))
                text += "\nStays: " + text_of(left);
            text += "\nPlugins are disabled and keep their records; records that the bundle made are "
                    "deleted, and "
                    "can be restored.";
            const std::string name = text_at(*answer, "bundle");
            console.desk.ask(
                {.title = "Take the bundle " + name + " back?",
                 .text = text,
                 .action = "Take " + name + " back",
                 .is_dangerous = true,
                 .run = [this, &console] { rollback(console); }}
            );
        }
    );
}

void BundlesScreen::rollback(Console& console)
{
    m_error.reset();
    m_call = console.link
                 .call("bundles.rollback", {}, [this, &console](const Result<boost::json::value>& answer) {
                     changed(console);
                     if (!answer) {
                         m_error = answer.error();
                         return;
                     }
                     const auto left = std::ssize(array_at(*answer, "left"));
                     console.desk.toast(
                         left > 0 ? Tone::warning : Tone::positive,
                         "The bundle " + text_at(*answer, "bundle") + " is taken back"
                             + (left > 0 ? "; stays: " + text_of(array_at(*answer, "left").front()) : "")
                     );
                 });
}

void BundlesScreen::changed(Console& console)
{
    m_list.refresh();
    if (m_plan.value() || m_plan.error()) m_plan.refresh();
    for (Resource* one :
         {&console.store.plugins, &console.store.commands, &console.store.types_list, &console.store.views})
        one->refresh();
}

std::vector<Action> BundlesScreen::actions(Console& console)
{
    const std::string last = last_applied();
    return {
        {.id = "bundles.apply",
         .title = "Apply this bundle",
         .group = "Bundles",
         .keys = "a",
         .icon = Icon::check,
         .run = [this, &console] { apply(console); },
         .why_not = why_not_applied(console)},
        {.id = "bundles.sample",
         .title = m_wants_sample ? "Without its sample data" : "With its sample data too",
         .group = "Bundles",
         .keys = "d",
         .icon = Icon::table,
         .run =
             [this] {
                 m_wants_sample = !m_wants_sample;
                 ask_plan();
             },
         .why_not = m_call.is_under_way() ? "it is being applied" : ""},
        {.id = "bundles.rollback",
         .title = "Take the last bundle back",
         .group = "Bundles",
         .keys = "b",
         .icon = Icon::undo,
         .run = [this, &console] { ask_rollback(console); },
         .why_not = last.empty()        ? "none is applied"
             : console.store.is_admin() ? ""
                                        : "needs a user with scope all"},
        {.id = "bundles.history",
         .title = m_tab == 1 ? "The bundles" : "What was applied",
         .group = "Bundles",
         .keys = "h",
         .icon = Icon::history,
         .run = [this] { m_tab = 1 - m_tab; }},
        {.id = "bundles.file",
         .title = "A bundle from a file",
         .group = "Bundles",
         .icon = Icon::upload,
         .run =
             [this] {
                 m_form = Form::file;
                 m_form_begins = true;
             }},
        {.id = "bundles.export",
         .title = "Export what runs as a bundle",
         .group = "Bundles",
         .icon = Icon::export_,
         .run =
             [this] {
                 m_form = Form::writing;
                 m_form_begins = true;
             }},
    };
}

} // namespace mortise::ui
