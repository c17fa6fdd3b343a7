#include "base/json_schema.hpp"
#include "base/json_schema_node.hpp"
#include "base/json_schema_words.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace mortise::host {

namespace {

namespace json = boost::json;

constexpr std::size_t max_depth = 200;
/// Exact for all numbers that JSON text may give us: long double holds every int64, uint64 and double.
long double exact(const json::value& number)
{
    if (number.is_int64()) return static_cast<long double>(number.get_int64());
    if (number.is_uint64()) return static_cast<long double>(number.get_uint64());
    return static_cast<long double>(number.get_double());
}

bool is_whole(const json::value& value)
{
    return value.is_int64() || value.is_uint64()
        || (value.is_double() && std::trunc(value.get_double()) == value.get_double());
}

std::uint8_t types_of(const json::value& value)
{
    switch (value.kind()) {
    case json::kind::null:
        return type_null;
    case json::kind::bool_:
        return type_boolean;
    case json::kind::int64:
    case json::kind::uint64:
        return type_integer | type_number;
    case json::kind::double_:
        return static_cast<std::uint8_t>(is_whole(value) ? type_integer | type_number : type_number);
    case json::kind::string:
        return type_string;
    case json::kind::array:
        return type_array;
    case json::kind::object:
        return type_object;
    }
    return 0;
}

/// Equal as JSON Schema has it: 1 and 1.0 are the same number.
bool equal(const json::value& a, const json::value& b)
{
    if (a.is_number() && b.is_number()) return exact(a) == exact(b);
    if (a.kind() != b.kind()) return false;
    if (a.is_array()) return std::ranges::equal(a.get_array(), b.get_array(), equal);
    if (!a.is_object()) return a == b;
    const json::object& left = a.get_object();
    const json::object& right = b.get_object();
    return left.size() == right.size() && std::ranges::all_of(left, [&](const auto& entry) {
               const json::value* other = right.if_contains(entry.key());
               return other && equal(entry.value(), *other);
           });
}

/// A text that two values share exactly when they are equal.
std::string canonical(const json::value& value)
{
    if (value.is_number() && is_whole(value) && std::fabs(exact(value)) < 1e18L)
        return std::to_string(static_cast<std::int64_t>(exact(value)));
    if (value.is_array()) {
        std::string text = "[";
        for (const json::value& item : value.get_array())
            text += canonical(item) + ',';
        return text + ']';
    }
    if (!value.is_object()) return json::serialize(value);
    std::vector<std::string> entries;
    for (const auto& entry : value.get_object())
        entries.push_back(json::serialize(json::string{entry.key()}) + ':' + canonical(entry.value()));
    std::ranges::sort(entries);
    std::string text = "{";
    for (const std::string& entry : entries)
        text += entry + ',';
    return text + '}';
}

/// Checks one value against one node after another. `where` is kept as a list of steps, since most checks
/// succeed.
class Checker {
public:
    Result<void> check(const SchemaNode& node, const json::value& value);

private:
    struct Step {
        std::string_view name;
        std::size_t index;
    };

    Error broken(std::string message, std::string hint = {}) const;
    std::string where() const;
    Result<void> step(Step step, const SchemaNode& node, const json::value& value);

    Result<void> check_any(const SchemaNode& node, const json::value& value);
    Result<void> check_listed(const SchemaNode& node, const json::value& value) const;
    Result<void> check_combined(const SchemaNode& node, const json::value& value);
    Result<void> check_choice(const std::vector<const SchemaNode*>& choices, const json::value& value);
    Result<void> check_number(const SchemaNode& node, const json::value& value) const;
    Result<void> check_text(const SchemaNode& node, const json::value& value) const;
    Result<void> check_array(const SchemaNode& node, const json::array& value);
    Result<void> check_unique(const json::array& value) const;
    Result<void> check_contains(const SchemaNode& node, const json::array& value);
    Result<void> check_object(const SchemaNode& node, const json::object& value);
    Result<void> check_names(const SchemaNode& node, const json::object& value) const;
    Result<void> check_property(const SchemaNode& node, std::string_view name, const json::value& value);
    bool fits(const SchemaNode& node, const json::value& value) { return check(node, value).has_value(); }

