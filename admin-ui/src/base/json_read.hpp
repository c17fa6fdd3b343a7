#pragma once

/// \file
/// Reading JSON that may be anything: what is missing or of another kind gives the empty value, so that a
/// host of another version, or a wrong one, cannot make the console fail.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::ui {

/// Null if there is none.
const boost::json::value& at(const boost::json::value& json, std::string_view name);
const boost::json::object& object_of(const boost::json::value& json);
const boost::json::array& array_of(const boost::json::value& json);
/// Texts as they are, numbers as digits, other things as JSON; null as "".
std::string text_of(const boost::json::value& json);
/// Also digits in a text.
std::int64_t integer_of(const boost::json::value& json, std::int64_t otherwise = 0);
double number_of(const boost::json::value& json, double otherwise = 0);
bool flag_of(const boost::json::value& json);

inline const boost::json::object& object_at(const boost::json::value& json, std::string_view name)
{
    return object_of(at(json, name));
}
inline const boost::json::array& array_at(const boost::json::value& json, std::string_view name)
{
    return array_of(at(json, name));
}
inline std::string text_at(const boost::json::value& json, std::string_view name)
{
    return text_of(at(json, name));
}
inline std::int64_t integer_at(const boost::json::value& json, std::string_view name)
{
    return integer_of(at(json, name));
}
inline bool flag_at(const boost::json::value& json, std::string_view name)
{
    return flag_of(at(json, name));
}

/// JSON with line ends and two spaces a level, for people.
std::string pretty(const boost::json::value& json);

} // namespace mortise::ui
