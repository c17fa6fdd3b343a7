#include "records/type_declaration.hpp"

#include "base/json.hpp"
#include "records/field_codec.hpp"
#include "records/schema.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace mortise::host {

namespace {

namespace json = boost::json;

constexpr std::array reserved_names{
    "id", "type", "version", "owner", "created_at", "updated_at", "deleted_at", "since", "until"
};

Error invalid(std::string message, std::string where, std::string hint = {})
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "records.declaration",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

/// Reads the members of one JSON object and names the place of what is wrong.
class Members {
public:
    Members(const json::object& object, const std::string& where) : m_object{object}, m_where{where} { }

    Result<std::string> text(const char* name, std::string otherwise = {}) const
    {
        const json::value* found = m_object.if_contains(name);
        if (!found) return otherwise;
        if (!found->is_string()) return invalid(std::string{name} + " must be a string", at(name));
        return std::string{found->as_string()};
    }

    Result<bool> flag(const char* name) const
    {
        const json::value* found = m_object.if_contains(name);
        if (!found) return false;
        if (!found->is_bool()) return invalid(std::string{name} + " must be true or false", at(name));
        return found->as_bool();
    }

    Result<std::int64_t>
    number(const char* name, std::int64_t least, std::int64_t most, std::int64_t otherwise) const
    {
        const json::value* found = m_object.if_contains(name);
        if (!found) return otherwise;
        if (!found->is_int64() || found->as_int64() < least || found->as_int64() > most)
            return invalid(
                std::string{name} + " must be a whole number from " + std::to_string(least) + " to "
                    + std::to_string(most),
                at(name)
            );
        return found->as_int64();
    }

    Result<std::vector<std::string>> texts(const char* name) const
    {
        std::vector<std::string> texts;
        const json::value* found = m_object.if_contains(name);
        if (!found) return texts;
        if (!found->is_array()) return invalid(std::string{name} + " must be a list of strings", at(name));
        for (std::size_t i = 0; i < found->as_array().size(); ++i) {
            const json::value& item = found->as_array()[i];
            if (!item.is_string()) return invalid("must be a string", at(name) + "/" + std::to_string(i));
            texts.emplace_back(item.as_string());
        }
        return texts;
    }

