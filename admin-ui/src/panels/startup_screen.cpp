#include "panels/startup_screen.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <ctime>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

/// More than this is pointed out.
constexpr std::int64_t budget_ns = 100'000'000;

std::int64_t digits_at(std::string_view text, std::size_t at, std::size_t count)
{
    std::int64_t number = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

} // namespace

std::int64_t microseconds_of(std::string_view text)
{
    using namespace std::chrono;
    const std::int64_t y = digits_at(text, 0, 4);
    const std::int64_t mo = digits_at(text, 5, 2);
    const std::int64_t d = digits_at(text, 8, 2);
    const std::int64_t h = digits_at(text, 11, 2);
    const std::int64_t mi = digits_at(text, 14, 2);
    const std::int64_t s = digits_at(text, 17, 2);
    if (y < 0 || mo < 1 || d < 1 || h < 0 || mi < 0 || s < 0) return -1;
    const year_month_day day{
        year{static_cast<int>(y)},
        month{static_cast<unsigned>(mo)},
        std::chrono::day{static_cast<unsigned>(d)}
    };
    if (!day.ok()) return -1;
    std::int64_t fraction = 0;
    std::int64_t unit = 100'000;
    for (std::size_t i = 20; i < text.size() && text[i] >= '0' && text[i] <= '9' && unit > 0; ++i, unit /= 10)
        fraction += (text[i] - '0') * unit;
    const auto days = sys_days{day}.time_since_epoch();
    return duration_cast<microseconds>(days + hours{h} + minutes{mi} + seconds{s}).count() + fraction;
}

std::vector<StartupScreen::Row> StartupScreen::rows_of(Console& console, std::int64_t began)
{
    std::vector<Row> rows;
    for (const auto& one : array_at(*console.store.stats.value(), "plugins")) {
        const auto& start = at(one, "start");
        Row row{.id = text_at(one, "plugin"), .name = {}};
        row.name = row.id;
        if (console.store.plugins.value())
            for (const auto& plugin : array_at(*console.store.plugins.value(), "plugins"))
                if (text_at(plugin, "id") == row.id) row.name = text_at(plugin, "name");
        row.declare_ns = integer_at(start, "declare_ns");
        row.load_ns = integer_at(start, "load_ns");
        row.activate_ns = integer_at(start, "activate_ns");
        row.loads = integer_at(start, "loads");
        const std::int64_t at = microseconds_of(text_at(start, "declared_at"));
        row.at = at < 0 || began < 0 ? 0 : std::max<std::int64_t>(at - began, 0);
        const std::int64_t loaded = microseconds_of(text_at(start, "loaded_at"));
        row.loaded_at = loaded < 0 || began < 0 ? -1 : std::max<std::int64_t>(loaded - began, 0);
        rows.push_back(std::move(row));
    }
    std::ranges::sort(rows, {}, [](const Row& row) { return std::pair{row.at, row.id}; });
    return rows;
}

void StartupScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    Resource& stats = console.store.stats;
    stats.keep_fresh(2s);
    if (!draw_state(console, stats, "what plugins cost")) return;
    const std::int64_t began = console.store.status.value()
        ? microseconds_of(text_at(at(*console.store.status.value(), "host"), "started_at"))
        : -1;
    const std::vector<Row> rows = rows_of(console, began);
    if (rows.empty()) {
        ui.message(Icon::plug, "No plugin is on", "What each takes to start stands here once one is.");
        return;
    }
    std::int64_t end_us = 1;
    std::int64_t longest_ns = 1;
    std::int64_t sum_ns = 0;
    for (const Row& row : rows) {
        // One that was enabled later is no part of the start of the host.
        if (row.at < 60'000'000) end_us = std::max(end_us, row.at + row.declare_ns / 1000);
        longest_ns = std::max(longest_ns, row.load_ns + row.activate_ns);
        sum_ns += row.declare_ns;
    }
    ui.strong(
        counted(static_cast<std::int64_t>(rows.size()), "plugin", "plugins") + ", made known in "
        + nanoseconds_text(sum_ns)
    );
    ui.beside(14);
    ui.small("Code is loaded when a plugin is first asked for something, and does not hold the start up.");
    ui.gap(6);
    const float name = ui.px(210);
    const float half = (ImGui::GetContentRegionAvail().x - name - ui.px(40)) / 2;
    ui.small("Plugin");
    ImGui::SameLine(name);
    ui.small("Made known, from the start of the host to " + nanoseconds_text(end_us * 1000));
    ImGui::SameLine(name + half + ui.px(20));
    ui.small("Code: loaded, then its own start; longest " + nanoseconds_text(longest_ns));
    ui.line();
    ImGui::BeginChild("rows");
    for (const Row& row : rows)
        draw_row(console, row, end_us, longest_ns);
    ImGui::EndChild();
}

