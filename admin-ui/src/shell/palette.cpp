#include "shell/palette.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::ui {
namespace {

constexpr std::size_t most_found = 60;
constexpr std::int64_t most_records = 8;

bool is_word_start(std::string_view text, std::size_t at)
{
    if (at == 0) return true;
    const char before = text[at - 1];
    return before == ' ' || before == '.' || before == '_' || before == '-' || before == '/' || before == ':';
}

/// The letters of `typed` in order; those at starts of words and those next to each other count more.
int letters_score(std::string_view text, std::string_view typed)
{
    int sum = 0;
    std::size_t at = 0;
    std::size_t last = std::string_view::npos;
    for (const char c : typed) {
        if (c == ' ') continue;
        const std::size_t found = text.find(c, at);
        if (found == std::string_view::npos) return 0;
        sum += is_word_start(text, found) ? 8 : last != std::string_view::npos && found == last + 1 ? 5 : 1;
        last = found;
        at = found + 1;
    }
    return sum;
}

} // namespace

int score(std::string_view text, std::string_view typed)
{
    if (typed.empty()) return 1;
    const int shortness = static_cast<int>(40 - std::min<std::size_t>(text.size(), 80) / 2);
    const std::size_t whole = text.find(typed);
    if (whole == 0) return 2000 + shortness;
    for (std::size_t at = whole; at != std::string_view::npos; at = text.find(typed, at + 1))
        if (is_word_start(text, at)) return 1500 + shortness;
    // Every word that was typed begins a word, in any order.
    bool all = true;
    std::string_view rest = typed;
    while (!rest.empty() && all) {
        const std::size_t space = std::min(rest.find(' '), rest.size());
        const std::string_view word = rest.substr(0, space);
        rest.remove_prefix(std::min(space + 1, rest.size()));
        bool begins = word.empty();
        for (std::size_t at = text.find(word); !begins && at != std::string_view::npos;
             at = text.find(word, at + 1))
            begins = is_word_start(text, at);
        all = begins;
    }
    if (all) return 1200 + shortness;
    if (whole != std::string_view::npos) return 900 + shortness;
    const int letters = letters_score(text, typed);
    const int wanted = static_cast<int>(typed.size()) * 4;
    return letters >= wanted ? 200 + letters + shortness : 0;
}

std::vector<std::size_t> best(
    const std::vector<Entry>& entries,
    std::string_view typed,
    std::size_t most,
    const std::vector<std::string>& recent
)
{
    std::vector<std::pair<int, std::size_t>> found;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        int points = score(entries[i].folded, typed);
        if (points == 0) continue;
        const auto lately = std::ranges::find(recent, entries[i].id);
        if (lately != recent.end())
            points += 300 - static_cast<int>(std::min<std::ptrdiff_t>(lately - recent.begin(), 20)) * 10;
        found.emplace_back(-points, i);
    }
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(most, found.size()));
    std::partial_sort(found.begin(), end, found.end());
    std::vector<std::size_t> result;
    for (auto it = found.begin(); it != end; ++it)
        result.push_back(it->second);
    return result;
}

void PaletteBox::open(std::vector<Entry> entries, std::string typed)
{
    m_entries = std::move(entries);
    for (Entry& entry : m_entries)
        entry.folded = lower(entry.title) + ' ' + lower(entry.detail);
    m_typed = std::move(typed);
    m_sought = "\n"; // nothing was sought yet
    m_records.clear();
    m_records_of.clear();
    m_note.clear();
    m_chosen = m_top = 0;
    m_is_open = m_begins = true;
}

const Entry& PaletteBox::shown(std::size_t row) const
{
    return row < m_records.size() ? m_records[row] : m_entries[m_found[row - m_records.size()]];
}

void PaletteBox::seek_records(Console& console)
{
    if (m_typed.size() < 2 || m_records_of == m_typed || m_call.is_under_way()) return;
    m_records_of = m_typed;
    m_call = console.link.call(
        "search.run",
        {{"text", m_typed}, {"limit", most_records}},
        [this, &console](const Result<boost::json::value>& answer) {
            m_records.clear();
            m_note.clear();
            if (answer)
                take_records(console, *answer);
            else
                m_note = "Records cannot be searched now: " + answer.error().message;
        }
    );
}

void PaletteBox::take_records(Console& console, const boost::json::value& answer)
{
    for (const auto& hit : array_at(answer, "hits")) {
        const std::string type = text_at(hit, "type");
        const std::string place = "record/" + type + '/' + text_at(hit, "id");
        const TypeInfo* known = console.store.type(type);
        std::string detail = known ? known->label : words_of(type);
        // Why it was found, if its name does not say it.
        if (const std::string text = text_at(hit, "text"); !text.empty()) detail += "   " + text;
        m_records.push_back(
            {.title = text_at(hit, "title"),
             .detail = std::move(detail),
             .icon = icon_named(type),
             .id = place,
             .run = [&desk = console.desk, place] { desk.open(place); }}
        );
    }
    if (answer.is_object() && !flag_at(answer, "complete"))
        m_note = "Search reads the records for the first time; some are not found yet";
}

void PaletteBox::seek(Console& console)
{
    seek_records(console);
    if (m_sought == m_typed) return;
    m_sought = m_typed;
    m_found = best(m_entries, lower(m_typed), most_found, m_recent);
    if (m_typed.size() < 2) m_records.clear();
    m_chosen = m_top = 0;
}

