#include "views/chart_view.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mortise::ui {
namespace {

constexpr std::size_t most_labels = 400;
constexpr std::size_t most_series = 8;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

std::size_t index_of(std::vector<std::string>& list, const std::string& text, std::size_t most)
{
    const auto found = std::ranges::find(list, text);
    if (found != list.end()) return static_cast<std::size_t>(found - list.begin());
    if (list.size() >= most) return SIZE_MAX;
    list.push_back(text);
    return list.size() - 1;
}

void put(ChartData& data, std::size_t series, std::size_t label, double value)
{
    auto& values = data.series[series].values;
    if (values.size() <= label) values.resize(label + 1, nothing);
    values[label] = (std::isnan(values[label]) ? 0 : values[label]) + value;
}

/// An amount in minor units as one that people know; other numbers as they are.
double plain_amount(const QueryRows& rows, std::int64_t row, std::size_t column)
{
    const double value = number_of(rows.value(row, column), nothing);
    const QueryColumn& known = rows.columns()[column];
    if (known.kind != "money") return value;
    const std::size_t currency = rows.column_named(known.currency);
    const std::string code
        = currency < rows.columns().size() ? text_of(rows.value(row, currency)) : known.currency;
    return value / std::pow(10.0, minor_digits(code));
}

} // namespace

ChartData chart_data_of(const boost::json::value& chart, const QueryRows& rows)
{
    ChartData data;
    const std::size_t x = rows.column_named(text_at(chart, "x"));
    const std::size_t split = rows.column_named(text_at(chart, "series"));
    const bool is_split = split < rows.columns().size();
    std::vector<std::string> names;
    for (const auto& y : array_at(chart, "y")) {
        const std::size_t column = rows.column_named(text_of(y));
        if (column >= rows.columns().size()) continue;
        for (std::int64_t row = 0; row < rows.count(); ++row) {
            const std::string label
                = x < rows.columns().size() ? rows.words(row, x) : std::to_string(row + 1);
            const std::size_t at_label
                = index_of(data.labels, label.empty() ? "\xE2\x80\x94" : label, most_labels);
            std::string name = rows.columns()[column].label;
            if (is_split) name = rows.words(row, split);
            if (at_label == SIZE_MAX || rows.value(row, column).is_null()) continue;
            const std::size_t at_series = index_of(names, name, most_series);
            if (at_series == SIZE_MAX) continue;
            if (data.series.size() <= at_series) data.series.resize(at_series + 1);
            data.series[at_series].name = name;
            put(data, at_series, at_label, plain_amount(rows, row, column));
        }
    }
    for (ChartSeries& series : data.series)
        series.values.resize(data.labels.size(), nothing);
    return data;
}

void draw_query_chart(Ui& ui, const boost::json::value& chart, const QueryRows& rows, float height)
{
    const auto kind = parse_chart_kind(text_at(chart, "kind"));
    if (!kind) {
        ui.note(
            Icon::chart,
            "A chart of the kind " + text_at(chart, "kind") + " is not known to this console.",
            Tone::neutral
        );
        return;
    }
    const ChartData data = chart_data_of(chart, rows);
    if (data.series.empty()) {
        ui.note(Icon::chart, "The chart has no figures: its columns are not in the data.", Tone::neutral);
        return;
    }
    draw_chart(ui, *kind, data, height);
}

bool draw_answer_chart(Ui& ui, const boost::json::value& chart, const boost::json::array& rows, float height)
{
    std::string x = text_at(chart, "x");
    std::string y = array_at(chart, "y").empty() ? std::string{} : text_of(array_at(chart, "y")[0]);
    if (rows.size() < 2) return false;
    for (const auto& [name, value] : object_of(rows[0])) {
        const bool is_figure = value.is_number()
            || (value.is_string() && !std::isnan(number_of(value, nothing)))
            || at(value, "amount").is_string();
        const bool is_id
            = name == "id" || (value.is_string() && text_of(value).size() < 8 && name.ends_with("id"));
        if (x.empty() && value.is_string() && !is_figure) x = name;
        if (y.empty() && is_figure && !is_id) y = name;
    }
    if (x.empty() || y.empty()) return false;
    ChartData data;
    data.series.push_back({words_of(y), {}});
    for (std::size_t i = 0; i < rows.size() && i < 60; ++i) {
        data.labels.push_back(text_at(rows[i], x).empty() ? "\xE2\x80\x94" : text_at(rows[i], x));
        const auto& value = at(rows[i], y);
        data.series[0].values.push_back(number_of(value.is_object() ? at(value, "amount") : value, nothing));
    }
    draw_chart(ui, parse_chart_kind(text_at(chart, "kind")).value_or(ChartKind::bar), data, height);
    return true;
}

} // namespace mortise::ui
