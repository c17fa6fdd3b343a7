#include "output/sheet.hpp"

#include "run/answer.hpp"
#include "run/number.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace mortise::plugins::reporting {

namespace {

SheetCell text_cell(std::string text)
{
    return {.text = std::move(text), .number = {}, .digits = 0};
}

SheetCell number_cell(Decimal number, std::string_view unit = {})
{
    SheetCell cell{.text = text_of(number), .number = real_of(number), .digits = number.scale};
    if (!unit.empty()) cell.text.append(" ").append(unit);
    return cell;
}

std::string moment_text(Instant moment)
{
    constexpr std::int64_t day = 86'400'000'000;
    const std::int64_t days = moment.microseconds / day - (moment.microseconds % day < 0 ? 1 : 0);
    const std::int64_t second = (moment.microseconds - days * day) / 1'000'000;
    const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return day_text(Date{days}) + " " + two(second / 3600) + ":" + two(second / 60 % 60) + ":"
        + two(second % 60);
}

SheetCell cell_of(const Value& value)
{
    switch (value.kind()) {
    case Kind::boolean:
        return text_cell(*value.as<bool>() ? "Yes" : "No");
    case Kind::integer:
        return number_cell(Decimal{*value.as<std::int64_t>(), 0});
    case Kind::decimal:
        return number_cell(*value.as<Decimal>());
    case Kind::money: {
        const Money& money = *value.as<Money>();
        const auto found = std::ranges::find(currencies, money.currency, &Currency::number);
        return number_cell(
            Decimal{money.minor, money.digits}, found == currencies.end() ? std::string_view{} : found->alpha
        );
    }
    case Kind::text:
        return text_cell(std::string{value.text()});
    case Kind::instant:
        return text_cell(moment_text(*value.as<Instant>()));
    case Kind::date:
        return text_cell(day_text(*value.as<Date>()));
    case Kind::duration:
        return number_cell(
            *quotient(Decimal{value.as<Duration>()->microseconds, 0}, Decimal{3'600'000'000, 0}, 2), "h"
        );
    case Kind::id:
        return text_cell(std::to_string(value.as<Id>()->number));
    case Kind::list: {
        std::string text;
        for (const Value& item : *value.as<List>())
            text.append(text.empty() ? "" : "; ").append(cell_of(item).text);
        return text_cell(std::move(text));
    }
    case Kind::null:
    case Kind::real:
    case Kind::bytes:
    case Kind::time_of_day:
    case Kind::map:
        break;
    }
    return {};
}

SheetCell cell_of(const CellData* cell, std::size_t measure, const MeasureInfo& info)
{
    if (!cell || measure >= cell->figures.size()) return {};
    MeasureInfo known = info;
    if (known.kind == "money" && known.currency.empty())
        for (const Part& part : cell->parts)
            if (!part.is_mixed && !part.currency.is_null()) known.currency = part.currency.text();
    const Value value = value_of(cell->figures[measure], known);
    if (value.is_null()) return text_cell("\xE2\x80\x93"); // a dash, as division by zero
    const SheetCell out = cell_of(value);
    // The heading says of what currency all of them are; by itself a number can be reckoned with.
    if (const auto* money = value.as<Money>(); money && !info.currency.empty())
        return number_cell(Decimal{money->minor, money->digits});
    return out;
}

/// Totals stand behind what they are the total of.
struct TotalsLast {
    bool operator()(const Address& a, const Address& b) const
    {
        return std::ranges::lexicographical_compare(a, b, {}, place, place);
    }
    static int place(int at) { return at == total ? std::numeric_limits<int>::max() : at; }
};

using Side = std::set<Address, TotalsLast>;

std::string head_of(const MeasureInfo& measure)
{
    if (measure.kind == "percent") return measure.label + " (%)";
    return measure.currency.empty() ? measure.label : measure.label + " (" + measure.currency + ")";
}

const std::string& label_at(const Cells& cells, std::size_t dimension, int place)
{
    return cells.dimensions[dimension].keys[static_cast<std::size_t>(place)].label;
}

std::string percent_or_dash(const Value& share)
{
    const auto* number = share.as<Decimal>();
    if (!number) return "\xE2\x80\x93";
    const auto percent = quotient(Decimal{number->coefficient * 100, number->scale}, Decimal{1, 0}, 1);
    return percent ? text_of(*percent) + " %" : "";
}

} // namespace

Sheet sheet_of(const Cells& cells)
{
    Sheet sheet;
    Side rows;
    Side columns;
    for (const auto& [address, cell] : cells.cells) {
        const auto middle = address.begin() + static_cast<std::ptrdiff_t>(cells.row_count);
        rows.insert(Address(address.begin(), middle));
        columns.insert(Address(middle, address.end()));
    }
    for (std::size_t i = 0; i < cells.row_count; ++i)
        sheet.heads.push_back(
            cells.dimensions[i].label.empty() ? cells.dimensions[i].name : cells.dimensions[i].label
        );
    if (cells.row_count == 0 && cells.dimensions.empty()) sheet.heads.clear();
    for (const Address& column : columns) {
        std::string above;
        for (std::size_t i = 0; i < column.size(); ++i)
            if (column[i] != total)
                above.append(above.empty() ? "" : " / ")
                    .append(label_at(cells, cells.row_count + i, column[i]));
            else if (i == 0)
                above = "Total";
        for (const MeasureInfo& measure : cells.measures)
            sheet.heads.push_back(above.empty() ? head_of(measure) : above + ": " + head_of(measure));
    }
    for (const Address& row : rows) {
        SheetRow line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line.is_total = line.is_total || row[i] == total;
            const bool is_first_total = row[i] == total && (i == 0 || row[i - 1] != total);
            line.cells.push_back(text_cell(
                row[i] != total      ? label_at(cells, i, row[i])
                    : is_first_total ? "Total"
                                     : ""
            ));
        }
        for (const Address& column : columns) {
            Address address = row;
            address.insert(address.end(), column.begin(), column.end());
            const CellData* cell = cells.find(address);
            for (std::size_t m = 0; m < cells.measures.size(); ++m)
                line.cells.push_back(cell_of(cell, m, cells.measures[m]));
        }
        sheet.rows.push_back(std::move(line));
    }
    return sheet;
}

Sheet sheet_of(const TableAnswer& table)
{
    Sheet sheet;
    for (const TableColumn& column : table.columns)
        sheet.heads.push_back(column.label.empty() ? column.name : column.label);
    for (const List& row : table.rows) {
        SheetRow& line = sheet.rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i)
            line.cells.push_back(
                row[i].kind() == Kind::text ? text_cell(table.columns[i].field.words_for(row[i].text()))
                                            : cell_of(row[i])
            );
    }
    SheetRow totals;
    totals.is_total = true;
    bool has_totals = false;
    for (const Value& value : table.totals) {
        totals.cells.push_back(cell_of(value));
        has_totals = has_totals || !value.is_null();
    }
    if (has_totals) sheet.rows.push_back(std::move(totals));
    return sheet;
}

