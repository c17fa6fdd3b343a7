#include "output/text_files.hpp"

#include <string_view>

namespace mortise::plugins::reporting {

namespace {

std::string csv_field(const SheetCell& cell)
{
    std::string text = cell.text;
    constexpr std::string_view starts = "=+-@\t\r\n";
    const bool is_formula
        = !cell.number && !text.empty() && starts.find(text.front()) != std::string_view::npos;
    if (is_formula) text.insert(0, 1, '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

template <class Fields, class Field>
void add_line(std::string& csv, const Fields& fields, Field field)
{
    bool is_first = true;
    for (const auto& one : fields) {
        if (!is_first) csv += ',';
        is_first = false;
        csv += field(one);
    }
    csv += "\r\n";
}

} // namespace

std::string csv_of(const Sheet& sheet)
{
    std::string csv;
    add_line(csv, sheet.heads, [](const std::string& head) {
        return csv_field({.text = head, .number = {}, .digits = 0});
    });
    for (const SheetRow& row : sheet.rows)
        add_line(csv, row.cells, csv_field);
    return csv;
}

std::string html_text(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        default:
            safe += c;
        }
    }
    return safe;
}

std::string html_of(const Sheet& sheet, const std::string& svg)
{
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>"
        + html_text(sheet.title)
        + "</title>\n<style>body{font:14px sans-serif;margin:2em;color:#222}table{border-collapse:collapse}"
          "th,td{padding:.3em .7em;border-bottom:1px solid #ddd;text-align:left}td.n{text-align:right;"
          "font-variant-numeric:tabular-nums}tr.t{font-weight:bold;background:#f4f6f8}p{color:#666}svg{max-"
          "width:100%}"
          "</style></head>\n<body><h1>"
        + html_text(sheet.title) + "</h1>\n<p>" + html_text(sheet.note) + "</p>\n";
    const std::size_t start = svg.find("<svg");
    if (start != std::string::npos) html += svg.substr(start);
    html += "<table><thead><tr>";
    for (const std::string& head : sheet.heads)
        html += "<th scope=\"col\">" + html_text(head) + "</th>";
    html += "</tr></thead>\n<tbody>\n";
    for (const SheetRow& row : sheet.rows) {
        html += row.is_total ? "<tr class=\"t\">" : "<tr>";
        for (const SheetCell& cell : row.cells)
            html += (cell.number ? "<td class=\"n\">" : "<td>") + html_text(cell.text) + "</td>";
        html += "</tr>\n";
    }
    return html + "</tbody></table>\n</body></html>\n";
}

} // namespace mortise::plugins::reporting
