#include "base/json.hpp"
#include "privacy/subject_export.hpp"

#include <string>
#include <string_view>

namespace mortise::host {

namespace {

constexpr const char* style
    = "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
      "table{border-collapse:collapse;width:100%;margin:.5em 0 1.5em}"
      "td,th{border:1px solid #ccc;padding:.25em .5em;text-align:left;vertical-align:top}"
      "th{width:14em;background:#f5f5f5;font-weight:normal}td{overflow-wrap:anywhere;white-space:pre-wrap}";

std::string escaped(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text)
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += c;
        }
    return out;
}

std::string words_of_value(const Value& value)
{
    if (value.is_null()) return {};
    if (value.kind() == Kind::text) return std::string{value.text()};
    if (const auto* list = value.as<List>()) {
        std::string all;
        for (const Value& item : *list)
            all.append(all.empty() ? "" : ", ").append(words_of_value(item));
        return all;
    }
    std::string text = json_text(value);
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2); // a time, an id
    return text;
}

std::string table_of(const Value& record, const Value& labels)
{
    std::string html = "<table>";
    for (const Entry& entry : record.get_or(Map{})) {
        const Value& label = labels[entry.key];
        const std::string_view name = label.is_null() ? std::string_view{entry.key} : label.text();
        html
            += "<tr><th>" + escaped(name) + "</th><td>" + escaped(words_of_value(entry.value)) + "</td></tr>";
    }
    return html + "</table>\n";
}

std::string section_of(const Value& type)
{
    const List records = type["records"].get_or(List{});
    std::string html
        = "<h2>" + escaped(type["label"].text()) + " (" + std::to_string(records.size()) + ")</h2>\n";
    for (const Value& each : records) {
        html += table_of(each["record"], type["fields"]);
        const List history = each["history"].get_or(List{});
        if (history.empty()) continue;
        html += "<details><summary>What it was before (" + std::to_string(history.size()) + ")</summary>";
        for (const Value& version : history)
            html += table_of(version, type["fields"]);
        html += "</details>\n";
    }
    return html;
}

} // namespace

std::string subject_page(const Map& subject)
{
    const std::string name = escaped(words_of_value(subject["name"]));
    std::string html
        = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>What is held about " + name
        + "</title><style>" + style + "</style></head><body>\n<h1>What is held about " + name
        + "</h1>\n<p>As of " + escaped(words_of_value(subject["exported_at"])) + ", contact "
        + escaped(words_of_value(subject["contact"]))
        + ". Looked through: " + escaped(words_of_value(subject["held_by"])) + ".</p>\n";
    for (const Value& type : subject["types"].get_or(List{}))
        html += section_of(type);
    const List events = subject["events"].get_or(List{});
    html += "<h2>What happened (" + std::to_string(events.size()) + ")</h2>\n<table>";
    for (const Value& event : events)
        html += "<tr><th>" + escaped(words_of_value(event["time"])) + "</th><td>"
            + escaped(event["type"].text()) + "\n" + escaped(json_text(event["data"])) + "</td></tr>\n";
    return html + "</table>\n</body></html>\n";
}

} // namespace mortise::host