void PaletteBox::take(std::size_t row)
{
    const Entry entry = shown(row);
    if (!entry.why_not.empty()) return;
    std::erase(m_recent, entry.id);
    m_recent.insert(m_recent.begin(), entry.id);
    if (m_recent.size() > 20) m_recent.pop_back();
    close();
    entry.run();
}

void PaletteBox::draw(Console& console)
{
    if (!m_is_open) return;
    Ui& ui = console.ui;
    seek(console);
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    const float width = std::min(ui.px(640), screen.x - ui.px(32));
    const float height = std::min(ui.px(460), screen.y - ui.px(96));
    const ImVec2 at{(screen.x - width) / 2, ui.px(64)};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled({0, 0}, screen, ui.colors().shade);
    list.AddRectFilled(at, {at.x + width, at.y + height}, ui.colors().raised, ui.px(10));
    list.AddRect(at, {at.x + width, at.y + height}, ui.colors().border_strong, ui.px(10));
    ImGui::SetCursorScreenPos({at.x + ui.px(12), at.y + ui.px(12)});
    const InputAnswer input = ui.input(
        "Find anything",
        m_typed,
        {.hint = "Go to a record, a screen, a command, a setting...",
         .width = width - ui.px(24),
         .take_keys = m_begins}
    );
    const bool began = std::exchange(m_begins, false);
    seek(console);
    const std::size_t count = m_records.size() + m_found.size();
    if (is_pressed(Key::down, Repeat::yes) && m_chosen + 1 < count) ++m_chosen;
    if (is_pressed(Key::up, Repeat::yes) && m_chosen > 0) --m_chosen;
    m_chosen = std::min(m_chosen, count == 0 ? 0 : count - 1);
    draw_list(console, {{at.x, at.y + ui.px(50)}, {at.x + width, at.y + height - ui.px(30)}});
    ui.put_text(
        list,
        ui.theme().fonts().small,
        {{at.x + ui.px(16), at.y + height - ui.px(28)}, {at.x + width - ui.px(16), at.y + height - ui.px(4)}},
        m_note.empty() ? "\xE2\x86\x91 \xE2\x86\x93 choose    Enter opens    Esc closes" : m_note,
        ui.colors().muted
    );
    if (!m_is_open || began) return;
    if (input.entered && count > 0) return take(m_chosen);
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const bool is_outside = !Box{at, {at.x + width, at.y + height}}.contains(mouse);
    if (is_pressed(Key::escape) || (ImGui::IsMouseClicked(0) && is_outside)) close();
}

void PaletteBox::draw_list(Console& console, const Box& box)
{
    Ui& ui = console.ui;
    const float row = ui.px(34);
    const auto visible = static_cast<std::size_t>(std::max(box.height() / row, 1.0F));
    const std::size_t count = m_records.size() + m_found.size();
    const float wheel = ImGui::GetIO().MouseWheel;
    if (wheel < 0 && m_top + visible < count) ++m_top;
    if (wheel > 0 && m_top > 0) --m_top;
    if (m_chosen < m_top) m_top = m_chosen;
    if (m_chosen >= m_top + visible) m_top = m_chosen + 1 - visible;
    if (count == 0)
        ui.put_text(
            *ImGui::GetWindowDrawList(),
            ui.theme().fonts().body,
            {{box.min.x + ui.px(16), box.min.y}, {box.max.x, box.min.y + row}},
            "Nothing is called so.",
            ui.colors().muted
        );
    for (std::size_t i = m_top; i < std::min(count, m_top + visible) && m_is_open; ++i) {
        const float y = box.min.y + row * static_cast<float>(i - m_top);
        draw_row(console, i, {{box.min.x + ui.px(8), y}, {box.max.x - ui.px(8), y + row}});
    }
}

void PaletteBox::draw_row(Console& console, std::size_t row, const Box& box)
{
    Ui& ui = console.ui;
    const Entry& entry = shown(row);
    const Palette& c = ui.colors();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImGui::PushID(static_cast<int>(row));
    const bool pressed = ui.area(entry.title, box, entry.why_not.empty());
    ImGui::PopID();
    if (row == m_chosen || ui.is_area_hovered())
        list.AddRectFilled(box.min, box.max, row == m_chosen ? c.selected : c.hover, ui.px(6));
    const bool can = entry.why_not.empty();
    draw_icon(
        list, entry.icon, {box.min.x + ui.px(10), box.min.y + ui.px(9)}, ui.px(16), can ? c.muted : c.faint
    );
    const float keys = entry.keys.empty() ? 0 : ui.width_of(ui.theme().fonts().small, entry.keys) + ui.px(12);
    const float left = box.min.x + ui.px(36);
    const float title
        = std::min(ui.width_of(ui.theme().fonts().body, clean_line(entry.title)), box.width() * 0.62F);
    ui.put_text(
        list,
        ui.theme().fonts().body,
        {{left, box.min.y}, {left + title + ui.px(2), box.max.y}},
        entry.title,
        can ? c.text : c.faint
    );
    ui.put_text(
        list,
        ui.theme().fonts().small,
        {{left + title + ui.px(12), box.min.y}, {box.max.x - keys - ui.px(12), box.max.y}},
        can ? entry.detail : entry.why_not,
        c.muted
    );
    if (keys > 0)
        ui.put_text(
            list,
            ui.theme().fonts().small,
            {{box.max.x - keys, box.min.y}, {box.max.x - ui.px(8), box.max.y}},
            entry.keys,
            c.muted,
            Align::right
        );
    if (pressed) take(row);
}

} // namespace mortise::ui