    std::string at(const char* name) const { return m_where + "/" + name; }

private:
    const json::object& m_object;
    const std::string& m_where;
};

/// What can be chosen: each a text, or an object with a value and what people read for it.
Result<void> parse_options(const json::object& object, const Members& members, Field& field)
{
    const json::value* found = object.if_contains("options");
    if (!found) return {};
    if (!found->is_array())
        return invalid(
            "options must be a list",
            members.at("options"),
            R"(such as ["hot", {"value": "cold", "label": "Cold"}])"
        );
    bool has_labels = false;
    for (std::size_t i = 0; i < found->as_array().size(); ++i) {
        const json::value& item = found->as_array()[i];
        const std::string where = members.at("options") + "/" + std::to_string(i);
        std::string value;
        std::string label;
        if (item.is_string()) {
            value = item.get_string();
        } else if (item.is_object()) {
            const Members option{item.get_object(), where};
            MORTISE_TRY(value, option.text("value"));
            MORTISE_TRY(label, option.text("label"));
        } else {
            return invalid(
                "an option is a string, or an object with \"value\" and \"label\"",
                where,
                R"(such as "hot" or {"value": "hot", "label": "Hot lead"})"
            );
        }
        if (value.empty())
            return invalid(
                "the option has no value",
                item.is_object() ? where + "/value" : where,
                "say what is kept, such as \"hot\""
            );
        if (std::ranges::find(field.options, value) != field.options.end())
            return invalid("the option \"" + value + "\" is listed twice", where, "leave one of them out");
        has_labels |= !label.empty();
        field.options.push_back(std::move(value));
        field.option_labels.push_back(std::move(label));
    }
    if (!has_labels) field.option_labels.clear();
    return {};
}

bool is_name(std::string_view name)
{
    return !name.empty() && name.size() <= 63 && name.front() >= 'a' && name.front() <= 'z'
        && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

Result<void> check_name(const std::string& name, const std::string& where)
{
    if (!is_name(name))
        return invalid(
            "\"" + name + "\" is not a name",
            where,
            "names begin with a letter from a to z and go on with letters, digits and _, at most 63 in all"
        );
    if (name.starts_with("sqlite_"))
        return invalid(
            "the name \"" + name + "\" is reserved", where, "choose one that does not begin with sqlite_"
        );
    return {};
}

Result<void> check_kind_details(const Field& field, const std::string& where)
{
    const bool is_enumeration
        = field.kind == FieldKind::enumeration || field.kind == FieldKind::multi_enumeration;
    if (is_enumeration && field.options.empty())
        return invalid(
            "field \"" + field.name + "\" has no options",
            where + "/options",
            "list the values that it may have"
        );
    if (!is_enumeration && !field.options.empty())
        return invalid("only enum and multi_enum fields have options", where + "/options");
    if (field.kind == FieldKind::reference && field.reference_type.empty())
        return invalid(
            "field \"" + field.name + "\" does not say which type it refers to",
            where + "/reference",
            "name a record type, such as \"contact\""
        );
    if (field.kind != FieldKind::reference && !field.reference_type.empty())
        return invalid("only reference fields refer to a type", where + "/reference");
    if (field.kind != FieldKind::reference && field.on_delete != OnDelete::keep)
        return invalid("only reference fields follow the deletion of a record", where + "/on_delete");
    if (field.required && field.on_delete == OnDelete::clear)
        return invalid(
            "field \"" + field.name + "\" is required and cannot be cleared",
            where + "/on_delete",
            "say \"delete\" or \"refuse\", or leave out \"required\""
        );
    if (field.sorted && field.kind != FieldKind::text)
        return invalid(
            "only text fields keep a sort key",
            where + "/sorted",
            "lists sort by fields of other kinds without one; say \"indexed\": true"
        );
    if (field.is_file() && (field.unique || field.searchable || !field.default_json.empty()))
        return invalid(
            "a file is neither unique nor found by its text, and there is no default for one",
            where,
            "keep what is to be found in a text field beside it"
        );
    if (field.timeline && field.kind != FieldKind::reference)
        return invalid("only reference fields can be shown on a timeline", where + "/timeline");
    return {};
}

/// What a new record has if nothing is said must be a value of the field itself.
Result<void> check_default(const Field& field, const std::string& where)
{
    if (field.default_json.empty()) return {};
    MORTISE_TRY(const Value given, parse_value(field.default_json, where));
    const auto kept = coerce(field, given);
    const auto within = kept ? check_limits(field, *kept) : Result<void>{kept.error()};
    return within ? Result<void>{} : invalid("the default does not do: " + within.error().message, where);
}

} // namespace

Result<Field> parse_field(const json::value& value, const std::string& where)
{
    if (!value.is_object()) return invalid("a field must be an object", where);
    const Members members{value.as_object(), where};
    Field field;
    MORTISE_TRY(field.name, members.text("name"));
    MORTISE_CHECK(check_name(field.name, where + "/name"));
    if (std::ranges::find(reserved_names, field.name) != reserved_names.end())
        return invalid(
            "every record has a \"" + field.name + "\" already", where + "/name", "choose another name"
        );
    MORTISE_TRY(const std::string kind, members.text("kind", "text"));
    if (!parse_field_kind(kind, field.kind))
        return invalid(
            "there is no kind of field \"" + kind + "\"",
            where + "/kind",
            "text, rich_text, enum, multi_enum, url, email, phone, bool, int, percent, decimal, money, date, "
            "time, "
            "datetime, duration, reference, list, address, json or file"
        );
    MORTISE_TRY(field.label, members.text("label", field.name));
    MORTISE_TRY(field.help, members.text("help"));
    MORTISE_TRY(field.required, members.flag("required"));
    MORTISE_TRY(field.unique, members.flag("unique"));
    MORTISE_TRY(field.indexed, members.flag("indexed"));
    MORTISE_TRY(field.sorted, members.flag("sorted"));
    MORTISE_TRY(field.searchable, members.flag("searchable"));
    MORTISE_TRY(field.timeline, members.flag("timeline"));
    MORTISE_TRY(field.personal, members.flag("personal"));
    MORTISE_TRY(field.reference_type, members.text("reference"));
    MORTISE_TRY(const std::string on_delete, members.text("on_delete", "keep"));
    if (!parse_on_delete(on_delete, field.on_delete))
        return invalid(
            "there is no rule \"" + on_delete + "\"", where + "/on_delete", "keep, clear, refuse or delete"
        );
    field.indexed |= field.on_delete != OnDelete::keep; // who refers to a record is looked up at its deletion
    field.indexed |= field.is_file(); // and who refers to a file, when somebody else wants to
    MORTISE_CHECK(parse_options(value.as_object(), members, field));
    MORTISE_TRY(const auto scale, members.number("scale", 0, 18, 2));
    field.scale = static_cast<std::uint8_t>(scale);
    MORTISE_TRY(const auto max_length, members.number("max_length", 1, 1'000'000, 0));
    field.max_length = static_cast<std::uint32_t>(max_length);
    if (const json::value* otherwise = value.as_object().if_contains("default"))
        field.default_json = to_json(*otherwise);
    MORTISE_CHECK(check_kind_details(field, where));
    FieldLimits limits;
    for (const auto& [name, limit] : {std::pair{"min", &limits.min_json}, std::pair{"max", &limits.max_json}})
        if (const json::value* given = value.as_object().if_contains(name)) *limit = to_json(*given);
    MORTISE_TRY(limits.pattern, members.text("pattern"));
    MORTISE_CHECK(set_limits(field, std::move(limits), where + "/"));
    MORTISE_CHECK(check_default(field, where + "/default"));
    return field;
}

namespace {

Result<Constraint> parse_constraint(const json::value& value, const std::string& where)
{
    if (!value.is_object()) return invalid("a constraint must be an object", where);
    const Members members{value.as_object(), where};
    Constraint constraint;
    MORTISE_TRY(constraint.name, members.text("name"));
    MORTISE_CHECK(check_name(constraint.name, where + "/name"));
    MORTISE_TRY(constraint.unique, members.texts("unique"));
    MORTISE_TRY(constraint.count, members.text("count"));
    MORTISE_TRY(constraint.max, members.number("max", 1, 1'000'000'000, 0));
    if (constraint.unique.empty() == constraint.count.empty())
        return invalid(
            "the constraint \"" + constraint.name + "\" is neither unique nor counted, or both",
            where,
            R"(say "unique": [fields], or "count": a reference field with "max")"
        );
    if (!constraint.count.empty() && constraint.max == 0)
        return invalid("a counted constraint says how many there may be", where + "/max");
    if (const json::value* found = value.as_object().if_contains("where")) {
        if (!found->is_object()) return invalid("where must be an object", where + "/where");
        constraint.where = value_of(*found).get_or(Map{});
    }
    return constraint;
}

/// Reads the constraints and tries them on the fields as they are declared.
Result<void> parse_constraints(const json::object& object, const std::string& where, TypeDeclaration& type)
{
    const json::value* found = object.if_contains("constraints");
    if (!found) return {};
    if (!found->is_array()) return invalid("constraints must be a list", where + "/constraints");
    if (type.extends && !found->as_array().empty())
        return invalid(
            "a type of somebody else gets no constraints",
            where + "/constraints",
            "only the plugin that declares a type may"
        );
    RecordType as_declared;
    as_declared.name = type.name;
    as_declared.fields = type.fields;
    as_declared.finish();
    for (std::size_t i = 0; i < found->as_array().size(); ++i) {
        const std::string place = where + "/constraints/" + std::to_string(i);
        MORTISE_TRY(Constraint constraint, parse_constraint(found->as_array()[i], place));
        if (std::ranges::find(type.constraints, constraint.name, &Constraint::name) != type.constraints.end())
            return invalid("the constraint \"" + constraint.name + "\" is declared twice", place + "/name");
        MORTISE_CHECK(check_constraint(as_declared, constraint, place));
        type.constraints.push_back(std::move(constraint));
    }
    return {};
}

Result<TypeDeclaration>
parse_type(const json::value& value, const std::string& where, std::string_view prefix)
{
    if (!value.is_object()) return invalid("a type must be an object", where);
    const Members members{value.as_object(), where};
    TypeDeclaration type;
    MORTISE_TRY(type.name, members.text("name"));
    MORTISE_CHECK(check_name(type.name, where + "/name"));
    MORTISE_TRY(type.extends, members.flag("extends"));
    if (!type.extends && !prefix.empty() && !type.name.starts_with(prefix))
        return invalid(
            "the type \"" + type.name + "\" does not begin with \"" + std::string{prefix} + "\"",
            where + "/name",
            "names of your types begin with the last part of your plugin's id"
        );
    MORTISE_TRY(type.plural, members.text("plural", type.name + "s"));
    MORTISE_CHECK(check_name(type.plural, where + "/plural"));
    MORTISE_TRY(type.label, members.text("label", type.name));
    MORTISE_TRY(type.title_field, members.text("title_field"));
    MORTISE_TRY(type.shared, members.flag("shared"));
    if (type.extends && type.shared)
        return invalid("only the plugin that declares a type may share it", where + "/shared");
    const json::value* fields = value.as_object().if_contains("fields");
    if (!fields || !fields->is_array())
        return invalid("the type \"" + type.name + "\" has no list of fields", where + "/fields");
    for (std::size_t i = 0; i < fields->as_array().size(); ++i) {
        const std::string place = where + "/fields/" + std::to_string(i);
        MORTISE_TRY(Field field, parse_field(fields->as_array()[i], place));
        if (std::ranges::find(type.fields, field.name, &Field::name) != type.fields.end())
            return invalid("the field \"" + field.name + "\" is declared twice", place + "/name");
        if (type.extends && !prefix.empty() && !field.name.starts_with(prefix))
            return invalid(
                "the field \"" + field.name + "\" does not begin with \"" + std::string{prefix} + "\"",
                place + "/name",
                "fields that you add to a type of somebody else begin with the last part of your id"
            );
        type.fields.push_back(std::move(field));
    }
    if (!type.title_field.empty() && !type.extends
        && std::ranges::find(type.fields, type.title_field, &Field::name) == type.fields.end())
        return invalid("title_field names no field of the type", where + "/title_field");
    MORTISE_CHECK(parse_constraints(value.as_object(), where, type));
    return type;
}

} // namespace

Result<std::vector<TypeDeclaration>>
parse_type_declarations(const json::value& value, const std::string& where, std::string_view prefix)
{
    if (!value.is_array()) return invalid("types must be a list", where);
    std::vector<TypeDeclaration> types;
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
        MORTISE_TRY(
            TypeDeclaration type, parse_type(value.as_array()[i], where + "/" + std::to_string(i), prefix)
        );
        types.push_back(std::move(type));
    }
    return types;
}

} // namespace mortise::host
