#include "model/report_table.hpp"

#include "base/json_read.hpp"
#include "model/types.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace mortise::ui {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_columns = 200;
constexpr std::size_t most_series = 8;
constexpr std::size_t most_labels = 400;

std::string text_of_keys(const boost::json::array& row, const boost::json::array& column)
{
    return boost::json::serialize(row) + boost::json::serialize(column);
}

bool is_number_text(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("-0123456789.") == std::string_view::npos;
}

} // namespace

std::string figure_text(const boost::json::value& figure, std::string_view kind)
{
    if (figure.is_null()) return {};
    if (at(figure, "amount").is_string())
        return grouped_digits(text_at(figure, "amount")) + " " + text_at(figure, "currency");
    const std::string text = text_of(figure);
    if (kind == "datetime") return time_text(text);
    if (kind == "percent") return text + " %";
    return is_number_text(text) ? grouped_digits(text) : text;
}

double figure_number(const boost::json::value& figure)
{
    return number_of(at(figure, "amount").is_string() ? at(figure, "amount") : figure, nothing);
}

void ReportTable::take(boost::json::value answer, std::string source)
{
    m_answer = std::move(answer);
    m_source = std::move(source);
    m_lines.clear();
    m_figures.clear();
    m_values.clear();
    m_form = Form::nothing;
    if (at(m_answer, "cells").is_array())
        take_pivot();
    else if (at(m_answer, "records").is_array())
        m_form = Form::list, take_lines("records");
    else if (at(m_answer, "steps").is_array())
        m_form = Form::funnel, take_lines("steps");
    else if (at(m_answer, "cohorts").is_array())
        m_form = Form::cohort, take_lines("cohorts");
}

void ReportTable::take_lines(std::string_view member)
{
    for (const auto& one : array_at(m_answer, member))
        m_lines.push_back({{}, {}, &one});
    if (m_form != Form::cohort) return;
    std::size_t periods = 0;
    for (const Line& line : m_lines)
        periods = std::max(periods, array_at(*line.object, "periods").size());
    for (std::size_t i = 0; i < std::min(periods, most_columns); ++i)
        m_figures.push_back({"p" + std::to_string(i), i == 0 ? "In it" : "+" + std::to_string(i), {}, i});
}

void ReportTable::take_pivot()
{
    m_form = Form::pivot;
    const std::size_t depth = array_at(m_answer, "rows").size();
    const auto& measures = array_at(m_answer, "measures");
    std::map<std::string, bool> rows_seen;
    std::map<std::string, bool> columns_seen;
    std::vector<boost::json::array> columns;
    std::optional<Line> whole; // the total of all stands last
    for (const auto& cell : array_at(m_answer, "cells")) {
        const auto& row = array_at(cell, "row");
        const auto& column = array_at(cell, "column");
        m_values.emplace(text_of_keys(row, column), &at(cell, "values"));
        if (rows_seen.emplace(boost::json::serialize(row), true).second) {
            Line line{row, {}, nullptr};
            for (std::size_t i = 0; i < row.size(); ++i)
                line.labels.push_back(label_of("rows", i, row[i]));
            if (row.empty() && depth > 0)
                whole = std::move(line);
            else
                m_lines.push_back(std::move(line));
        }
        if (columns_seen.emplace(boost::json::serialize(column), true).second) columns.push_back(column);
    }
    if (whole) m_lines.push_back(*std::move(whole));
    std::ranges::stable_sort(columns, {}, [](const boost::json::array& keys) {
        return keys.empty(); // the total of all is the last column
    });
    for (const boost::json::array& keys : columns)
        for (std::size_t m = 0; m < measures.size() && m_figures.size() < most_columns; ++m) {
            std::string label;
            for (std::size_t i = 0; i < keys.size(); ++i)
                label += (i > 0 ? " / " : "") + label_of("columns", i, keys[i]);
            if (keys.empty() && columns.size() > 1) label = "Total";
            if (measures.size() > 1 || label.empty())
                label += (label.empty() ? "" : ", ") + text_at(measures[m], "label");
            m_figures.push_back({"c" + std::to_string(m_figures.size()), std::move(label), keys, m});
        }
}

std::string
ReportTable::label_of(std::string_view side, std::size_t level, const boost::json::value& key) const
{
    const auto& dimensions = array_at(m_answer, side);
    if (level < dimensions.size())
        for (const auto& one : array_at(dimensions[level], "keys"))
            if (at(one, "key") == key) return text_at(one, "label");
    return text_of(key);
}

