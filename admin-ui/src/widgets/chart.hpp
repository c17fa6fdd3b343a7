#pragma once

/// \file
/// Charts on ImDrawList: bars, stacked bars, lines, areas, pies, funnels, sparklines.

#include "widgets/ui.hpp"

namespace mortise::ui {

enum class ChartKind : std::uint8_t { bar, stacked_bar, line, area, pie, funnel };

std::optional<ChartKind> parse_chart_kind(std::string_view name);

struct ChartSeries {
    std::string name;
    std::vector<double> values; ///< one for each label; not a number: nothing there
};

struct ChartData {
    std::vector<std::string> labels;
    std::vector<ChartSeries> series;
    std::function<std::string(double)> words{}; ///< a value for people; without it plain
};

/// Steps of an axis that are easy to read: 1, 2 or 5 times a power of ten; at most `most` of them.
std::vector<double> ticks_of(double low, double high, std::size_t most);
/// "12k", "1.5m".
std::string short_number(double number);

/// Draws into a box of the width that there is. Anything may be in the data: nothing, one point, negative
/// numbers, numbers that are none.
void draw_chart(Ui& ui, ChartKind kind, const ChartData& data, float height);
/// A small line without axes.
void draw_sparkline(
    Ui& ui, const std::vector<double>& values, float width, float height, Tone tone = Tone::accent
);

} // namespace mortise::ui
