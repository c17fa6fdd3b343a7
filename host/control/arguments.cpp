#include "control/arguments.hpp"

#include "control/nearest.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>

namespace mortise::host {
namespace {

Error wrong_param(const Param& param, std::string_view wanted)
{
    return {
        ErrorCode::invalid,
        param.name + " must be " + std::string{wanted},
        "rpc.params",
        "/" + param.name,
        param.help
    };
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

Result<void> check_param(const Param& param, const boost::json::value& value)
{
    switch (param.kind) {
    case ParamKind::text:
        if (!value.is_string()) return wrong_param(param, "a string");
        if (!param.options.empty()
            && std::ranges::find(param.options, std::string_view{value.get_string()}) == param.options.end())
            return wrong_param(param, "one of " + joined(param.options));
        return {};
    case ParamKind::integer:
        if (!value.is_int64() && !parse_id(value, {})) return wrong_param(param, "a whole number");
        return {};
    case ParamKind::boolean:
        if (!value.is_bool()) return wrong_param(param, "true or false");
        return {};
    case ParamKind::id:
        if (!parse_id(value, {})) return wrong_param(param, "an id: a string of digits");
        return {};
    case ParamKind::object:
        if (!value.is_object()) return wrong_param(param, "an object");
        return {};
    case ParamKind::list:
        if (!value.is_array()) return wrong_param(param, "an array");
        return {};
    case ParamKind::any:
        return {};
    }
    return {};
}

boost::json::object schema_of(const Param& param)
{
    boost::json::object schema;
    switch (param.kind) {
    case ParamKind::text:
        schema["type"] = "string";
        break;
    case ParamKind::integer:
        schema["type"] = "integer";
        break;
    case ParamKind::boolean:
        schema["type"] = "boolean";
        break;
    case ParamKind::id:
        schema["type"] = "string";
        schema["pattern"] = "^[0-9]{1,19}$";
        break;
    case ParamKind::object:
        schema["type"] = "object";
        break;
    case ParamKind::list:
        schema["type"] = "array";
        break;
    case ParamKind::any:
        break;
    }
    if (!param.help.empty()) schema["description"] = param.help;
    if (!param.options.empty())
        schema["enum"] = boost::json::array(param.options.begin(), param.options.end());
    return schema;
}

const boost::json::value nothing;

} // namespace

boost::json::object schema_of(const std::vector<Param>& params)
{
    boost::json::object properties;
    boost::json::array required;
    for (const Param& param : params) {
        properties[param.name] = schema_of(param);
        if (param.required) required.emplace_back(param.name);
    }
    boost::json::object schema{
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}
    };
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
}

Result<Arguments> Arguments::check(const std::vector<Param>& params, boost::json::object given)
{
    for (const auto& [key, value] : given) {
        const std::string_view name = key;
        if (std::ranges::find(params, name, &Param::name) != params.end()) continue;
        std::vector<std::string> names;
        names.reserve(params.size());
        for (const Param& param : params)
            names.push_back(param.name);
        const std::string near = nearest(name, names);
        return Error{
            ErrorCode::invalid,
            "there is no param " + std::string{name},
            "rpc.params",
            "/" + std::string{name},
            near.empty() ? (names.empty() ? "the method takes none" : "it takes " + joined(names))
                         : "did you mean " + near + "?"
        };
    }
    for (const Param& param : params) {
        const boost::json::value* value = given.if_contains(param.name);
        if (value && value->is_null() && param.kind != ParamKind::any) {
            given.erase(param.name); // null says the same as leaving it out
            value = nullptr;
        }
        if (!value && param.required)
            return Error{
                ErrorCode::invalid, param.name + " is missing", "rpc.params", "/" + param.name, param.help
            };
        if (value) MORTISE_CHECK(check_param(param, *value));
    }
    return Arguments{std::move(given)};
}

bool Arguments::has(std::string_view name) const noexcept
{
    return m_given.contains(name);
}

const boost::json::value& Arguments::value(std::string_view name) const
{
    const boost::json::value* found = m_given.if_contains(name);
    return found ? *found : nothing;
}

std::string Arguments::text(std::string_view name, std::string_view otherwise) const
{
    const boost::json::value& found = value(name);
    return std::string{found.is_string() ? std::string_view{found.get_string()} : otherwise};
}

std::int64_t Arguments::integer(std::string_view name, std::int64_t otherwise) const
{
    const boost::json::value& found = value(name);
    if (found.is_int64()) return found.get_int64();
    const auto digits = parse_id(found, {});
    return digits ? digits->number : otherwise;
}

std::size_t Arguments::count(std::string_view name, std::size_t otherwise, std::size_t most) const
{
    const std::int64_t wanted = integer(name, static_cast<std::int64_t>(otherwise));
    if (wanted < 1) return 1;
    return std::min(static_cast<std::size_t>(wanted), most);
}

bool Arguments::flag(std::string_view name) const
{
    const boost::json::value& found = value(name);
    return found.is_bool() && found.get_bool();
}

Id Arguments::id(std::string_view name) const
{
    const auto found = parse_id(value(name), {});
    return found ? *found : Id{};
}

boost::json::object Arguments::object(std::string_view name) const
{
    const boost::json::value& found = value(name);
    return found.is_object() ? found.get_object() : boost::json::object{};
}

boost::json::array Arguments::list(std::string_view name) const
{
    const boost::json::value& found = value(name);
    return found.is_array() ? found.get_array() : boost::json::array{};
}

Result<std::vector<std::string>> Arguments::texts(std::string_view name) const
{
    std::vector<std::string> texts;
    const boost::json::value& found = value(name);
    if (!found.is_array()) return texts;
    for (const boost::json::value& item : found.get_array()) {
        if (!item.is_string())
            return Error{
                ErrorCode::invalid,
                "every item of " + std::string{name} + " must be a string",
                "rpc.params",
                "/" + std::string{name} + "/" + std::to_string(texts.size()),
                {}
            };
        texts.emplace_back(item.get_string());
    }
    return texts;
}

Result<std::vector<Id>> Arguments::ids(std::string_view name) const
{
    std::vector<Id> ids;
    const boost::json::value& found = value(name);
    if (!found.is_array()) return ids;
    for (const boost::json::value& item : found.get_array()) {
        MORTISE_TRY(const Id id, parse_id(item, "/" + std::string{name} + "/" + std::to_string(ids.size())));
        ids.push_back(id);
    }
    return ids;
}

Result<Id> parse_id(const boost::json::value& json, const std::string& where)
{
    if (json.is_int64() && json.get_int64() >= 0) return Id{json.get_int64()};
    if (json.is_uint64() && json.get_uint64() <= INT64_MAX)
        return Id{static_cast<std::int64_t>(json.get_uint64())};
    if (json.is_string()) return parse_id(std::string_view{json.get_string()}, where);
    return Error{ErrorCode::invalid, "an id is a string of digits", "rpc.params", where, {}};
}

Result<Id> parse_id(std::string_view text, const std::string& where)
{
    Id id;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, id.number);
    if (text.empty() || read.ec != std::errc{} || read.ptr != end || id.number < 0)
        return Error{
            ErrorCode::invalid,
            "\"" + std::string{text.substr(0, 40)} + "\" is no id: an id is a string of digits",
            "rpc.params",
            where,
            {}
        };
    return id;
}

} // namespace mortise::host