    std::vector<Step> m_path;
    std::size_t m_depth{0};
};

std::string Checker::where() const
{
    std::string pointer;
    for (const Step& step : m_path)
        pointer
            = pointer_step(pointer, step.name.data() ? std::string{step.name} : std::to_string(step.index));
    return pointer;
}

Error Checker::broken(std::string message, std::string hint) const
{
    return {
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "schema.broken",
        .where = where(),
        .hint = std::move(hint),
    };
}

Result<void> Checker::step(Step step, const SchemaNode& node, const json::value& value)
{
    m_path.push_back(step);
    auto checked = check(node, value);
    m_path.pop_back();
    return checked;
}

Result<void> Checker::check(const SchemaNode& node, const json::value& value)
{
    if (m_depth == max_depth) return broken("is nested too deeply");
    ++m_depth;
    auto checked = check_any(node, value);
    --m_depth;
    return checked;
}

Result<void> Checker::check_any(const SchemaNode& node, const json::value& value)
{
    if (node.always) {
        if (*node.always) return {};
        return broken("nothing is allowed here");
    }
    if (node.types != 0 && (node.types & types_of(value)) == 0)
        return broken("must be " + shown_types(node.types) + ", not " + shown(value), node.description);
    if (node.constant && !equal(*node.constant, value))
        return broken("must be " + shown(*node.constant) + ", not " + shown(value), node.description);
    if (node.enumeration) MORTISE_CHECK(check_listed(node, value));
    if (value.is_number()) MORTISE_CHECK(check_number(node, value));
    if (value.is_string()) MORTISE_CHECK(check_text(node, value));
    if (value.is_array()) MORTISE_CHECK(check_array(node, value.get_array()));
    if (value.is_object()) MORTISE_CHECK(check_object(node, value.get_object()));
    return check_combined(node, value);
}

Result<void> Checker::check_listed(const SchemaNode& node, const json::value& value) const
{
    const auto& allowed = *node.enumeration;
    if (std::ranges::any_of(allowed, [&](const auto& one) { return equal(one, value); })) return {};
    std::string hint;
    if (value.is_string()) {
        std::vector<std::string> names;
        for (const json::value& one : allowed)
            if (one.is_string()) names.emplace_back(one.get_string());
        hint = hint_for(std::string_view{value.get_string()}, names);
        if (hint.starts_with("known")) hint = node.description;
    }
    return broken("must be one of " + shown_list(allowed) + ", not " + shown(value), std::move(hint));
}

Result<void> Checker::check_combined(const SchemaNode& node, const json::value& value)
{
    if (node.reference) MORTISE_CHECK(check(*node.reference, value));
    for (const SchemaNode* part : node.all_of)
        MORTISE_CHECK(check(*part, value));
    if (!node.any_of.empty()) MORTISE_CHECK(check_choice(node.any_of, value));
    if (!node.one_of.empty()) {
        MORTISE_CHECK(check_choice(node.one_of, value));
        const auto fitting
            = std::ranges::count_if(node.one_of, [&](const auto* one) { return fits(*one, value); });
        if (fitting > 1)
            return broken(
                "must fit exactly one of the forms allowed here, but fits " + std::to_string(fitting),
                node.description
            );
    }
    if (node.negated && fits(*node.negated, value))
        return broken(shown(value) + " is not allowed here", node.description);
    if (node.condition) {
        const SchemaNode* next = fits(*node.condition, value) ? node.consequence : node.alternative;
        if (next) MORTISE_CHECK(check(*next, value));
    }
    return {};
}

/// Tells what is wrong with the choice that was most likely meant: the one that came farthest into the value.
Result<void> Checker::check_choice(const std::vector<const SchemaNode*>& choices, const json::value& value)
{
    std::optional<Error> nearest;
    std::uint8_t types = 0;
    bool all_by_type = true;
    for (const SchemaNode* choice : choices) {
        auto checked = check(*choice, value);
        if (checked) return {};
        const bool by_type = choice->types != 0 && (choice->types & types_of(value)) == 0;
        types = static_cast<std::uint8_t>(types | choice->types);
        all_by_type = all_by_type && by_type;
        if (!nearest || (!by_type && checked.error().where.size() > nearest->where.size())
            || (!by_type && nearest->key == "schema.type")) {
            nearest = std::move(checked).error();
            if (by_type) nearest->key = "schema.type";
        }
    }
    if (all_by_type) return broken("must be " + shown_types(types) + ", not " + shown(value));
    nearest->key = "schema.broken";
    return *std::move(nearest);
}

Result<void> Checker::check_number(const SchemaNode& node, const json::value& value) const
{
    if (node.minimum && exact(value) < exact(*node.minimum))
        return broken("must be " + shown(*node.minimum) + " or more, not " + shown(value), node.description);
    if (node.maximum && exact(value) > exact(*node.maximum))
        return broken("must be " + shown(*node.maximum) + " or less, not " + shown(value), node.description);
    if (node.above && exact(value) <= exact(*node.above))
        return broken("must be more than " + shown(*node.above) + ", not " + shown(value), node.description);
    if (node.below && exact(value) >= exact(*node.below))
        return broken("must be less than " + shown(*node.below) + ", not " + shown(value), node.description);
    if (node.multiple_of) {
        const long double steps = exact(value) / exact(*node.multiple_of);
        const bool both_whole = is_whole(value) && is_whole(*node.multiple_of);
        const long double off = both_whole
            ? std::fmod(exact(value), exact(*node.multiple_of))
            : std::fabs(steps - std::round(steps)) - 1e-9L * std::max(1.0L, std::fabs(steps));
        if (both_whole ? off != 0 : off > 0)
            return broken(
                "must be a multiple of " + shown(*node.multiple_of) + ", not " + shown(value),
                node.description
            );
    }
    return {};
}

Result<void> Checker::check_text(const SchemaNode& node, const json::value& value) const
{
    const std::string_view text = value.get_string();
    if (node.min_length || node.max_length) {
        const auto length = static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        }));
        if (node.min_length && length < *node.min_length)
            return broken(
                length == 0
                    ? "must not be empty"
                    : "must have " + number_of(*node.min_length, "letter") + " or more, not " + shown(value),
                node.description
            );
        if (node.max_length && length > *node.max_length)
            return broken(
                "must have " + number_of(*node.max_length, "letter") + " or less, not "
                    + std::to_string(length) + " like " + shown(value),
                node.description
            );
    }
    if (node.format != SchemaFormat::none && !has_format(text, node.format))
        return broken(
            "must be " + std::string{words_of(node.format)} + ", not " + shown(value), node.description
        );
    if (node.pattern && !node.pattern->is_in(text))
        return broken(shown(value) + " does not look like " + node.pattern->expression(), node.description);
    return {};
}