const boost::json::value* ReportTable::figure(
    const boost::json::array& row, const boost::json::array& column, std::string_view measure
) const
{
    const auto found = m_values.find(text_of_keys(row, column));
    return found == m_values.end() ? nullptr : &at(*found->second, measure);
}

const ReportTable::Figures* ReportTable::column_named(std::string_view key) const
{
    const auto found = std::ranges::find(m_figures, key, &Figures::key);
    return found == m_figures.end() ? nullptr : &*found;
}

std::vector<GridColumn> ReportTable::grid_columns() const
{
    std::vector<GridColumn> columns;
    const auto add = [&](std::string key, std::string label, float width, bool is_figure) {
        columns.push_back(
            {.key = std::move(key),
             .label = std::move(label),
             .width = width,
             .align = is_figure ? Align::right : Align::left,
             .sortable = false}
        );
    };
    switch (m_form) {
    case Form::pivot: {
        const auto& rows = array_at(m_answer, "rows");
        for (std::size_t i = 0; i < rows.size(); ++i)
            add("r" + std::to_string(i), text_at(rows[i], "label"), 170, false);
        for (const Figures& one : m_figures)
            add(one.key,
                one.label,
                std::clamp(40.0F + 7.0F * static_cast<float>(one.label.size()), 120.0F, 220.0F),
                true);
        break;
    }
    case Form::list:
        for (const auto& one : array_at(m_answer, "columns")) {
            const std::string kind = text_at(one, "kind");
            add(text_at(one, "name"),
                text_at(one, "label"),
                170,
                kind == "money" || kind == "int" || kind == "decimal" || kind == "percent");
        }
        break;
    case Form::funnel:
        add("step", "Step", 220, false);
        add("count", "Reached it", 120, true);
        add("share_of_first", "Of the first", 120, true);
        add("share_of_previous", "Of the one before", 150, true);
        add("median_time", "Median time", 140, true);
        break;
    case Form::cohort:
        add("label", "Began", 120, false);
        add("size", "Size", 90, true);
        for (const Figures& one : m_figures)
            add(one.key, one.label, 70, true);
        break;
    case Form::nothing:
        break;
    }
    return columns;
}

std::optional<GridCell> ReportTable::cell(std::int64_t row, const GridColumn& column) const
{
    if (row < 0 || row >= count()) return std::nullopt;
    const Line& line = m_lines[static_cast<std::size_t>(row)];
    if (m_form == Form::pivot) {
        const std::size_t depth = array_at(m_answer, "rows").size();
        const bool is_total = line.keys.size() < depth;
        if (column.key.starts_with('r')) {
            const auto level = static_cast<std::size_t>(integer_of(boost::json::value(column.key.substr(1))));
            if (level < line.labels.size())
                return GridCell{line.labels[level], is_total ? CellLook::strong : CellLook::plain};
            if (level == line.labels.size()) return GridCell{"Total", CellLook::muted};
            return GridCell{};
        }
        const Figures* figures = column_named(column.key);
        if (!figures) return GridCell{};
        const auto& measure = array_at(m_answer, "measures")[figures->measure];
        const boost::json::value* found = figure(line.keys, figures->keys, text_at(measure, "name"));
        if (!found) return GridCell{};
        return GridCell{figure_text(*found, text_at(measure, "kind")), CellLook::plain};
    }
    if (m_form == Form::cohort && column.key.starts_with('p')) {
        const Figures* figures = column_named(column.key);
        const auto& periods = array_at(*line.object, "periods");
        if (!figures || figures->measure >= periods.size()) return GridCell{};
        GridCell cell{figure_text(periods[figures->measure], "")};
        const double size = figure_number(at(*line.object, "size"));
        const double now = figure_number(periods[figures->measure]);
        if (size > 0 && now >= 0) cell.share = std::min(now / size, 1.0);
        return cell;
    }
    std::string kind;
    std::string words; // of an option
    const boost::json::value& figure = at(*line.object, column.key);
    for (const auto& one : array_at(m_answer, "columns"))
        if (text_at(one, "name") == column.key) {
            kind = text_at(one, "kind");
            if (figure.is_string()) words = text_at(at(one, "option_labels"), text_of(figure));
        }
    return GridCell{words.empty() ? figure_text(figure, kind) : words};
}

std::string ReportTable::place_of(std::int64_t row) const
{
    if (m_form != Form::list || m_source.empty() || row < 0 || row >= count()) return {};
    const std::string id = text_at(*m_lines[static_cast<std::size_t>(row)].object, "id");
    return id.empty() ? id : "record/" + m_source + "/" + id;
}

