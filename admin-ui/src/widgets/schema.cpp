#include "widgets/schema.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {
namespace {

constexpr int deepest_check = 12;

std::size_t letters_in(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string number_text(double number)
{
    const auto whole = static_cast<std::int64_t>(std::clamp(number, -9e15, 9e15));
    return static_cast<double>(whole) == number ? std::to_string(whole) : std::to_string(number);
}

void check_string(const boost::json::value& schema, std::string_view text, const auto& complain)
{
    const std::size_t letters = letters_in(text);
    const std::int64_t least = integer_at(schema, "minLength");
    if (std::cmp_less(letters, least)) complain("at least " + counted(least, "letter", "letters"));
    const std::int64_t most = integer_of(at(schema, "maxLength"), INT64_MAX);
    if (std::cmp_greater(letters, most)) complain("at most " + counted(most, "letter", "letters"));
}

void check_number(const boost::json::value& schema, double number, const auto& complain)
{
    const auto& least = at(schema, "minimum");
    const auto& most = at(schema, "maximum");
    if (least.is_number() && number < number_of(least)) complain("at least " + number_text(number_of(least)));
    if (most.is_number() && number > number_of(most)) complain("at most " + number_text(number_of(most)));
}

bool fits_type(const boost::json::value& schema, const boost::json::value& value)
{
    if (at(schema, "type").is_null()) return true;
    if (value.is_string()) return may_be(schema, "string");
    if (value.is_bool()) return may_be(schema, "boolean");
    if (value.is_object()) return may_be(schema, "object");
    if (value.is_array()) return may_be(schema, "array");
    if (value.is_double()) return may_be(schema, "number");
    return may_be(schema, "number") || may_be(schema, "integer");
}

} // namespace

bool may_be(const boost::json::value& schema, std::string_view type)
{
    const auto& given = at(schema, "type");
    if (given.is_string()) return text_of(given) == type;
    return std::ranges::any_of(array_of(given), [type](const auto& one) { return text_of(one) == type; });
}

std::string type_of(const boost::json::value& schema)
{
    const auto& given = at(schema, "type");
    if (given.is_string()) return text_of(given);
    for (const auto& one : array_of(given))
        if (one.is_string() && text_of(one) != "null") return text_of(one);
    if (at(schema, "properties").is_object()) return "object";
    return {};
}

std::string label_of(const boost::json::value& schema, std::string_view name)
{
    const std::string title = text_at(schema, "title");
    return title.empty() ? words_of(name) : title;
}

boost::json::value typed_value(const boost::json::value& schema, std::string_view text)
{
    if (text.empty()) return nullptr;
    const boost::json::value as_text(boost::json::string{text});
    const bool is_digits
        = std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
    if ((may_be(schema, "integer") || may_be(schema, "number")) && is_digits && !may_be(schema, "string")) {
        constexpr std::int64_t none = INT64_MIN;
        const std::int64_t number = integer_of(as_text, none);
        if (number != none) return number;
    }
    if (may_be(schema, "number") && !may_be(schema, "string")) {
        const double one = number_of(as_text, 1);
        if (one == number_of(as_text, 2)) return one;
    }
    return as_text;
}

void check_value(
    const boost::json::value& schema,
    const boost::json::value& value,
    const std::string& where,
    std::vector<FormProblem>& problems,
    int depth
)
{
    if (depth > deepest_check || value.is_null() || !schema.is_object()) return;
    const auto complain = [&](std::string text) { problems.push_back({where, std::move(text)}); };
    if (!fits_type(schema, value)) {
        const std::string type = type_of(schema);
        return complain(
            type == "integer"      ? "a whole number"
                : type == "number" ? "a number"
                                   : "this must be " + type
        );
    }
    if (const auto* options = at(schema, "enum").if_array();
        options && std::ranges::find(*options, value) == options->end())
        complain("one of the values of the list");
    if (value.is_string()) check_string(schema, text_of(value), complain);
    if (value.is_number()) check_number(schema, number_of(value), complain);
    if (const auto* object = value.if_object()) {
        for (const auto& name : array_at(schema, "required"))
            if (const auto* found = object->if_contains(text_of(name)); !found || found->is_null())
                problems.push_back({where + '/' + text_of(name), "this is needed"});
        for (const auto& [name, sub] : object_at(schema, "properties"))
            if (const auto* found = object->if_contains(name))
                check_value(sub, *found, where + '/' + std::string{name}, problems, depth + 1);
    }
    if (const auto* array = value.if_array()) {
        const std::int64_t least = integer_at(schema, "minItems");
        if (std::cmp_less(array->size(), least)) complain("at least " + counted(least, "item", "items"));
        for (std::size_t i = 0; i < array->size(); ++i)
            check_value(
                at(schema, "items"), (*array)[i], where + '/' + std::to_string(i), problems, depth + 1
            );
    }
}

} // namespace mortise::ui
