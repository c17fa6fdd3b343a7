#include "panels/duplicates_screen.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

constexpr const char* owner = "mortise.duplicates";

std::string no_right(Console& console)
{
    return console.store.is_admin() ? "" : "needs a user with scope all";
}

} // namespace

DuplicatesScreen::DuplicatesScreen(Console& console)
    : m_pairs{console.store},
      m_grid{
          {{"score", "Sure", 76, Align::right, false},
           {"first", "Contact", 150, Align::left, false},
           {"second", "And", 150, Align::left, false},
           {"about", "Look at", 230, Align::left, false}}
      },
      m_jobs{console.link, console.clock, "jobs.list", {{"plugin", owner}, {"limit", 10}}}
{
    m_grid.set_selectable(true);
    show(Side::same);
}

void DuplicatesScreen::show(Side side)
{
    m_side = side;
    m_editor.close();
    m_grid.selection().clear();
    m_grid.set_cursor(0);
    const char* state = side == Side::dismissed ? "not_a_duplicate"
        : side == Side::merged                  ? "merged"
                                                : "open";
    m_pairs.ask(state, side == Side::same ? "same" : side == Side::review ? "review" : "");
}

/// How many there are of each state and band.
void DuplicatesScreen::count(Console& console)
{
    const std::int64_t changes = console.store.changes_of("duplicate_pair");
    const auto now = console.clock.steady();
    const bool is_due = m_session != console.link.session() || (changes != m_changes && now - m_counted > 1s);
    if (!is_due || m_counting.is_under_way() || console.link.state() != LinkState::open) return;
    m_session = console.link.session();
    m_changes = changes;
    m_counted = now;
    m_counting = console.link.call(
        "query.run",
        {{"sql", "SELECT state, band, count(*) FROM duplicate_pair GROUP BY state, band"}},
        [this](const Result<boost::json::value>& answer) {
            if (!answer || m_is_chosen) return;
            m_is_chosen = true;
            if (m_counts["open same"] == 0 && m_counts["open review"] > 0) show(Side::review);
        },
        [this](const boost::json::value& part) {
            m_counts.clear();
            for (const auto& row : array_at(part, "rows"))
                if (const auto& cells = array_of(row); cells.size() > 2)
                    m_counts[text_of(cells[0]) + ' ' + text_of(cells[1])] = integer_of(cells[2]);
        }
    );
}

std::string DuplicatesScreen::name_of(Console& console, const std::string& contact)
{
    if (const auto known = m_names.find(contact); known != m_names.end()) return known->second;
    ask_names(console);
    return "#" + contact;
}

/// Of the organisations of the pair that is shown, once.
void DuplicatesScreen::ask_names(Console& console)
{
    const auto& pair = chosen();
    const std::string id = text_at(pair, "id");
    if (m_named_for == id || console.link.state() != LinkState::open) return;
    m_named_for = id;
    std::string list;
    for (const std::string_view side : {"first", "second"})
        if (const auto one = integer_at(at(pair, side), "organisation"); one > 0)
            list += (list.empty() ? "" : ", ") + std::to_string(one);
    if (list.empty()) return;
    m_naming = console.link.call(
        "query.run",
        {{"sql", "SELECT id, name FROM contact WHERE id IN (" + list + ")"}},
        [](const Result<boost::json::value>&) {},
        [this](const boost::json::value& part) {
            for (const auto& row : array_at(part, "rows"))
                if (const auto& cells = array_of(row); cells.size() > 1)
                    m_names[text_of(cells[0])] = text_of(cells[1]);
        }
    );
}

const boost::json::value* DuplicatesScreen::running_scan() const
{
    if (!m_jobs.value()) return nullptr;
    for (const auto& job : array_at(*m_jobs.value(), "jobs"))
        if (text_at(job, "plugin") == owner && at(job, "finished").is_null()) return &job;
    return nullptr;
}

const boost::json::value* DuplicatesScreen::last_scan() const
{
    if (!m_jobs.value()) return nullptr;
    for (const auto& job : array_at(*m_jobs.value(), "jobs")) // newest first
        if (text_at(job, "plugin") == owner && !at(job, "finished").is_null()) return &job;
    return nullptr;
}

std::vector<std::string> DuplicatesScreen::marked()
{
    std::vector<std::string> ids;
    for (std::int64_t row = 0; row < m_pairs.count(); ++row)
        if (m_grid.selection().contains(m_pairs.key(row))) ids.push_back(std::to_string(m_pairs.key(row)));
    return ids;
}

void DuplicatesScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    if (console.store.hello.value() && !console.store.is_admin()) {
        ui.message(
            Icon::lock,
            "No right to see pairs of duplicates",
            "They may be anybody's contacts. It takes a user with scope all.",
            {},
            Tone::warning
        );
        return;
    }
    m_jobs.keep_fresh(running_scan() ? 500ms : 5s);
    count(console);
    m_pairs.follow();
    draw_scan(console);
    draw_bands(ui);
    if (!m_pairs.is_known()) return draw_unknown(console);
    draw_age(console);
    if (m_pairs.count() == 0) return draw_empty(console);
    draw_marked(console);
    draw_list(console, std::floor(ImGui::GetContentRegionAvail().x * 0.46F));
    ImGui::SameLine(0, ui.px(14));
    ImGui::BeginChild("pair");
    if (m_editor.is_open())
        draw_editor(console);
    else if (const auto& pair = chosen(); !pair.is_null())
        draw_pair(console, pair);
    ImGui::EndChild();
}

std::int64_t DuplicatesScreen::counted_of(const std::string& state, const std::string& band) const
{
    const auto found = m_counts.find(state + ' ' + band);
    return found == m_counts.end() ? 0 : found->second;
}

void DuplicatesScreen::draw_bands(Ui& ui)
{
    const auto both = [this](const char* state) {
        return with_separators(counted_of(state, "same") + counted_of(state, "review"));
    };
    const std::array<std::string, 4> names{
        "As good as certain  " + with_separators(counted_of("open", "same")),
        "To be looked at  " + with_separators(counted_of("open", "review")),
        "No duplicates  " + both("not_a_duplicate"),
        "Merged  " + both("merged")
    };
    auto side = static_cast<std::size_t>(m_side);
    if (!ui.tabs("bands", names, side)) return;
    m_is_chosen = true;
    show(static_cast<Side>(side));
}

/// What is shown may not be so any more.
void DuplicatesScreen::draw_age(Console& console)
{
    const bool is_away = console.link.state() != LinkState::open;
    if (!is_away && !m_pairs.error()) return;
    console.ui.note(
        is_away ? Icon::offline : Icon::warning,
        "As it was " + span_text(m_pairs.age()) + " ago: "
            + (is_away ? "the host is away. Nothing can be decided now." : m_pairs.error()->message),
        Tone::warning
    );
}

/// Nothing was answered yet.
void DuplicatesScreen::draw_unknown(Console& console)
{
    if (m_pairs.error() && !m_pairs.is_loading())
        return draw_error(console, *m_pairs.error(), "pairs of duplicates", [&] { m_pairs.refresh(); });
    if (console.link.state() == LinkState::lost)
        console.ui.message(
            Icon::offline,
            "The host cannot be reached",
            console.link.trouble().message + "\nThis fills by itself when the host is back.",
            {},
            Tone::warning
        );
    else
        console.ui.message(Icon::clock, "Loading pairs of duplicates", "");
}

void DuplicatesScreen::draw_editor(Console& console)
{
    const auto answer
        = m_editor.draw(console, m_is_merging, [&](const std::string& id) { return name_of(console, id); });
    if (answer == MergeEditor::Answer::merge) merge(console);
    if (answer == MergeEditor::Answer::leave) m_editor.close();
}

void DuplicatesScreen::draw_list(Console& console, float width)
{
    ImGui::BeginChild("pairs", {width, 0});
    m_grid.set_takes_keys(!m_editor.is_open());
    const GridAnswer answer = m_grid.draw(console.ui, "pairs", m_pairs);
    if (answer.moved) m_editor.close();
    if (answer.opened && is_open() && no_right(console).empty()) {
        m_grid.set_cursor(*answer.opened);
        begin_merge(console);
    }
    ImGui::EndChild();
}

void DuplicatesScreen::draw_empty(Console& console)
{
    Ui& ui = console.ui;
    if (!is_open()) {
        ui.message(
            Icon::check,
            m_side == Side::merged ? "Nothing was merged yet" : "Nothing was dismissed yet",
            "What you decide about pairs stands here, with who decided and why."
        );
        return;
    }
    const bool is_same = m_side == Side::same;
    const std::int64_t elsewhere = counted_of("open", is_same ? "review" : "same");
    if (running_scan())
        ui.message(Icon::clock, "Contacts are being compared", "Pairs come in while they are.");
    else if (elsewhere == 0)
        draw_nothing_open(console);
    else if (ui.message(
                 Icon::check,
                 is_same ? "No pair is as good as certain" : "Nothing is left to be looked at",
                 counted(elsewhere, "pair waits", "pairs wait")
                     + (is_same ? " to be looked at." : " that are as good as certain."),
                 is_same ? "Look at them" : "See them"
             ))
        show(is_same ? Side::review : Side::same);
}

