#include "app/output.hpp"

#include "base/json.hpp"

#include <mortise/control/error_json.hpp>

#include <algorithm>
#include <cstdio>

namespace mortise::host {
namespace {

void write_to(std::FILE* stream, std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stream);
}

void write_line(std::FILE* stream, std::string text)
{
    text += '\n';
    write_to(stream, text);
}

const boost::json::value nothing_there;

} // namespace

std::string cell_text(const boost::json::value& value)
{
    if (value.is_null()) return {};
    if (value.is_string()) return std::string{value.get_string()};
    if (value.is_bool()) return value.get_bool() ? "yes" : "no";
    if (const boost::json::object* object = value.if_object()) {
        const boost::json::value* amount = object->if_contains("amount");
        const boost::json::value* currency = object->if_contains("currency");
        if (object->size() == 2 && amount && amount->is_string() && currency && currency->is_string())
            return std::string{amount->get_string()} + ' ' + std::string{currency->get_string()};
    }
    if (const boost::json::array* array = value.if_array(); array
        && std::ranges::all_of(*array,
                               [](const auto& item) { return item.is_string() || item.is_number(); })) {
        std::string text;
        for (const boost::json::value& item : *array)
            text += (text.empty() ? "" : ", ") + cell_text(item);
        return text;
    }
    return to_json(value);
}

const boost::json::value& at_path(const boost::json::object& object, std::string_view path)
{
    const std::size_t dot = path.find('.');
    const boost::json::value* found = object.if_contains(path.substr(0, dot));
    if (!found) return nothing_there;
    if (dot == std::string_view::npos) return *found;
    return found->is_object() ? at_path(found->get_object(), path.substr(dot + 1)) : nothing_there;
}

boost::json::value option_text(const boost::json::object& labels, const boost::json::value& value)
{
    if (const boost::json::array* several = value.if_array()) {
        boost::json::array texts;
        for (const boost::json::value& one : *several)
            texts.push_back(option_text(labels, one));
        return texts;
    }
    const boost::json::value* label = value.is_string() ? labels.if_contains(value.get_string()) : nullptr;
    return label ? *label : value;
}

void Output::document(const boost::json::value& json)
{
    write_line(stdout, to_json(json));
}

void Output::list(
    const boost::json::array& objects, const std::vector<ListColumn>& columns, std::string_view nothing
)
{
    if (m_json) return document(boost::json::value(objects));
    if (objects.empty()) return note(nothing);
    std::vector<std::string> headings;
    for (const ListColumn& column : columns)
        headings.push_back(column.heading);
    Table table{std::move(headings)};
    for (const boost::json::value& object : objects) {
        std::vector<std::string> row;
        for (const ListColumn& column : columns)
            row.push_back(cell_text(at_path(object.as_object(), column.path)));
        table.add(std::move(row));
    }
    raw(table.text(terminal_width()));
}

void Output::object(const boost::json::object& object)
{
    if (m_json) return document(boost::json::value(object));
    std::size_t width = 0;
    for (const auto& [key, value] : object)
        width = std::max(width, key.size());
    for (const auto& [key, value] : object)
        line(std::string{key} + std::string(width + 2 - key.size(), ' ') + printable(cell_text(value)));
}

void Output::line(std::string_view text)
{
    write_line(stdout, std::string{text});
}

void Output::raw(std::string_view text)
{
    write_to(stdout, text);
}

void Output::flush()
{
    std::fflush(stdout);
}

void Output::note(std::string_view text)
{
    if (m_json || text.empty()) return;
    flush(); // it stands behind what it belongs to
    write_line(stderr, std::string{text});
}

void Output::error(const Error& error)
{
    if (m_json) return write_line(stderr, to_json(boost::json::object{{"error", control::json_of(error)}}));
    write_line(stderr, "mortise: " + printable(error.message));
    if (!error.where.empty()) write_line(stderr, "  where: " + printable(error.where));
    if (!error.hint.empty()) write_line(stderr, "  hint: " + printable(error.hint));
}

} // namespace mortise::host
