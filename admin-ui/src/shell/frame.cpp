#include "base/json_read.hpp"
#include "shell/shell.hpp"

#include <algorithm>
#include <cmath>

namespace mortise::ui {

using namespace std::chrono_literals;

void Shell::draw_top(const Box& box)
{
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = m_ui.colors();
    const Fonts& fonts = m_theme.fonts();
    list.AddRectFilled(box.min, box.max, c.rail);
    list.AddLine({box.min.x, box.max.y}, box.max, c.border);
    // The mark: a mortise and the tenon that fits it.
    const float y = box.min.y + m_ui.px(12);
    const float x = m_ui.px(16);
    list.AddRectFilled({x, y}, {x + m_ui.px(22), y + m_ui.px(22)}, c.accent, m_ui.px(5));
    list.AddRectFilled({x + m_ui.px(6), y}, {x + m_ui.px(16), y + m_ui.px(9)}, c.rail);
    list.AddRectFilled({x + m_ui.px(8), y - m_ui.px(3)}, {x + m_ui.px(14), y + m_ui.px(7)}, c.accent);
    if (box.width() > m_ui.px(900))
        m_ui.put_text(
            list, fonts.heading, {{x + m_ui.px(32), box.min.y}, {m_ui.px(190), box.max.y}}, "Mortise", c.text
        );

    const float width = std::min(m_ui.px(460), box.width() * 0.4F);
    const float middle = box.min.x + box.width() / 2 - width / 2;
    const Box search{{middle, box.min.y + m_ui.px(8)}, {middle + width, box.max.y - m_ui.px(8)}};
    if (m_ui.area("Find anything", search)) open_palette();
    list.AddRectFilled(search.min, search.max, m_ui.is_area_hovered() ? c.hover : c.surface, m_ui.px(6));
    list.AddRect(search.min, search.max, c.border_strong, m_ui.px(6));
    draw_icon(
        list, Icon::search, {search.min.x + m_ui.px(10), search.min.y + m_ui.px(7)}, m_ui.px(16), c.muted
    );
    m_ui.put_text(
        list,
        fonts.body,
        {{search.min.x + m_ui.px(34), search.min.y}, search.max},
        "Find anything, do anything",
        c.muted
    );
    m_ui.put_text(
        list,
        fonts.small,
        {search.min, {search.max.x - m_ui.px(10), search.max.y}},
        "Ctrl+K",
        c.faint,
        Align::right
    );

    ImGui::SetCursorScreenPos({box.max.x - m_ui.px(84), box.min.y + m_ui.px(8)});
    if (m_ui.button(
            "Theme: " + std::string{name_of(m_theme.name())},
            {.icon = Icon::theme,
             .weight = Weight::quiet,
             .tip = "Light, dark, high contrast",
             .keys = "Ctrl+Shift+T",
             .icon_only = true}
        ))
        cycle_theme();
    ImGui::SetCursorScreenPos({box.max.x - m_ui.px(46), box.min.y + m_ui.px(8)});
    if (m_ui.button(
            "Keys",
            {.icon = Icon::info,
             .weight = Weight::quiet,
             .tip = "Keys and help",
             .keys = "?",
             .icon_only = true}
        ))
        m_dialogs.open_help(actions());
    draw_connection({{search.max.x + m_ui.px(16), box.min.y}, {box.max.x - m_ui.px(92), box.max.y}});
}

void Shell::draw_connection(const Box& box)
{
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool is_open = m_link.state() == LinkState::open;
    const bool is_lost = m_link.state() == LinkState::lost;
    std::string text = "Connecting...";
    if (is_open) {
        text = "Connected";
        if (m_store.hello.value()) {
            text += " as " + text_at(*m_store.hello.value(), "user");
            if (!m_store.is_admin()) text += ", own rows only";
        }
    } else if (is_lost) {
        text = "Host away, trying again";
    }
    const Tone tone = is_open ? Tone::positive : is_lost ? Tone::danger : Tone::info;
    const float width = std::min(m_ui.width_of(m_theme.fonts().small, text) + m_ui.px(36), box.width());
    const Box pill{{box.max.x - width, box.min.y + m_ui.px(11)}, {box.max.x, box.max.y - m_ui.px(11)}};
    if (m_ui.area(text, pill)) {
        if (is_lost)
            m_link.retry();
        else
            open("status");
    }
    list.AddRectFilled(pill.min, pill.max, m_theme.soft(tone), pill.height() / 2);
    draw_icon(
        list,
        is_open       ? Icon::check
            : is_lost ? Icon::offline
                      : Icon::clock,
        {pill.min.x + m_ui.px(8), pill.min.y + m_ui.px(5)},
        m_ui.px(14),
        m_theme.of(tone)
    );
    m_ui.put_text(
        list,
        m_theme.fonts().small,
        {{pill.min.x + m_ui.px(26), pill.min.y}, pill.max},
        text,
        m_theme.of(tone)
    );
    if (m_ui.is_area_hovered() && is_lost) m_ui.tip(m_link.trouble().message + "\nPress to try again now.");
}

float Shell::draw_rail_item(
    const Box& rail,
    float y,
    Icon icon,
    std::string_view label,
    std::string_view to,
    std::int64_t count,
    Tone tone
)
{
    const float height = m_ui.px(29);
    const Box box{{rail.min.x + m_ui.px(8), y}, {rail.max.x - m_ui.px(8), y + height}};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = m_ui.colors();
    const std::string here = place();
    const bool is_here = here == to
        || (here.starts_with(to) && here.size() > to.size() && here[to.size()] == '/')
        || (to.starts_with("list/") && here.starts_with("record/" + std::string{to.substr(5)} + '/'));
    if (m_ui.area(label, box)) open(to);
    const bool hovered = m_ui.is_area_hovered();
    if (is_here || hovered) list.AddRectFilled(box.min, box.max, is_here ? c.selected : c.hover, m_ui.px(6));
    if (is_here)
        list.AddRectFilled(
            {box.min.x, box.min.y + m_ui.px(6)},
            {box.min.x + m_ui.px(3), box.max.y - m_ui.px(6)},
            c.accent,
            m_ui.px(2)
        );
    draw_icon(
        list, icon, {box.min.x + m_ui.px(11), y + m_ui.px(6)}, m_ui.px(17), is_here ? c.accent : c.muted
    );
    const bool is_narrow = rail.width() < m_ui.px(100);
    const std::string number = count > 0 ? with_separators(count) : std::string{};
    float right = box.max.x - m_ui.px(8);
    if (!number.empty() && !is_narrow) {
        const float width = m_ui.width_of(m_theme.fonts().small, number) + m_ui.px(12);
        const Box pill{{right - width, y + m_ui.px(6)}, {right, box.max.y - m_ui.px(6)}};
        list.AddRectFilled(pill.min, pill.max, m_theme.soft(tone), m_ui.px(9));
        m_ui.put_text(
            list,
            m_theme.fonts().small,
            pill,
            number,
            tone == Tone::neutral ? c.muted : m_theme.of(tone),
            Align::middle
        );
        right -= width + m_ui.px(4);
    }
    if (!is_narrow)
        m_ui.put_text(
            list,
            is_here ? m_theme.fonts().strong : m_theme.fonts().body,
            {{box.min.x + m_ui.px(36), y}, {right, box.max.y}},
            label,
            is_here ? c.text : c.muted
        );
    else if (hovered)
        m_ui.tip(label);
    return y + height + m_ui.px(1);
}

void Shell::draw_rail(const Box& rail)
{
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = m_ui.colors();
    list.AddRectFilled(rail.min, rail.max, c.rail);
    list.AddLine({rail.max.x, rail.min.y}, rail.max, c.border);
    ImGui::SetCursorScreenPos(rail.min);
    ImGui::BeginChild("rail", {rail.width(), rail.height()}, false, ImGuiWindowFlags_NoScrollbar);
    const float scrolled = ImGui::GetScrollY();
    float y = rail.min.y + m_ui.px(10) - scrolled;
    const auto group = [&](std::string_view name) {
        y += m_ui.px(8);
        if (rail.width() > m_ui.px(100))
            m_ui.put_text(
                *ImGui::GetWindowDrawList(),
                m_theme.fonts().small,
                {{rail.min.x + m_ui.px(18), y}, {rail.max.x, y + m_ui.px(18)}},
                name,
                c.faint
            );
        y += m_ui.px(20);
    };
    y = draw_rail_item(rail, y, Icon::home, "Home", "home");
    y = draw_rail_item(rail, y, Icon::people, "Contacts", "list/contact");
    if (m_store.views.value())
        for (const auto& view : array_at(*m_store.views.value(), "views")) {
            const std::string kind = text_at(view, "kind");
            const std::string at_place = text_at(view, "place");
            if (at_place == "none" || at_place == "settings" || kind == "tab" || kind == "record"
                || kind == "chart")
                continue;
            const std::string icon = text_at(view, "icon");
            y = draw_rail_item(
                rail,
                y,
                icon_named(icon.empty() ? kind : icon),
                text_at(view, "title"),
                "view/" + text_at(view, "name")
            );
        }
    y = draw_rail_item(rail, y, Icon::chart, "Plugins' reports", "reports");
    if (m_store.type("dashboard")) y = draw_rail_item(rail, y, Icon::chart, "Dashboards", "dashboards");
    group("Data");
    y = draw_rail_item(rail, y, Icon::upload, "Import", "import");
    if (m_store.type("duplicate_pair"))
        y = draw_rail_item(rail, y, Icon::duplicates, "Duplicates", "duplicates");
    y = draw_rail_item(rail, y, Icon::types, "Record types", "types");
    y = draw_rail_item(rail, y, Icon::terminal, "SQL", "sql");
    group("Operate");
    std::int64_t broken = 0;
    std::int64_t dead = 0;
    if (m_store.plugins.value())
        for (const auto& plugin : array_at(*m_store.plugins.value(), "plugins"))
            broken += flag_at(plugin, "enabled") && !array_at(plugin, "problems").empty() ? 1 : 0;
    if (m_store.status.value())
        for (const auto& one : array_at(*m_store.status.value(), "subscriptions"))
            dead += integer_at(one, "dead");
    y = draw_rail_item(rail, y, Icon::plug, "Plugins", "plugins", broken, Tone::danger);
    y = draw_rail_item(rail, y, Icon::bundle, "Bundles", "bundles");
    y = draw_rail_item(rail, y, Icon::feed, "Events", "events");
    y = draw_rail_item(rail, y, Icon::inbox, "Dead letters", "dead-letters", dead, Tone::danger);
    y = draw_rail_item(rail, y, Icon::link, "Subscriptions", "subscriptions");
    y = draw_rail_item(rail, y, Icon::clock, "Jobs", "jobs");
    y = draw_rail_item(rail, y, Icon::bolt, "Commands", "commands");
    y = draw_rail_item(rail, y, Icon::gear, "Settings", "settings");
    y = draw_rail_item(rail, y, Icon::users, "Users", "users");
    y = draw_rail_item(rail, y, Icon::export_, "Backup", "backup");
    ImGui::SetCursorScreenPos({rail.min.x, y});
    ImGui::Dummy({1, 1});
    ImGui::EndChild();
}

void Shell::draw_tabs(const Box& box)
{
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = m_ui.colors();
    list.AddRectFilled(box.min, box.max, c.rail);
    list.AddLine({box.min.x, box.max.y}, box.max, c.border);
    float x = box.min.x + m_ui.px(8);
    const float room
        = (box.width() - m_ui.px(16)) / static_cast<float>(std::max<std::size_t>(m_tabs.size(), 1));
    for (std::size_t i = 0; i < m_tabs.size(); ++i) {
        const std::string title = m_tabs[i].screen->title();
        const bool can_close = m_tabs.size() > 1;
        const float wanted
            = m_ui.width_of(m_theme.fonts().body, clean_line(title, 60)) + m_ui.px(can_close ? 66 : 46);
        const float width = std::min(std::clamp(wanted, m_ui.px(70), m_ui.px(220)), room);
        const Box tab{{x, box.min.y + m_ui.px(5)}, {x + width, box.max.y}};
        const bool is_active = i == m_active;
        ImGui::PushID(m_tabs[i].place.c_str());
        if (is_active) {
            list.AddRectFilled(
                tab.min, {tab.max.x, tab.max.y + 1}, c.ground, m_ui.px(6), ImDrawFlags_RoundCornersTop
            );
            list.AddRectFilled(tab.min, {tab.max.x, tab.min.y + m_ui.px(2)}, c.accent);
        }
        const float close_width = can_close ? m_ui.px(22) : 0;
        if (m_ui.area("tab " + title, {tab.min, {tab.max.x - close_width, tab.max.y}})) m_active = i;
        if (m_ui.is_area_hovered()) {
            if (!is_active)
                list.AddRectFilled(tab.min, tab.max, c.hover, m_ui.px(6), ImDrawFlags_RoundCornersTop);
            if (ImGui::IsMouseClicked(2) && can_close) close(m_tabs[i].place);
        }
        draw_icon(
            list,
            m_tabs[i].screen->icon(),
            {tab.min.x + m_ui.px(10), tab.min.y + m_ui.px(8)},
            m_ui.px(15),
            is_active ? c.accent : c.muted
        );
        m_ui.put_text(
            list,
            m_theme.fonts().body,
            {{tab.min.x + m_ui.px(31), tab.min.y}, {tab.max.x - close_width - m_ui.px(4), tab.max.y}},
            title,
            is_active ? c.text : c.muted
        );
        if (can_close
            && m_ui.area(
                "Close tab " + title,
                {{tab.max.x - m_ui.px(24), tab.min.y + m_ui.px(6)},
                 {tab.max.x - m_ui.px(6), tab.max.y - m_ui.px(6)}}
            ))
            close(m_tabs[i].place);
        if (can_close)
            draw_icon(
                list,
                Icon::close,
                {tab.max.x - m_ui.px(22), tab.min.y + m_ui.px(9)},
                m_ui.px(13),
                m_ui.is_area_hovered() ? c.text : c.faint
            );
        ImGui::PopID();
        x += width + m_ui.px(2);
    }
}

void Shell::draw_status(const Box& box)
{
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = m_ui.colors();
    const Fonts& fonts = m_theme.fonts();
    list.AddRectFilled(box.min, box.max, c.rail);
    list.AddLine(box.min, {box.max.x, box.min.y}, c.border);
    std::string left = m_link.state() == LinkState::open ? "" : m_link.trouble().message;
    std::size_t warnings = 0;
    if (m_store.status.value()) {
        const auto& status = *m_store.status.value();
        const auto& host = at(status, "host");
        if (left.empty()) left = "Mortise " + text_at(host, "version") + "   " + text_at(host, "folder");
        warnings = array_at(status, "warnings").size();
        if (m_store.status.is_stale()) left += "   (as it was " + span_text(m_store.status.age()) + " ago)";
    }
    const bool is_bad = m_link.state() != LinkState::open;
    m_ui.put_text(
        list,
        fonts.small,
        {{box.min.x + m_ui.px(16), box.min.y}, {box.max.x - m_ui.px(420), box.max.y}},
        left,
        is_bad ? c.danger : c.muted
    );
    std::string events = counted(m_store.feed().total(), "event", "events") + " since this window opened";
    if (m_leader != 0) events = "g ... h home, c contacts, p plugins, e events, s settings, q SQL";
    const float right = box.max.x - m_ui.px(warnings > 0 ? 150 : 16);
    m_ui.put_text(
        list,
        fonts.small,
        {{box.max.x - m_ui.px(420), box.min.y}, {right, box.max.y}},
        events,
        c.muted,
        Align::right
    );
    if (warnings == 0) return;
    const Box pill{
        {box.max.x - m_ui.px(136), box.min.y + m_ui.px(3)}, {box.max.x - m_ui.px(12), box.max.y - m_ui.px(3)}
    };
    const std::string text = counted(static_cast<std::int64_t>(warnings), "warning", "warnings");
    if (m_ui.area(text, pill)) open("status");
    list.AddRectFilled(pill.min, pill.max, m_theme.soft(Tone::warning), m_ui.px(9));
    draw_icon(
        list, Icon::warning, {pill.min.x + m_ui.px(8), pill.min.y + m_ui.px(3)}, m_ui.px(14), c.warning
    );
    m_ui.put_text(list, fonts.small, {{pill.min.x + m_ui.px(28), pill.min.y}, pill.max}, text, c.warning);
}

void Shell::draw_toasts()
{
    if (m_toasts.empty()) return;
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    float y = size.y - m_ui.px(40);
    const float width = std::min(m_ui.px(420), size.x - m_ui.px(40));
    ImFont* font = m_theme.fonts().body;
    std::uint64_t undone = 0;
    for (std::size_t i = m_toasts.size(); i-- > 0;) {
        Toast& toast = m_toasts[i];
        const std::string text = clean_text(toast.text, 600);
        const float button = toast.done == 0 ? 0 : m_ui.px(76);
        const float room = width - m_ui.px(56) - button;
        const float text_height
            = font->CalcTextSizeA(font->FontSize, 1e6F, room, text.data(), text.data() + text.size()).y;
        const float height = std::max(text_height + m_ui.px(22), m_ui.px(46));
        y -= height + m_ui.px(8);
        ImGui::SetNextWindowPos({size.x - width - m_ui.px(20), y});
        ImGui::SetNextWindowSize({width, height});
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
        ImGui::PushStyleColor(ImGuiCol_WindowBg, m_ui.colors().raised);
        ImGui::Begin(
            ("##toast" + std::to_string(i)).c_str(),
            nullptr,
            ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings
                | ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav
        );
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const ImVec2 at = ImGui::GetWindowPos();
        list.AddRect(at, {at.x + width, at.y + height}, m_ui.colors().border_strong, m_ui.px(6));
        list.AddRectFilled(at, {at.x + m_ui.px(4), at.y + height}, m_theme.of(toast.tone), m_ui.px(2));
        const Icon icon = toast.tone == Tone::positive ? Icon::check
            : toast.tone == Tone::danger               ? Icon::error
            : toast.tone == Tone::warning              ? Icon::warning
                                                       : Icon::info;
        draw_icon(
            list,
            icon,
            {at.x + m_ui.px(14), at.y + (height - m_ui.px(18)) / 2},
            m_ui.px(18),
            m_theme.of(toast.tone)
        );
        ImGui::SetCursorPos({m_ui.px(42), std::floor((height - text_height) / 2)});
        ImGui::PushTextWrapPos(m_ui.px(42) + room);
        ImGui::TextUnformatted(text.data(), text.data() + text.size());
        if (Probe* probe = m_ui.probe()) probe->add(text, {ImGui::GetItemRectMin(), ImGui::GetItemRectMax()});
        ImGui::PopTextWrapPos();
        if (button > 0) {
            ImGui::SetCursorPos({width - button, (height - m_ui.px(30)) / 2});
            if (m_ui.button("Undo", {.weight = Weight::quiet, .keys = "Ctrl+Z"})) {
                undone = toast.done;
            }
        }
        ImGui::End();
        ImGui::PopStyleColor();
        ImGui::PopStyleVar();
    }
    if (undone != 0) undo(undone);
}

} // namespace mortise::ui
