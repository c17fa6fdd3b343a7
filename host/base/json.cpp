#include "base/json.hpp"

#include "base/base64.hpp"
#include "base/json_reader.hpp"
#include "base/number_text.hpp"
#include "base/time_text.hpp"
#include "base/visit_value.hpp"

#include <boost/json/value.hpp>

#include <unordered_set>

namespace mortise::host {
namespace {

struct BoostBuilder {
    using Node = boost::json::value;
    using Array = boost::json::array;
    using Object = boost::json::object;

    template <class T>
    static Node of(T&& content)
    {
        return Node(std::forward<T>(content));
    }
    static Node of(std::string&& text) { return Node(boost::json::string(text)); }
    static void add(Array& array, Node&& node) { array.push_back(std::move(node)); }
    static bool add(Object& object, const std::string& key, Node&& node)
    {
        return object.emplace(key, std::move(node)).second;
    }
};

struct ValueBuilder {
    using Node = Value;
    using Array = List;

    /// A map looks keys up by a scan; a large one from outside has its keys in a set beside it.
    struct Object {
        Map map;
        std::unordered_set<std::string> keys;
    };

    template <class T>
    static Node of(T content)
    {
        return Node{std::move(content)};
    }
    static Node of(std::uint64_t large) { return Node{std::to_string(large)}; }
    static Node of(Object&& object) { return Node{std::move(object.map)}; }
    static void add(Array& array, Node&& node) { array.push_back(std::move(node)); }
    static bool add(Object& object, const std::string& key, Node&& node)
    {
        constexpr std::size_t scanned = 16;
        if (object.map.size() < scanned) {
            if (object.map.contains(key)) return false;
        } else {
            if (object.keys.empty())
                for (const Entry& entry : object.map)
                    object.keys.insert(entry.key);
            if (!object.keys.insert(key).second) return false;
        }
        object.map.append(key, std::move(node));
        return true;
    }
};

struct ToJson {
    using Json = boost::json::value;

    Json operator()(std::nullptr_t) const { return nullptr; }
    Json operator()(bool flag) const { return flag; }
    Json operator()(std::int64_t number) const { return number; }
    Json operator()(double number) const { return number; }
    Json operator()(const Decimal& number) const { return text(format_decimal(number)); }
    Json operator()(const Money& money) const
    {
        return boost::json::object{
            {"amount", text(format_amount(money))}, {"currency", text(currency_code(money.currency))}
        };
    }
    Json operator()(const std::string& string) const { return text(string); }
    Json operator()(const Bytes& bytes) const { return text(base64(bytes)); }
    Json operator()(Instant instant) const { return text(format_instant(instant)); }
    Json operator()(Date date) const { return text(format_date(date)); }
    Json operator()(TimeOfDay time) const { return text(format_time_of_day(time)); }
    Json operator()(Duration duration) const { return text(format_duration(duration)); }
    Json operator()(Id id) const { return text(std::to_string(id.number)); }
    Json operator()(const List& list) const
    {
        boost::json::array array;
        array.reserve(list.size());
        for (const Value& item : list)
            array.push_back(json_of(item));
        return array;
    }
    Json operator()(const Map& map) const
    {
        boost::json::object object;
        object.reserve(map.size());
        for (const Entry& entry : map)
            object.emplace(entry.key, json_of(entry.value));
        return object;
    }

private:
    static Json text(std::string_view content) { return boost::json::string(content); }
};

} // namespace

Result<boost::json::value> parse_json(std::string_view text, std::string_view what)
{
    return detail::JsonReader<BoostBuilder>{text, what}.read();
}

Result<Value> parse_value(std::string_view json, std::string_view what)
{
    return detail::JsonReader<ValueBuilder>{json, what}.read();
}

boost::json::value json_of(const Value& value)
{
    return visit_value(ToJson{}, value);
}

Value value_of(const boost::json::value& json)
{
    switch (json.kind()) {
    case boost::json::kind::null:
        return nullptr;
    case boost::json::kind::bool_:
        return json.get_bool();
    case boost::json::kind::int64:
        return Value{static_cast<long long>(json.get_int64())};
    case boost::json::kind::uint64:
        if (json.get_uint64() <= static_cast<std::uint64_t>(INT64_MAX))
            return Value{static_cast<long long>(json.get_uint64())};
        return std::to_string(json.get_uint64());
    case boost::json::kind::double_:
        return json.get_double();
    case boost::json::kind::string:
        return std::string_view{json.get_string()};
    case boost::json::kind::array: {
        List list;
        list.reserve(json.get_array().size());
        for (const auto& item : json.get_array())
            list.push_back(value_of(item));
        return list;
    }
    case boost::json::kind::object: {
        Map map;
        map.reserve(json.get_object().size());
        for (const auto& item : json.get_object())
            map.append(std::string{std::string_view{item.key()}}, value_of(item.value()));
        return map;
    }
    }
    return nullptr;
}

} // namespace mortise::host
