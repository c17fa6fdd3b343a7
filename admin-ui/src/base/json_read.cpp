#include "base/json_read.hpp"

#include <boost/json/serialize.hpp>

#include <charconv>

namespace mortise::ui {
namespace {

void write_pretty(const boost::json::value& json, std::size_t level, std::string& to)
{
    const std::string indent(2 * level + 2, ' ');
    const auto items = [&](char open, char close, const auto& list, const auto& item) {
        if (list.empty()) {
            to += open;
            to += close;
            return;
        }
        to += open;
        bool is_first = true;
        for (const auto& one : list) {
            to += is_first ? "\n" : ",\n";
            is_first = false;
            to += indent;
            item(one);
        }
        to += '\n' + std::string(2 * level, ' ') + close;
    };
    if (level < 40 && json.is_object())
        items('{', '}', json.get_object(), [&](const auto& pair) {
            to += boost::json::serialize(boost::json::string{pair.key()}) + ": ";
            write_pretty(pair.value(), level + 1, to);
        });
    else if (level < 40 && json.is_array())
        items('[', ']', json.get_array(), [&](const auto& one) { write_pretty(one, level + 1, to); });
    else
        to += boost::json::serialize(json);
}

} // namespace

const boost::json::value& at(const boost::json::value& json, std::string_view name)
{
    static const boost::json::value none{};
    const boost::json::object* object = json.if_object();
    const boost::json::value* found = object ? object->if_contains(name) : nullptr;
    return found ? *found : none;
}

const boost::json::object& object_of(const boost::json::value& json)
{
    static const boost::json::object none{};
    const boost::json::object* object = json.if_object();
    return object ? *object : none;
}

const boost::json::array& array_of(const boost::json::value& json)
{
    static const boost::json::array none{};
    const boost::json::array* array = json.if_array();
    return array ? *array : none;
}

std::string text_of(const boost::json::value& json)
{
    if (json.is_null()) return {};
    if (const boost::json::string* text = json.if_string()) return {text->data(), text->size()};
    return boost::json::serialize(json);
}

std::int64_t integer_of(const boost::json::value& json, std::int64_t otherwise)
{
    if (const auto* number = json.if_int64()) return *number;
    if (const auto* number = json.if_uint64())
        return *number <= INT64_MAX ? static_cast<std::int64_t>(*number) : otherwise;
    if (const auto* number = json.if_double())
        return *number > -9e18 && *number < 9e18 ? static_cast<std::int64_t>(*number) : otherwise;
    if (const auto* text = json.if_string()) {
        std::int64_t number = 0;
        const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
        if (failed == std::errc{} && end == text->data() + text->size()) return number;
    }
    return otherwise;
}

double number_of(const boost::json::value& json, double otherwise)
{
    if (const auto* number = json.if_double()) return *number;
    if (const auto* text = json.if_string()) {
        double number = 0;
        const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
        if (failed == std::errc{} && end == text->data() + text->size()) return number;
        return otherwise;
    }
    if (json.is_int64() || json.is_uint64()) return static_cast<double>(integer_of(json));
    return otherwise;
}

bool flag_of(const boost::json::value& json)
{
    return json.is_bool() ? json.get_bool() : integer_of(json) != 0;
}

std::string pretty(const boost::json::value& json)
{
    std::string text;
    write_pretty(json, 0, text);
    return text;
}

} // namespace mortise::ui
