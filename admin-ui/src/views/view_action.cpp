#include "views/view_action.hpp"

#include "base/json_read.hpp"

namespace mortise::ui {

bool action_applies(const boost::json::value& action, const boost::json::value& record)
{
    for (const auto& [field, wanted] : object_at(action, "when")) {
        const auto& value = at(record, field);
        bool fits = value == wanted;
        for (const auto& one : array_of(wanted))
            fits = fits || one == value;
        if (!fits) return false;
    }
    return true;
}

boost::json::object
filled(const boost::json::value& action, const boost::json::value& record, std::string_view group)
{
    boost::json::object arguments;
    for (const auto& [name, wanted] : object_at(action, "arguments")) {
        const std::string text = text_of(wanted);
        const bool is_field
            = wanted.is_string() && text.size() > 2 && text.front() == '{' && text.back() == '}';
        if (!is_field) {
            arguments[name] = wanted;
            continue;
        }
        const std::string field = text.substr(1, text.size() - 2);
        if (field == "group") {
            if (!group.empty()) arguments[name] = boost::json::string{group};
        } else if (const auto& value = at(record, field); !value.is_null()) {
            arguments[name] = value;
        }
    }
    return arguments;
}

} // namespace mortise::ui