Result<void> Checker::check_array(const SchemaNode& node, const json::array& value)
{
    if (node.min_items && value.size() < *node.min_items)
        return broken(
            "must have " + number_of(*node.min_items, "item") + " or more, not "
                + std::to_string(value.size()),
            node.description
        );
    if (node.max_items && value.size() > *node.max_items)
        return broken(
            "must have " + number_of(*node.max_items, "item") + " or less, not "
                + std::to_string(value.size()),
            node.description
        );
    for (std::size_t index = 0; index < value.size(); ++index) {
        const SchemaNode* item = index < node.first_items.size() ? node.first_items[index] : node.items;
        if (item) MORTISE_CHECK(step({{}, index}, *item, value[index]));
    }
    if (node.unique_items) MORTISE_CHECK(check_unique(value));
    return node.contains ? check_contains(node, value) : Result<void>{};
}

Result<void> Checker::check_unique(const json::array& value) const
{
    std::unordered_map<std::string, std::size_t> seen;
    for (std::size_t index = 0; index < value.size(); ++index) {
        const auto [first, is_new] = seen.emplace(canonical(value[index]), index);
        if (!is_new)
            return broken(
                shown(value[index]) + " is there twice, as item " + std::to_string(first->second) + " and "
                    + std::to_string(index),
                "each item may be there once"
            );
    }
    return {};
}

