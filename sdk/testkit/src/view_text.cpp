#include "base/json.hpp"
#include "control/view_figures.hpp"
#include "view_model.hpp"

#include <algorithm>

namespace mortise::testkit {

namespace {

using Line = std::vector<std::string>;

std::string buttons(const std::vector<ShownAction>& actions)
{
    std::string text;
    for (const ShownAction& action : actions)
        text += (text.empty() ? "[" : " [") + action.label + ']';
    return text;
}

/// Columns that stand below each other.
std::string aligned(const std::vector<Line>& lines)
{
    std::vector<std::size_t> widths;
    const auto width = [](const std::string& text) {
        return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; })
        );
    };
    for (const Line& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (i == widths.size()) widths.push_back(0);
            widths[i] = std::max(widths[i], width(line[i]));
        }
    std::string text;
    for (const Line& line : lines) {
        std::string row;
        for (std::size_t i = 0; i < line.size(); ++i) {
            row += (i > 0 ? " | " : "") + line[i];
            row += std::string(widths[i] - width(line[i]), ' ');
        }
        row.erase(row.find_last_not_of(' ') + 1);
        text += row + '\n';
    }
    return text;
}

Line cells(Box& box, const ShownView& view, const ShownRow& row)
{
    Line line;
    for (const ShownColumn& column : view.columns)
        line.push_back(display(box, view, column.field, row.fields[column.field]));
    if (!row.actions.empty()) line.push_back(buttons(row.actions));
    return line;
}

std::string total(std::string_view how, const std::vector<const ShownRow*>& rows, const std::string& field)
{
    std::vector<boost::json::value> values;
    for (const ShownRow* row : rows)
        values.push_back(host::json_of(row->fields[field]));
    return host::total_text(how, values);
}

std::vector<const ShownRow*> rows_in(const ShownView& view, const std::string* group)
{
    std::vector<const ShownRow*> rows;
    for (const ShownRow& row : view.rows)
        if (!group || row.group == *group) rows.push_back(&row);
    return rows;
}

std::string table_text(Box& box, const ShownView& view)
{
    std::vector<Line> lines(1);
    for (const ShownColumn& column : view.columns)
        lines[0].push_back(column.label);
    for (const ShownRow& row : view.rows)
        lines.push_back(cells(box, view, row));
    std::string text = aligned(lines);
    for (const ShownColumn& column : view.columns)
        if (!column.total.empty())
            text += column.total + " of " + column.label + ": "
                + total(column.total, rows_in(view, nullptr), column.field) + '\n';
    return text;
}

std::string board_text(Box& box, const ShownView& view)
{
    std::string text;
    for (const ShownGroup& group : view.groups) {
        const auto rows = rows_in(view, &group.title);
        text += "## " + group.title + " (" + std::to_string(rows.size());
        if (!view.total.empty() && !rows.empty()) text += ", " + total("sum", rows, view.total);
        text += ")\n";
        for (const ShownRow* row : rows) {
            text += "- " + row->title;
            for (const std::string& cell : cells(box, view, *row))
                if (!cell.empty()) text += " | " + cell;
            text += '\n';
        }
    }
    return text;
}

std::string record_text(Box& box, const ShownView& view)
{
    std::string text;
    for (const ShownRow& row : view.rows) {
        std::vector<Line> lines;
        for (const ShownColumn& column : view.columns)
            lines.push_back({column.label, display(box, view, column.field, row.fields[column.field])});
        text += "# " + row.title + '\n' + aligned(lines);
        if (!row.actions.empty()) text += buttons(row.actions) + '\n';
    }
    return text;
}

} // namespace

std::string text_of(Box& box, const ShownView& view)
{
    std::string text = view.title + '\n';
    const bool is_page = view.kind == "record" || view.kind == "form";
    if (view.rows.empty() && !view.empty.empty())
        text += view.empty + '\n';
    else if (view.kind == "board")
        text += board_text(box, view);
    else if (is_page)
        text += record_text(box, view);
    else
        text += table_text(box, view);
    if (!view.actions.empty()) text += buttons(view.actions) + '\n';
    return text;
}

} // namespace mortise::testkit
