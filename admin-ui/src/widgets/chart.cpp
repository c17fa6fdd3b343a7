#include "widgets/chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <utility>

namespace mortise::ui {
namespace {

double sane(double value)
{
    return std::isfinite(value) ? std::clamp(value, -1e15, 1e15) : 0;
}

std::string told(const ChartData& data, double value)
{
    return data.words ? data.words(value) : short_number(value);
}

struct Plot {
    Ui& ui;
    ImDrawList& list;
    const ChartData& data;
    Box box; ///< inside the axes
    double low{0};
    double high{1};

    float y(double value) const
    {
        const double share = (sane(value) - low) / (high - low);
        return box.max.y - box.height() * static_cast<float>(std::clamp(share, 0.0, 1.0));
    }
    float slot() const
    {
        return box.width() / static_cast<float>(std::max<std::size_t>(data.labels.size(), 1));
    }
};

void find_range(Plot& plot, ChartKind kind)
{
    double low = 0;
    double high = 0;
    for (std::size_t i = 0; i < plot.data.labels.size(); ++i) {
        double up = 0;
        double down = 0;
        for (const ChartSeries& series : plot.data.series) {
            const double value = i < series.values.size() ? sane(series.values[i]) : 0;
            if (kind == ChartKind::stacked_bar) {
                (value >= 0 ? up : down) += value;
            } else {
                up = std::max(up, value);
                down = std::min(down, value);
            }
        }
        high = std::max(high, up);
        low = std::min(low, down);
    }
    if (high - low < 1e-12) high = low + 1;
    const auto ticks = ticks_of(low, high, 5);
    plot.low = std::min(low, ticks.front());
    plot.high = std::max(high, ticks.back());
}

void draw_axes(Plot& plot)
{
    const Palette& c = plot.ui.colors();
    ImFont* small = plot.ui.theme().fonts().small;
    for (const double tick : ticks_of(plot.low, plot.high, 5)) {
        const float y = std::floor(plot.y(tick));
        plot.list.AddLine({plot.box.min.x, y}, {plot.box.max.x, y}, tick == 0 ? c.border_strong : c.border);
        plot.ui.put_text(
            plot.list,
            small,
            {{plot.box.min.x - plot.ui.px(78), y - plot.ui.px(8)},
             {plot.box.min.x - plot.ui.px(6), y + plot.ui.px(8)}},
            told(plot.data, tick),
            c.muted,
            Align::right
        );
    }
    const float slot = plot.slot();
    const auto every = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::ceil(plot.ui.px(54) / std::max(slot, 0.01F)))
    );
    for (std::size_t i = 0; i < plot.data.labels.size(); i += every) {
        const float x = plot.box.min.x + slot * static_cast<float>(i);
        const float end = std::min(x + slot * static_cast<float>(every), plot.box.max.x);
        // The last one may have less room than the others.
        const bool is_cramped = end - x < slot * static_cast<float>(every) - 1
            && plot.ui.width_of(small, plot.data.labels[i]) > end - x - plot.ui.px(4);
        if (i > 0 && is_cramped) continue;
        plot.ui.put_text(
            plot.list,
            small,
            {{x + plot.ui.px(2), plot.box.max.y + plot.ui.px(2)},
             {end - plot.ui.px(2), plot.box.max.y + plot.ui.px(20)}},
            plot.data.labels[i],
            c.muted,
            Align::middle
        );
    }
}

void tell_value(Plot& plot, const Box& box, std::size_t label, const ChartSeries& series, double value)
{
    if (plot.ui.is_blocked() || !ImGui::IsMouseHoveringRect(box.min, box.max)) return;
    plot.list.AddRect(box.min, box.max, plot.ui.colors().text);
    plot.ui.tip(
        plot.data.labels[label] + "\n" + (series.name.empty() ? "" : series.name + ": ")
        + told(plot.data, value)
    );
}

void draw_bars(Plot& plot, bool stacked)
{
    const std::size_t count = plot.data.series.size();
    const float slot = plot.slot();
    const float inner = std::min(slot * 0.72F, plot.ui.px(90));
    const float bar = stacked ? inner : inner / static_cast<float>(std::max<std::size_t>(count, 1));
    for (std::size_t i = 0; i < plot.data.labels.size(); ++i) {
        double up = 0;
        double down = 0;
        const float left = plot.box.min.x + slot * static_cast<float>(i) + (slot - inner) / 2;
        for (std::size_t s = 0; s < count; ++s) {
            const ChartSeries& series = plot.data.series[s];
            if (i >= series.values.size() || !std::isfinite(series.values[i])) continue;
            const double value = sane(series.values[i]);
            double& base = value >= 0 ? up : down;
            const double from = stacked ? base : 0;
            if (stacked) base += value;
            const float x = left + (stacked ? 0 : bar * static_cast<float>(s));
            const float a = plot.y(from);
            const float b = plot.y(from + value);
            const Box box{
                {x, std::min(a, b)}, {x + std::max(bar - plot.ui.px(stacked ? 0 : 1), 1.0F), std::max(a, b)}
            };
            plot.list.AddRectFilled(box.min, box.max, plot.ui.theme().series(s), plot.ui.px(2));
            tell_value(plot, box, i, series, value);
        }
    }
}