Sheet sheet_of(const FunnelAnswer& funnel)
{
    Sheet sheet;
    sheet.heads = {"Step", "Count", "Of the first", "Of the one before", "Median time"};
    for (const FunnelAnswer::Step& step : funnel.steps)
        sheet.rows.push_back(
            {.cells
             = {text_cell(step.name),
                number_cell(Decimal{step.count, 0}),
                text_cell(percent_or_dash(step.share_of_first)),
                text_cell(step.share_of_previous.is_null() ? "" : percent_or_dash(step.share_of_previous)),
                cell_of(step.median)},
             .is_total = false}
        );
    return sheet;
}

Sheet sheet_of(const CohortAnswer& cohort)
{
    Sheet sheet;
    sheet.heads = {"Cohort", "People"};
    std::size_t most = 0;
    for (const CohortAnswer::Line& line : cohort.lines)
        most = std::max(most, line.cells.size());
    for (std::size_t i = 0; i < most; ++i)
        sheet.heads.push_back("+" + std::to_string(i));
    for (const CohortAnswer::Line& line : cohort.lines) {
        SheetRow& row = sheet.rows.emplace_back();
        row.cells = {text_cell(line.label), number_cell(Decimal{line.size, 0})};
        for (const Value& value : line.cells)
            row.cells.push_back(
                cohort.measure == "share" ? text_cell(percent_or_dash(value)) : cell_of(value)
            );
        row.cells.resize(sheet.heads.size());
    }
    return sheet;
}