std::optional<boost::json::object> ReportTable::behind(std::int64_t row, std::string_view column) const
{
    if (row < 0 || row >= count()) return std::nullopt;
    const Line& line = m_lines[static_cast<std::size_t>(row)];
    boost::json::object cell;
    if (m_form == Form::pivot) {
        cell["row"] = line.keys;
        const Figures* figures = column_named(column);
        cell["column"] = figures ? figures->keys : boost::json::array{};
        const auto& measures = array_at(m_answer, "measures");
        if (figures && figures->measure < measures.size())
            cell["measure"] = text_at(measures[figures->measure], "name");
        return cell;
    }
    if (m_form == Form::funnel) {
        cell["step"] = row + 1;
        return cell;
    }
    if (m_form == Form::cohort) {
        const Figures* figures = column_named(column);
        cell["cohort"] = text_at(*line.object, "start");
        cell["period"] = figures ? figures->measure : 0;
        return cell;
    }
    return std::nullopt;
}

std::string ReportTable::name_of(std::int64_t row, std::string_view column) const
{
    if (row < 0 || row >= count()) return {};
    const Line& line = m_lines[static_cast<std::size_t>(row)];
    std::string name;
    const auto add = [&](const std::string& part) {
        if (!part.empty()) name += (name.empty() ? "" : ", ") + part;
    };
    for (const std::string& label : line.labels)
        add(label);
    if (line.object) add(text_at(*line.object, m_form == Form::cohort ? "label" : "step"));
    if (const Figures* figures = column_named(column)) add(figures->label);
    return name.empty() ? "All" : name;
}

std::optional<ChartKind> ReportTable::chart_kind(std::string_view wanted) const
{
    if (wanted == "none" || m_form == Form::nothing || m_form == Form::list || m_form == Form::cohort)
        return std::nullopt;
    if (const auto chosen = parse_chart_kind(wanted)) return chosen;
    if (m_form == Form::funnel) return ChartKind::funnel;
    if (text_at(m_answer, "kind") == "trend") return ChartKind::line;
    const bool has_rows = !array_at(m_answer, "rows").empty();
    const bool has_columns = !array_at(m_answer, "columns").empty();
    if (!has_rows && !has_columns) return std::nullopt;
    return has_rows && has_columns ? ChartKind::stacked_bar : ChartKind::bar;
}

ChartData ReportTable::chart() const
{
    if (m_form == Form::pivot) return pivot_chart();
    ChartData data;
    if (m_form != Form::funnel) return data;
    data.series.push_back({"Reached it", {}});
    for (const Line& line : m_lines) {
        data.labels.push_back(text_at(*line.object, "step"));
        data.series[0].values.push_back(figure_number(at(*line.object, "count")));
    }
    return data;
}

/// The outermost rows along the axis, a series for each outermost column; without columns one for each
/// measure that is of the kind of the first.
ChartData ReportTable::pivot_chart() const
{
    ChartData data;
    const auto& measures = array_at(m_answer, "measures");
    const auto& rows = array_at(m_answer, "rows");
    const auto& columns = array_at(m_answer, "columns");
    if (measures.empty() || (rows.empty() && columns.empty())) return data;
    const auto& axis = array_at((rows.empty() ? columns : rows)[0], "keys");
    const bool is_split = !rows.empty() && !columns.empty();
    const auto add = [&](std::string name, const boost::json::array& column, const std::string& measure) {
        if (data.series.size() >= most_series) return;
        ChartSeries series{std::move(name), {}};
        for (std::size_t i = 0; i < axis.size() && i < most_labels; ++i) {
            const boost::json::array key{at(axis[i], "key")};
            const boost::json::value* found
                = rows.empty() ? figure({}, key, measure) : figure(key, column, measure);
            series.values.push_back(found ? figure_number(*found) : nothing);
        }
        data.series.push_back(std::move(series));
    };
    for (std::size_t i = 0; i < axis.size() && i < most_labels; ++i)
        data.labels.push_back(text_at(axis[i], "label"));
    if (is_split) {
        for (const auto& one : array_at(columns[0], "keys"))
            add(text_at(one, "label"), {at(one, "key")}, text_at(measures[0], "name"));
    } else {
        for (const auto& one : measures)
            if (at(one, "kind") == at(measures[0], "kind"))
                add(text_at(one, "label"), {}, text_at(one, "name"));
    }
    return data;
}

} // namespace mortise::ui