/// Nobody looked yet, or all is decided.
void DuplicatesScreen::draw_nothing_open(Console& console)
{
    const bool was_scanned = last_scan() != nullptr;
    if (console.ui.message(
            was_scanned ? Icon::check : Icon::duplicates,
            was_scanned ? "No pair is open" : "Nobody looked for duplicates yet",
            was_scanned
                ? "Contacts that are written are compared by themselves. Scan again when there are many more."
                : "A scan compares all contacts with each other, as a job. From then on each contact that is "
                  "written is compared by itself.",
            "Look for duplicates"
        ))
        scan(console);
}

void DuplicatesScreen::draw_scan(Console& console)
{
    if (const boost::json::value* job = running_scan()) return draw_running(console, *job);
    Ui& ui = console.ui;
    if (!m_scan_seen.empty() && m_jobs.value()) { // it ended a moment ago
        m_scan_seen.clear();
        m_pairs.refresh();
        m_changes = -1;
    }
    ImGui::AlignTextToFramePadding();
    ui.muted(last_scan_text());
    ui.to_right(ui.button_width("Look for duplicates", Icon::search));
    if (ui.button(
            "Look for duplicates",
            {.icon = Icon::search,
             .enabled = console.link.state() == LinkState::open,
             .tip = "Compares all contacts with each other, as a job",
             .keys = "Shift+S"}
        ))
        scan(console);
}

std::string DuplicatesScreen::last_scan_text() const
{
    const boost::json::value* last = last_scan();
    if (!last) return "Contacts that may be in twice.";
    const std::string when = time_text(text_at(*last, "finished"));
    if (const auto contacts = integer_at(at(*last, "result"), "contacts"); contacts > 0)
        return counted(contacts, "contact was", "contacts were") + " compared " + when
            + " UTC; who is written since is compared by itself";
    const std::string error = text_at(*last, "error");
    return "The scan of " + when + " UTC: " + text_at(*last, "state") + (error.empty() ? "" : ", " + error);
}

void DuplicatesScreen::draw_running(Console& console, const boost::json::value& job)
{
    Ui& ui = console.ui;
    const bool is_open = console.link.state() == LinkState::open;
    m_scan_seen = text_at(job, "id");
    const std::int64_t total = integer_at(job, "total");
    const std::int64_t done = integer_at(job, "done");
    const std::string doing = text_at(job, "doing");
    std::string text = total > 0 ? with_separators(done) + " of " + with_separators(total) : "waits to begin";
    if (!doing.empty()) text += ", " + doing;
    if (!is_open) text = "not known while the host is away; it goes on when the host is back";
    ImGui::AlignTextToFramePadding();
    ui.strong("Comparing all contacts");
    ui.beside(12);
    ui.progress(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0, text, ui.px(420));
    ui.beside(12);
    const bool is_asked = flag_at(job, "cancel_asked");
    if (ui.button(
            is_asked ? "Stopping..." : "Stop",
            {.icon = Icon::pause,
             .enabled = is_open && !is_asked,
             .tip = "What was found stays; the next scan begins anew"}
        ))
        stop_scan(console);
    ui.gap(4);
}

void DuplicatesScreen::draw_marked(Console& console)
{
    Ui& ui = console.ui;
    const auto ids = marked();
    const bool can = console.link.state() == LinkState::open && !m_is_merging;
    if (m_is_merging && !m_editor.is_open()) ui.muted("Merging...");
    if (ids.empty()) {
        if (m_side != Side::same) return;
        if (ui.button(
                "Merge all of these...",
                {.icon = Icon::check,
                 .enabled = can,
                 .tip = "Each is judged again first; you see what it would do",
                 .keys = "Shift+M"}
            ))
            ask_bulk(console, {});
        ui.gap(4);
        return;
    }
    ImGui::AlignTextToFramePadding();
    ui.strong(counted(static_cast<std::int64_t>(ids.size()), "pair marked", "pairs marked"));
    ui.beside(12);
    if (is_open()) {
        if (ui.button("Merge the marked", {.icon = Icon::check, .enabled = can, .keys = "Shift+M"}))
            ask_bulk(console, ids);
        ui.beside();
        if (ui.button("None is a duplicate", {.icon = Icon::close, .enabled = can, .keys = "Shift+D"}))
            dismiss_marked(console);
    } else if (m_side == Side::dismissed) {
        if (ui.button("Take it back", {.icon = Icon::undo, .enabled = can, .keys = "r"}))
            reopen(console, ids);
    }
    ui.beside();
    if (ui.button("Unmark", {.weight = Weight::quiet})) m_grid.selection().clear();
}

} // namespace mortise::ui