void StartupScreen::draw_row(Console& console, const Row& row, std::int64_t end_us, std::int64_t longest_ns)
{
    Ui& ui = console.ui;
    const Palette& c = ui.colors();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float name = ui.px(210);
    const float height = ui.px(36);
    const float half = (ImGui::GetContentRegionAvail().x - name - ui.px(40)) / 2;
    const Box box{at, {at.x + ImGui::GetContentRegionAvail().x, at.y + height}};
    if (ui.area(row.name, box)) console.desk.open("plugins/" + row.id);
    if (ui.is_area_hovered()) list.AddRectFilled(box.min, box.max, c.hover, ui.px(6));
    ui.put_text(
        list,
        ui.theme().fonts().strong,
        {{at.x + ui.px(6), at.y}, {at.x + name - ui.px(8), at.y + height}},
        row.name,
        c.text
    );
    const auto bar = [&](float left, double from, double length, ImU32 color) {
        const float x = left + half * static_cast<float>(std::clamp(from, 0.0, 1.0));
        const float wide = std::max(half * static_cast<float>(std::clamp(length, 0.0, 1.0)), ui.px(2));
        list.AddRectFilled(
            {x, at.y + ui.px(8)}, {std::min(x + wide, left + half), at.y + ui.px(17)}, color, ui.px(2)
        );
    };
    const auto say = [&](float left, const std::string& text, ImU32 color) {
        ui.put_text(
            list,
            ui.theme().fonts().small,
            {{left, at.y + ui.px(17)}, {left + half, at.y + height}},
            text,
            color
        );
    };
    const float first = at.x + name;
    const float second = first + half + ui.px(20);
    const auto end = static_cast<double>(end_us);
    const auto longest = static_cast<double>(longest_ns);
    const bool is_late = row.at >= 60'000'000;
    if (!is_late)
        bar(first,
            static_cast<double>(row.at) / end,
            static_cast<double>(row.declare_ns) / 1000 / end,
            ui.theme().series(0));
    say(first,
        row.declare_ns == 0 ? "not since the host started"
            : is_late       ? nanoseconds_text(row.declare_ns) + ", enabled later"
                            : nanoseconds_text(row.declare_ns) + " at " + nanoseconds_text(row.at * 1000),
        c.muted);
    if (row.loads == 0) {
        say(second, "not needed yet", c.muted);
    } else {
        bar(second, 0, static_cast<double>(row.load_ns) / longest, ui.theme().series(1));
        bar(second,
            static_cast<double>(row.load_ns) / longest,
            static_cast<double>(row.activate_ns) / longest,
            ui.theme().series(2));
        const bool is_slow = row.load_ns + row.activate_ns > budget_ns;
        std::string text
            = "load " + nanoseconds_text(row.load_ns) + ", start " + nanoseconds_text(row.activate_ns);
        if (row.loaded_at >= 0)
            text += ", " + span_text(std::chrono::seconds{row.loaded_at / 1'000'000}) + " after the host";
        if (row.loads > 1) text += ", " + with_separators(row.loads) + " times";
        if (is_slow) text += "  slow: over 100 ms";
        say(second, text, is_slow ? c.warning : c.muted);
    }
    ImGui::SetCursorScreenPos({at.x, at.y + height});
    ImGui::Dummy({1, 0});
}

} // namespace mortise::ui