void draw_lines(Plot& plot, bool filled)
{
    const float slot = plot.slot();
    for (std::size_t s = 0; s < plot.data.series.size(); ++s) {
        const ChartSeries& series = plot.data.series[s];
        const ImU32 color = plot.ui.theme().series(s);
        std::vector<ImVec2> points;
        for (std::size_t i = 0; i < std::min(series.values.size(), plot.data.labels.size()); ++i) {
            if (!std::isfinite(series.values[i])) continue;
            points.push_back(
                {plot.box.min.x + slot * (static_cast<float>(i) + 0.5F), plot.y(series.values[i])}
            );
            const float r = plot.ui.px(3);
            if (plot.data.labels.size() < 60) plot.list.AddCircleFilled(points.back(), r, color);
            const ImVec2 p = points.back();
            tell_value(
                plot, {{p.x - 2 * r, p.y - 2 * r}, {p.x + 2 * r, p.y + 2 * r}}, i, series, series.values[i]
            );
        }
        const float ground = plot.y(0);
        for (std::size_t i = 1; i < points.size(); ++i) {
            if (filled)
                plot.list.AddQuadFilled(
                    points[i - 1],
                    points[i],
                    {points[i].x, ground},
                    {points[i - 1].x, ground},
                    with_alpha(color, 0.22F)
                );
            plot.list.AddLine(points[i - 1], points[i], color, plot.ui.px(2));
        }
    }
}

void draw_pie(Plot& plot)
{
    if (plot.data.series.empty()) return;
    const auto& values = plot.data.series.front().values;
    double total = 0;
    for (const double value : values)
        total += std::max(sane(value), 0.0);
    if (total <= 0) return;
    const float radius = std::min(plot.box.height(), plot.box.width() * 0.5F) / 2 - plot.ui.px(4);
    const ImVec2 middle{plot.box.min.x + radius + plot.ui.px(4), (plot.box.min.y + plot.box.max.y) / 2};
    float angle = -std::numbers::pi_v<float> / 2;
    float y = plot.box.min.y + plot.ui.px(4);
    for (std::size_t i = 0; i < values.size() && i < plot.data.labels.size(); ++i) {
        const double share = std::max(sane(values[i]), 0.0) / total;
        const float span = 2 * std::numbers::pi_v<float> * static_cast<float>(share);
        const int steps = std::max(2, static_cast<int>(span * 24));
        // Wedges of a ring, each convex.
        for (int step = 0; step < steps && share > 0; ++step) {
            const auto at = [&](int k, float r) {
                const float a = angle + span * static_cast<float>(k) / static_cast<float>(steps);
                return ImVec2{middle.x + std::cos(a) * r, middle.y + std::sin(a) * r};
            };
            plot.list.AddQuadFilled(
                at(step, radius),
                at(step + 1, radius),
                at(step + 1, radius * 0.58F),
                at(step, radius * 0.58F),
                plot.ui.theme().series(i)
            );
        }
        angle += span;
        if (y + plot.ui.px(18) > plot.box.max.y) continue;
        const float x = middle.x + radius + plot.ui.px(18);
        plot.list.AddRectFilled(
            {x, y + plot.ui.px(4)},
            {x + plot.ui.px(10), y + plot.ui.px(14)},
            plot.ui.theme().series(i),
            plot.ui.px(2)
        );
        plot.ui.put_text(
            plot.list,
            plot.ui.theme().fonts().small,
            {{x + plot.ui.px(16), y}, {plot.box.max.x, y + plot.ui.px(18)}},
            plot.data.labels[i] + "  " + told(plot.data, values[i]) + ", "
                + std::to_string(static_cast<int>(std::lround(share * 100))) + " %",
            plot.ui.colors().text
        );
        y += plot.ui.px(20);
    }
}

void draw_funnel(Plot& plot)
{
    if (plot.data.series.empty() || plot.data.labels.empty()) return;
    const auto& values = plot.data.series.front().values;
    double most = 1e-9;
    for (const double value : values)
        most = std::max(most, sane(value));
    const std::size_t count = std::min(values.size(), plot.data.labels.size());
    const float step = plot.box.height() / static_cast<float>(std::max<std::size_t>(count, 1));
    for (std::size_t i = 0; i < count; ++i) {
        const float width
            = plot.box.width() * 0.6F * static_cast<float>(std::max(sane(values[i]), 0.0) / most);
        const float y = plot.box.min.y + step * static_cast<float>(i);
        const float middle = plot.box.min.x + plot.box.width() * 0.64F;
        const Box box{{middle - width / 2, y + 1}, {middle + width / 2, y + step - plot.ui.px(2)}};
        plot.list.AddRectFilled(box.min, box.max, plot.ui.theme().series(0), plot.ui.px(3));
        plot.ui.put_text(
            plot.list,
            plot.ui.theme().fonts().small,
            {{plot.box.min.x, y}, {plot.box.min.x + plot.box.width() * 0.32F, y + step}},
            plot.data.labels[i] + "  " + told(plot.data, values[i]),
            plot.ui.colors().text
        );
    }
}

