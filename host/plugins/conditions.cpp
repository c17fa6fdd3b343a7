#include "plugins/conditions.hpp"

#include "base/json.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {

namespace {

namespace json = boost::json;

std::string_view text_in(const json::object& object, std::string_view name)
{
    const json::value* found = object.if_contains(name);
    return found && found->is_string() ? std::string_view{found->get_string()} : std::string_view{};
}

class Conditions {
public:
    Conditions(const Manifest& manifest, const FieldOfType& fields) : m_manifest{manifest}, m_fields{fields}
    {
    }

    void look_at(const json::object& view, const std::string& pointer)
    {
        m_view = text_in(view, "name");
        m_type = text_in(view, "on");
        m_query = nullptr;
        const json::value* source = view.if_contains("source");
        if (m_type.empty() && source && source->is_object()) {
            m_type = text_in(source->get_object(), "type");
            m_query = m_manifest.find_query(text_in(source->get_object(), "query"));
        }
        if (const json::value* actions = view.if_contains("actions"); actions && actions->is_array())
            for (std::size_t i = 0; i < actions->get_array().size(); ++i)
                look_at_action(actions->get_array()[i], pointer + "/actions/" + std::to_string(i));
        if (const json::value* drop = view.if_contains("on_drop"))
            look_at_action(*drop, pointer + "/on_drop");
    }
    std::vector<WrongCondition> take() { return std::move(m_wrong); }

private:
    /// The field that a condition is about; null if it is not known.
    const Field* field_of(std::string_view name) const
    {
        if (!m_type.empty()) return m_fields(m_type, name);
        const DeclaredColumn* column = m_query ? m_query->find_column(name) : nullptr;
        return column ? m_fields(column->type_of_field(), column->name_of_field()) : nullptr;
    }

    void look_at_action(const json::value& action, const std::string& pointer)
    {
        const json::value* when = action.is_object() ? action.get_object().if_contains("when") : nullptr;
        if (!when || !when->is_object()) return;
        for (const auto& [name, wanted] : when->get_object()) {
            const Field* field = field_of(name);
            if (!field || field->options.empty()) continue;
            const std::string where = pointer_step(pointer + "/when", name);
            if (const json::array* any = wanted.if_array())
                for (std::size_t i = 0; i < any->size(); ++i)
                    look_at_value(*field, (*any)[i], where + '/' + std::to_string(i));
            else
                look_at_value(*field, wanted, where);
        }
    }

    void look_at_value(const Field& field, const json::value& value, const std::string& where)
    {
        if (value.is_null()) return; // of a field that is empty
        const std::string_view text = value.is_string() ? std::string_view{value.get_string()} : "";
        if (std::ranges::find(field.options, text) != field.options.end()) return;
        std::string options;
        for (const std::string& option : field.options)
            options += (options.empty() ? "" : ", ") + option;
        m_wrong.push_back({
            m_view,
            {
                .code = ErrorCode::invalid,
                .message = to_json(value) + " is no option of the field \"" + field.name + '"',
                .key = "manifest.invalid",
                .where = where,
                .hint = "its options are " + options,
            },
        });
    }

    const Manifest& m_manifest;
    const FieldOfType& m_fields;
    std::string m_view;
    std::string_view m_type; ///< whose fields the conditions are about; empty: those of the query
    const QueryDeclaration* m_query{nullptr};
    std::vector<WrongCondition> m_wrong;
};

} // namespace

std::vector<WrongCondition> wrong_conditions(const Manifest& manifest, const FieldOfType& fields)
{
    Conditions conditions{manifest, fields};
    const json::value* views
        = manifest.json.is_object() ? manifest.json.get_object().if_contains("views") : nullptr;
    if (!views || !views->is_array()) return {};
    for (std::size_t i = 0; i < views->get_array().size(); ++i)
        if (const json::object* view = views->get_array()[i].if_object())
            conditions.look_at(*view, "/views/" + std::to_string(i));
    return conditions.take();
}

} // namespace mortise::host
