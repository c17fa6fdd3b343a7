#include "base/json_schema.hpp"

#include "base/json_schema_node.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace mortise::host {

namespace {

namespace json = boost::json;

constexpr std::size_t max_depth = 64;

Error broken(std::string where, std::string message, std::string hint = {})
{
    return {
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "schema.invalid",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

/// Reads the schema of a document into nodes, from the root on and along references.
class SchemaReader {
public:
    explicit SchemaReader(JsonSchema::Document& document) : m_document{document} { }

    Result<const SchemaNode*> node(const std::string& pointer, const json::value& source);
    Result<void> check_endless() const;

private:
    using Handler = Result<void> (SchemaReader::*)(SchemaNode&, const std::string&, const json::value&);
    struct Keyword {
        std::string_view name;
        Handler handler;
    };

    static Handler find(std::string_view keyword) noexcept;
    Result<void> read(SchemaNode& node, const std::string& pointer, const json::object& source);

    Result<void> child(const SchemaNode*& target, const std::string& where, const json::value& value);
    Result<void>
    list(std::vector<const SchemaNode*>& target, const std::string& where, const json::value& value);
    Result<void> named(SchemaNode::Named& target, const std::string& where, const json::value& value);
    static Result<std::size_t> count(const std::string& where, const json::value& value);
    static Result<void>
    count_into(std::optional<std::size_t>& target, const std::string& where, const json::value& value);
    static Result<void>
    number_into(const json::value*& target, const std::string& where, const json::value& value);
    static Result<std::vector<std::string>> names(const std::string& where, const json::value& value);
    static Result<std::shared_ptr<const TextPattern>>
    pattern(const std::string& where, std::string_view text);

    Result<void> on_type(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_enum(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_const(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_ref(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_definitions(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_description(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_dialect(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_format(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_pattern(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_pattern_properties(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_properties(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_required(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_dependent_required(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_items(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_unique_items(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_min_contains(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_multiple_of(SchemaNode& node, const std::string& where, const json::value& value);
    Result<void> on_refused(SchemaNode& node, const std::string& where, const json::value& value);

    template <auto Member>
    Result<void> on_child(SchemaNode& node, const std::string& where, const json::value& value)
    {
        return child(node.*Member, where, value);
    }
    template <auto Member>
    Result<void> on_list(SchemaNode& node, const std::string& where, const json::value& value)
    {
        return list(node.*Member, where, value);
    }
    template <auto Member>
    Result<void> on_named(SchemaNode& node, const std::string& where, const json::value& value)
    {
        return named(node.*Member, where, value);
    }
    template <auto Member>
    Result<void> on_count(SchemaNode& node, const std::string& where, const json::value& value)
    {
        return count_into(node.*Member, where, value);
    }
    template <auto Member>
    Result<void> on_number(SchemaNode& node, const std::string& where, const json::value& value)
    {
        return number_into(node.*Member, where, value);
    }

    JsonSchema::Document& m_document;
    std::size_t m_depth{0};
};

SchemaReader::Handler SchemaReader::find(std::string_view keyword) noexcept
{
    using R = SchemaReader;
    using N = SchemaNode;
    static constexpr std::array handlers{
        Keyword{"$defs", &R::on_definitions},
        Keyword{"$dynamicAnchor", &R::on_refused},
        Keyword{"$dynamicRef", &R::on_refused},
        Keyword{"$recursiveRef", &R::on_refused},
        Keyword{"$ref", &R::on_ref},
        Keyword{"$schema", &R::on_dialect},
        Keyword{"additionalItems", &R::on_refused},
        Keyword{"additionalProperties", &R::on_child<&N::additional>},
        Keyword{"allOf", &R::on_list<&N::all_of>},
        Keyword{"anyOf", &R::on_list<&N::any_of>},
        Keyword{"const", &R::on_const},
        Keyword{"contains", &R::on_child<&N::contains>},
        Keyword{"definitions", &R::on_definitions},
        Keyword{"dependencies", &R::on_refused},
        Keyword{"dependentRequired", &R::on_dependent_required},
        Keyword{"dependentSchemas", &R::on_named<&N::dependent_schemas>},
        Keyword{"description", &R::on_description},
        Keyword{"else", &R::on_child<&N::alternative>},
        Keyword{"enum", &R::on_enum},
        Keyword{"exclusiveMaximum", &R::on_number<&N::below>},
        Keyword{"exclusiveMinimum", &R::on_number<&N::above>},
        Keyword{"format", &R::on_format},
        Keyword{"if", &R::on_child<&N::condition>},
        Keyword{"items", &R::on_items},
        Keyword{"maxContains", &R::on_count<&N::max_contains>},
        Keyword{"maxItems", &R::on_count<&N::max_items>},
        Keyword{"maxLength", &R::on_count<&N::max_length>},
        Keyword{"maxProperties", &R::on_count<&N::max_properties>},
        Keyword{"maximum", &R::on_number<&N::maximum>},
        Keyword{"minContains", &R::on_min_contains},
        Keyword{"minItems", &R::on_count<&N::min_items>},
        Keyword{"minLength", &R::on_count<&N::min_length>},
        Keyword{"minProperties", &R::on_count<&N::min_properties>},
        Keyword{"minimum", &R::on_number<&N::minimum>},
        Keyword{"multipleOf", &R::on_multiple_of},
        Keyword{"not", &R::on_child<&N::negated>},
        Keyword{"oneOf", &R::on_list<&N::one_of>},
        Keyword{"pattern", &R::on_pattern},
        Keyword{"patternProperties", &R::on_pattern_properties},
        Keyword{"prefixItems", &R::on_list<&N::first_items>},
        Keyword{"properties", &R::on_properties},
        Keyword{"propertyNames", &R::on_child<&N::names>},
        Keyword{"required", &R::on_required},
        Keyword{"then", &R::on_child<&N::consequence>},
        Keyword{"type", &R::on_type},
        Keyword{"unevaluatedItems", &R::on_refused},
        Keyword{"unevaluatedProperties", &R::on_refused},
        Keyword{"uniqueItems", &R::on_unique_items},
    };
    const auto* found = std::ranges::lower_bound(handlers, keyword, {}, &Keyword::name);
    return found != handlers.end() && found->name == keyword ? found->handler : nullptr;
}

Result<const SchemaNode*> SchemaReader::node(const std::string& pointer, const json::value& source)
{
    if (const auto known = m_document.nodes.find(pointer); known != m_document.nodes.end())
        return known->second.get();
    if (m_depth == max_depth) return broken(pointer, "is nested more than 64 schemas deep");
    if (!source.is_bool() && !source.is_object())
        return broken(pointer, "a schema must be an object, true or false, not " + json::serialize(source));

    SchemaNode& made = *m_document.nodes.emplace(pointer, std::make_unique<SchemaNode>()).first->second;
    if (source.is_bool()) {
        made.always = source.get_bool();
        return &made;
    }
    ++m_depth;
    auto done = read(made, pointer, source.get_object());
    --m_depth;
    MORTISE_CHECK(std::move(done));
    return &made;
}

Result<void> SchemaReader::read(SchemaNode& made, const std::string& pointer, const json::object& source)
{
    for (const auto& [key, value] : source)
        if (const Handler handler = find(key))
            MORTISE_CHECK((this->*handler)(made, pointer_step(pointer, key), value));
    if (made.max_contains && !made.contains)
        return broken(pointer, "maxContains has no meaning without contains");
    return {};
}

Result<void>
SchemaReader::child(const SchemaNode*& target, const std::string& where, const json::value& value)
{
    MORTISE_TRY(target, node(where, value));
    return {};
}

Result<void>
SchemaReader::list(std::vector<const SchemaNode*>& target, const std::string& where, const json::value& value)
{
    if (!value.is_array() || value.get_array().empty())
        return broken(where, "must be a list of at least one schema");
    for (std::size_t index = 0; const json::value& item : value.get_array()) {
        MORTISE_TRY(const SchemaNode* made, node(pointer_step(where, std::to_string(index++)), item));
        target.push_back(made);
    }
    return {};
}

Result<void>
SchemaReader::named(SchemaNode::Named& target, const std::string& where, const json::value& value)
{
    if (!value.is_object()) return broken(where, "must be an object of schemas");
    for (const auto& [name, schema] : value.get_object()) {
        MORTISE_TRY(const SchemaNode* made, node(pointer_step(where, name), schema));
        target.emplace_back(name, made);
    }
    std::ranges::sort(target, {}, [](const auto& entry) { return std::string_view{entry.first}; });
    return {};
}

Result<std::size_t> SchemaReader::count(const std::string& where, const json::value& value)
{
    if (!value.is_int64() || value.get_int64() < 0)
        return broken(where, "must be a whole number of 0 or more, not " + json::serialize(value));
    return static_cast<std::size_t>(value.get_int64());
}

Result<void> SchemaReader::count_into(
    std::optional<std::size_t>& target, const std::string& where, const json::value& value
)
{
    MORTISE_TRY(target, count(where, value));
    return {};
}

Result<void>
SchemaReader::number_into(const json::value*& target, const std::string& where, const json::value& value)
{
    if (!value.is_number()) return broken(where, "must be a number, not " + json::serialize(value));
    target = &value;
    return {};
}

Result<std::vector<std::string>> SchemaReader::names(const std::string& where, const json::value& value)
{
    std::vector<std::string> found;
    if (!value.is_array()) return broken(where, "must be a list of names");
    for (const json::value& name : value.get_array()) {
        if (!name.is_string())
            return broken(where, "must be a list of names, not of " + json::serialize(name));
        found.emplace_back(name.get_string());
    }
    return found;
}

Result<std::shared_ptr<const TextPattern>>
SchemaReader::pattern(const std::string& where, std::string_view text)
{
    auto made = TextPattern::compile(text);
    if (!made) return broken(where, made.error().message);
    return made;
}

Result<void> SchemaReader::on_type(SchemaNode& made, const std::string& where, const json::value& value)
{
    static constexpr std::array<std::pair<std::string_view, TypeBit>, 7> types{{
        {"null", type_null},
        {"boolean", type_boolean},
        {"integer", type_integer},
        {"number", type_number},
        {"string", type_string},
        {"array", type_array},
        {"object", type_object},
    }};
    const json::array one{value};
    const json::array& wanted = value.is_array() ? value.get_array() : one;
    for (const json::value& name : wanted) {
        const auto* known = std::ranges::find_if(types, [&](const auto& type) {
            return name.is_string() && std::string_view{name.get_string()} == type.first;
        });
        if (known == types.end())
            return broken(
                where,
                json::serialize(name) + " is no type",
                "types are null, boolean, integer, number, string, array, object"
            );
        made.types = static_cast<std::uint8_t>(made.types | known->second);
    }
    return {};
}

Result<void> SchemaReader::on_enum(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (!value.is_array() || value.get_array().empty())
        return broken(where, "must be a list of at least one value");
    made.enumeration = &value.get_array();
    return {};
}

Result<void> SchemaReader::on_const(SchemaNode& made, const std::string&, const json::value& value)
{
    made.constant = &value;
    return {};
}

Result<void> SchemaReader::on_ref(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (!value.is_string()) return broken(where, "must be a text");
    const std::string_view reference = value.get_string();
    if (!reference.starts_with('#') || (reference.size() > 1 && reference[1] != '/'))
        return broken(
            where,
            "\"" + std::string{reference} + "\" leads out of this document",
            "references look like \"#/$defs/name\""
        );
    const std::string pointer{reference.substr(1)};
    boost::system::error_code failed;
    const json::value* target = m_document.source.find_pointer(pointer, failed);
    if (failed || !target) return broken(where, "\"" + std::string{reference} + "\" leads nowhere");
    return child(made.reference, pointer, *target);
}

Result<void> SchemaReader::on_definitions(SchemaNode&, const std::string& where, const json::value& value)
{
    SchemaNode::Named unused;
    return named(unused, where, value);
}

Result<void>
SchemaReader::on_description(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (!value.is_string()) return broken(where, "must be a text");
    made.description = value.get_string();
    return {};
}

Result<void> SchemaReader::on_dialect(SchemaNode&, const std::string& where, const json::value& value)
{
    if (value == "https://json-schema.org/draft/2020-12/schema") return {};
    return broken(
        where,
        json::serialize(value) + " is not read here",
        "write for https://json-schema.org/draft/2020-12/schema, or leave \"$schema\" out"
    );
}

Result<void> SchemaReader::on_format(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (!value.is_string()) return broken(where, "must be a text");
    if (value == "date") made.format = SchemaFormat::date;
    if (value == "time") made.format = SchemaFormat::time;
    if (value == "date-time") made.format = SchemaFormat::date_time;
    return {};
}

Result<void> SchemaReader::on_pattern(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (!value.is_string()) return broken(where, "must be a text");
    MORTISE_TRY(made.pattern, pattern(where, value.get_string()));
    return {};
}

Result<void>
SchemaReader::on_pattern_properties(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (!value.is_object()) return broken(where, "must be an object of schemas");
    for (const auto& [expression, schema] : value.get_object()) {
        const std::string place = pointer_step(where, expression);
        MORTISE_TRY(auto read, pattern(place, expression));
        MORTISE_TRY(const SchemaNode* sub, node(place, schema));
        made.pattern_properties.emplace_back(std::move(read), sub);
    }
    return {};
}

Result<void> SchemaReader::on_properties(SchemaNode& made, const std::string& where, const json::value& value)
{
    return named(made.properties, where, value);
}

Result<void> SchemaReader::on_required(SchemaNode& made, const std::string& where, const json::value& value)
{
    MORTISE_TRY(made.required, names(where, value));
    return {};
}

Result<void>
SchemaReader::on_dependent_required(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (!value.is_object()) return broken(where, "must be an object of lists of names");
    for (const auto& [name, list] : value.get_object()) {
        MORTISE_TRY(auto needed, names(pointer_step(where, name), list));
        made.dependent_required.emplace_back(name, std::move(needed));
    }
    return {};
}

Result<void> SchemaReader::on_items(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (value.is_array())
        return broken(where, "must be one schema", "a list of schemas is called \"prefixItems\"");
    return child(made.items, where, value);
}

Result<void>
SchemaReader::on_unique_items(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (!value.is_bool()) return broken(where, "must be true or false");
    made.unique_items = value.get_bool();
    return {};
}

Result<void>
SchemaReader::on_min_contains(SchemaNode& made, const std::string& where, const json::value& value)
{
    MORTISE_TRY(made.min_contains, count(where, value));
    return {};
}

Result<void>
SchemaReader::on_multiple_of(SchemaNode& made, const std::string& where, const json::value& value)
{
    if (!value.is_number() || value.to_number<double>() <= 0)
        return broken(where, "must be a number above 0");
    made.multiple_of = &value;
    return {};
}

Result<void> SchemaReader::on_refused(SchemaNode&, const std::string& where, const json::value&)
{
    const std::string keyword = where.substr(where.rfind('/') + 1);
    std::string hint;
    if (keyword == "additionalItems")
        hint = "write the first items as \"prefixItems\", the others as \"items\"";
    if (keyword == "dependencies") hint = "write \"dependentRequired\" or \"dependentSchemas\"";
    if (keyword == "unevaluatedProperties") hint = "write \"additionalProperties\" beside all properties";
    return broken(
        where, "\"" + keyword + "\" is not checked here and must not be relied upon", std::move(hint)
    );
}

/// The schemas that look at the very same value.
std::vector<const SchemaNode*> in_place(const SchemaNode& node)
{
    std::vector<const SchemaNode*> found{node.all_of};
    found.insert(found.end(), node.any_of.begin(), node.any_of.end());
    found.insert(found.end(), node.one_of.begin(), node.one_of.end());
    for (const auto& [name, schema] : node.dependent_schemas)
        found.push_back(schema);
    for (const SchemaNode* one :
         {node.reference, node.negated, node.condition, node.consequence, node.alternative})
        if (one) found.push_back(one);
    return found;
}

bool leads_back(const SchemaNode& node, std::set<const SchemaNode*>& path, std::set<const SchemaNode*>& sound)
{
    if (sound.contains(&node)) return false;
    if (!path.insert(&node).second) return true;
    for (const SchemaNode* next : in_place(node))
        if (leads_back(*next, path, sound)) return true;
    path.erase(&node);
    sound.insert(&node);
    return false;
}

Result<void> SchemaReader::check_endless() const
{
    std::set<const SchemaNode*> sound;
    for (const auto& [pointer, made] : m_document.nodes) {
        std::set<const SchemaNode*> path;
        if (leads_back(*made, path, sound)) return broken(pointer, "refers to itself without end");
    }
    return {};
}

} // namespace

JsonSchema::JsonSchema(std::shared_ptr<const Document> document) : m_document{std::move(document)} { }

Result<JsonSchema> JsonSchema::compile(const json::value& schema)
{
    auto document = std::make_shared<Document>();
    document->source = schema;
    SchemaReader reader{*document};
    MORTISE_TRY(document->root, reader.node("", document->source));
    MORTISE_CHECK(reader.check_endless());
    return JsonSchema{std::move(document)};
}

} // namespace mortise::host