namespace {

std::optional<double> real_at(const CellData* cell, std::size_t measure)
{
    if (!cell || measure >= cell->figures.size() || !cell->figures[measure].number) return std::nullopt;
    return real_of(*cell->figures[measure].number);
}

std::string chart_kind(const Definition& report, const Cells& cells)
{
    if (report.chart != "auto" && !report.chart.empty()) return report.chart;
    if (report.kind == ReportKind::trend) return "line";
    return cells.dimensions.size() > cells.row_count ? "stacked_bar" : "bar";
}

} // namespace

Chart chart_of(const Cells& cells, const Definition& report)
{
    Chart chart;
    chart.kind = chart_kind(report, cells);
    if (chart.kind == "none" || cells.measures.empty()) return chart;
    const std::size_t size = cells.dimensions.size();
    if (cells.row_count == 0) {
        ChartSeries& series = chart.series.emplace_back();
        for (std::size_t m = 0; m < cells.measures.size(); ++m) {
            chart.categories.push_back(cells.measures[m].label);
            series.values.push_back(real_at(cells.find(Address(size, total)), m));
        }
        return chart;
    }
    for (const KeyInfo& key : cells.dimensions[0].keys)
        chart.categories.push_back(key.label);
    const auto fill = [&](ChartSeries& series, std::size_t measure, int column) {
        for (std::size_t i = 0; i < chart.categories.size(); ++i) {
            Address address(size, total);
            address[0] = static_cast<int>(i);
            if (column != total) address[cells.row_count] = column;
            series.values.push_back(real_at(cells.find(address), measure));
        }
    };
    if (size > cells.row_count) {
        const auto& keys = cells.dimensions[cells.row_count].keys;
        for (std::size_t j = 0; j < keys.size() && j < 12; ++j) {
            chart.series.push_back({.name = keys[j].label, .values = {}});
            fill(chart.series.back(), 0, static_cast<int>(j));
        }
        return chart;
    }
    // Measures of one kind share an axis; others would be flat beside them.
    for (std::size_t m = 0; m < cells.measures.size() && chart.series.size() < 6; ++m) {
        const bool is_alike = cells.measures[m].kind == cells.measures[0].kind
            && cells.measures[m].currency == cells.measures[0].currency;
        if (!is_alike || (chart.kind == "pie" && m > 0)) continue;
        chart.series.push_back({.name = cells.measures[m].label, .values = {}});
        fill(chart.series.back(), m, total);
    }
    return chart;
}

Chart chart_of(const FunnelAnswer& funnel)
{
    Chart chart;
    chart.kind = "bar";
    ChartSeries& series = chart.series.emplace_back();
    for (const FunnelAnswer::Step& step : funnel.steps) {
        chart.categories.push_back(step.name);
        series.values.emplace_back(static_cast<double>(step.count));
    }
    return chart;
}

Chart chart_of(const CohortAnswer& cohort)
{
    Chart chart;
    chart.kind = "line";
    std::size_t most = 0;
    for (const CohortAnswer::Line& line : cohort.lines) {
        most = std::max(most, line.cells.size());
        if (chart.series.size() == 12) continue;
        ChartSeries& series = chart.series.emplace_back();
        series.name = line.label;
        for (const Value& value : line.cells) {
            const auto number = decimal_of(value);
            series.values.push_back(number ? std::optional{real_of(*number)} : std::nullopt);
        }
    }
    for (std::size_t i = 0; i < most; ++i)
        chart.categories.push_back("+" + std::to_string(i));
    for (ChartSeries& series : chart.series)
        series.values.resize(most);
    return chart;
}

} // namespace mortise::plugins::reporting