float draw_legend(Ui& ui, const ChartData& data, ImVec2 at, float width)
{
    if (data.series.size() < 2) return 0;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    float x = at.x;
    for (std::size_t s = 0; s < data.series.size(); ++s) {
        const std::string name = data.series[s].name.empty() ? "(none)" : data.series[s].name;
        const float wanted = ui.width_of(ui.theme().fonts().small, clean_line(name, 60)) + ui.px(28);
        if (x + wanted > at.x + width) break;
        list.AddRectFilled(
            {x, at.y + ui.px(4)}, {x + ui.px(10), at.y + ui.px(14)}, ui.theme().series(s), ui.px(2)
        );
        ui.put_text(
            list,
            ui.theme().fonts().small,
            {{x + ui.px(14), at.y}, {x + wanted, at.y + ui.px(18)}},
            name,
            ui.colors().muted
        );
        x += wanted;
    }
    return ui.px(22);
}

} // namespace

std::optional<ChartKind> parse_chart_kind(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, ChartKind>, 6> kinds{{
        {"bar", ChartKind::bar},
        {"stacked_bar", ChartKind::stacked_bar},
        {"line", ChartKind::line},
        {"area", ChartKind::area},
        {"pie", ChartKind::pie},
        {"funnel", ChartKind::funnel},
    }};
    for (const auto& [text, kind] : kinds)
        if (text == name) return kind;
    return std::nullopt;
}

std::vector<double> ticks_of(double low, double high, std::size_t most)
{
    low = sane(low);
    high = sane(high);
    if (high <= low) high = low + 1;
    const double rough = (high - low) / static_cast<double>(std::max<std::size_t>(most, 2) - 1);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = power * 10;
    for (const double factor : {1.0, 2.0, 5.0})
        if (power * factor >= rough) {
            step = power * factor;
            break;
        }
    std::vector<double> ticks;
    for (double tick = std::floor(low / step) * step; ticks.size() < 20; tick += step) {
        ticks.push_back(std::abs(tick) < step / 1000 ? 0 : tick);
        if (tick >= high) break;
    }
    return ticks;
}

std::string short_number(double number)
{
    if (!std::isfinite(number)) return "\xE2\x80\x94";
    std::array<char, 40> buffer{};
    const double size = std::abs(number);
    const auto [unit, sign] = size >= 1e9 ? std::pair{1e9, "bn"}
        : size >= 1e6                     ? std::pair{1e6, "m"}
        : size >= 1e3                     ? std::pair{1e3, "k"}
                                          : std::pair{1.0, ""};
    std::snprintf(buffer.data(), buffer.size(), "%.3g%s", number / unit, sign);
    return buffer.data();
}

void draw_chart(Ui& ui, ChartKind kind, const ChartData& data, float height)
{
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = std::max(ImGui::GetContentRegionAvail().x, ui.px(80));
    Plot plot{ui, *ImGui::GetWindowDrawList(), data, {at, {at.x + width, at.y + height}}};
    const bool has_axes = kind != ChartKind::pie && kind != ChartKind::funnel;
    if (has_axes) {
        plot.box.min.y += draw_legend(ui, data, at, width) + ui.px(10);
        plot.box.min.x += ui.px(80);
        plot.box.max.y -= ui.px(24);
        find_range(plot, kind);
        draw_axes(plot);
    }
    switch (kind) {
    case ChartKind::bar:
        draw_bars(plot, false);
        break;
    case ChartKind::stacked_bar:
        draw_bars(plot, true);
        break;
    case ChartKind::line:
        draw_lines(plot, false);
        break;
    case ChartKind::area:
        draw_lines(plot, true);
        break;
    case ChartKind::pie:
        draw_pie(plot);
        break;
    case ChartKind::funnel:
        draw_funnel(plot);
        break;
    }
    ImGui::Dummy({width, height});
}

void draw_sparkline(Ui& ui, const std::vector<double>& values, float width, float height, Tone tone)
{
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    double high = 1e-9;
    for (const double value : values)
        high = std::max(high, sane(value));
    list.AddLine({at.x, at.y + height}, {at.x + width, at.y + height}, ui.colors().border);
    for (std::size_t i = 1; i < values.size(); ++i) {
        const auto point = [&](std::size_t k) {
            const float share = static_cast<float>(std::max(sane(values[k]), 0.0) / high);
            return ImVec2{
                at.x + width * static_cast<float>(k) / static_cast<float>(values.size() - 1),
                at.y + height - (height - 2) * share
            };
        };
        list.AddLine(point(i - 1), point(i), ui.theme().of(tone), ui.px(1.5F));
    }
    ImGui::Dummy({width, height});
}

} // namespace mortise::ui