Result<void> Checker::check_contains(const SchemaNode& node, const json::array& value)
{
    const auto found = static_cast<std::size_t>(std::ranges::count_if(value, [&](const auto& item) {
        return fits(*node.contains, item);
    }));
    if (found < node.min_contains)
        return broken(
            "must contain " + number_of(node.min_contains, "item") + " of a certain form, but has "
                + std::to_string(found),
            node.contains->description
        );
    if (node.max_contains && found > *node.max_contains)
        return broken(
            "may contain " + number_of(*node.max_contains, "item") + " of a certain form, but has "
                + std::to_string(found),
            node.contains->description
        );
    return {};
}

Result<void> Checker::check_object(const SchemaNode& node, const json::object& value)
{
    MORTISE_CHECK(check_names(node, value));
    if (node.min_properties && value.size() < *node.min_properties)
        return broken(
            "must have " + std::to_string(*node.min_properties) + " or more entries, not "
                + std::to_string(value.size()),
            node.description
        );
    if (node.max_properties && value.size() > *node.max_properties)
        return broken(
            "must have " + std::to_string(*node.max_properties) + " or less entries, not "
                + std::to_string(value.size()),
            node.description
        );
    for (const auto& entry : value)
        MORTISE_CHECK(check_property(node, entry.key(), entry.value()));
    for (const auto& [name, schema] : node.dependent_schemas)
        if (value.contains(name)) MORTISE_CHECK(check(*schema, value));
    return {};
}

Result<void> Checker::check_names(const SchemaNode& node, const json::object& value) const
{
    for (const std::string& name : node.required) {
        if (value.contains(name)) continue;
        const SchemaNode* missing = node.property(name);
        return broken("\"" + name + "\" is missing", missing ? missing->description : std::string{});
    }
    for (const auto& [name, needed] : node.dependent_required)
        for (const std::string& other : needed)
            if (value.contains(name) && !value.contains(other))
                return broken("\"" + name + "\" needs \"" + other + "\" beside it, which is missing");
    return {};
}

Result<void> Checker::check_property(const SchemaNode& node, std::string_view name, const json::value& value)
{
    if (node.names) MORTISE_CHECK(step({name, 0}, *node.names, json::value(name)));
    bool known = false;
    if (const SchemaNode* schema = node.property(name)) {
        known = true;
        MORTISE_CHECK(step({name, 0}, *schema, value));
    }
    for (const auto& [pattern, schema] : node.pattern_properties) {
        if (!pattern->is_in(name)) continue;
        known = true;
        MORTISE_CHECK(step({name, 0}, *schema, value));
    }
    if (known || !node.additional) return {};
    if (node.additional->always == std::optional{false}) {
        std::vector<std::string> names;
        for (const auto& [other, schema] : node.properties)
            names.push_back(other);
        m_path.push_back({name, 0});
        auto error = broken("\"" + std::string{name} + "\" is not known here", hint_for(name, names));
        m_path.pop_back();
        return error;
    }
    return step({name, 0}, *node.additional, value);
}

} // namespace

Result<void> JsonSchema::validate(const json::value& value) const
{
    return Checker{}.check(*m_document->root, value);
}

} // namespace mortise::host
