#include "app/verbs/view_words.hpp"

#include "app/output.hpp"
#include "base/json.hpp"

#include <boost/json/array.hpp>

namespace mortise::host {
namespace {

namespace json = boost::json;

std::string condition_text(const json::object& when)
{
    std::string text;
    for (const auto& [field, value] : when) {
        text += (text.empty() ? "" : ", ") + std::string{field} + " is ";
        const json::array* any = value.if_array();
        if (!any) text += cell_text(value);
        for (std::size_t i = 0; any && i < any->size(); ++i)
            text += (i == 0 ? "" : " or ") + cell_text((*any)[i]);
    }
    return text;
}

} // namespace

json::value filled_in(const json::value& arguments, const json::object& record)
{
    if (!arguments.is_object() || record.empty()) return arguments;
    json::object filled;
    for (const auto& [key, value] : arguments.get_object()) {
        const std::string text = value.is_string() ? std::string{value.get_string()} : std::string{};
        const bool is_field = text.size() > 2 && text.front() == '{' && text.back() == '}';
        filled[key] = is_field ? at_path(record, text.substr(1, text.size() - 2)) : value;
    }
    return filled;
}

std::string button_text(const json::object& action)
{
    std::string text = "button [" + printable(cell_text(at_path(action, "label"))) + "]: mortise call "
        + cell_text(at_path(action, "command"));
    const json::value& arguments = at_path(action, "arguments");
    if (arguments.is_object() && !arguments.get_object().empty()) {
        std::string quoted;
        for (const char c : to_json(arguments))
            quoted += c == '\'' ? "'\\''" : std::string{c};
        text += " '" + quoted + '\'';
    }
    if (const json::value& when = at_path(action, "when"); when.is_object())
        text += ", where " + condition_text(when.get_object());
    return printable(text);
}

} // namespace mortise::host
