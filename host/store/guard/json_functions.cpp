#include "base/json.hpp"
#include "store/guard/function_support.hpp"

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace mortise::host {

namespace {

/// What is no JSON is nothing: a malformed text in a row that the reader may not see must not tell on itself.
std::optional<boost::json::value> json_of(sqlite3_value* value)
{
    const std::string_view text = text_of(value);
    if (is_null(value) || text.size() > max_made_text) return std::nullopt;
    boost::system::error_code failure;
    boost::json::value json = boost::json::parse(boost::json::string_view{text.data(), text.size()}, failure);
    if (failure) return std::nullopt;
    return json;
}

/// The item of an object, or by its number (negative from the end) of an array; as jsonb_extract_path_text.
const boost::json::value* step_into(const boost::json::value& json, std::string_view key)
{
    if (const auto* object = json.if_object()) return object->if_contains({key.data(), key.size()});
    const auto* array = json.if_array();
    if (!array) return nullptr;
    std::int64_t index = 0;
    const auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (failure != std::errc{} || end != key.data() + key.size()) return nullptr;
    const auto size = static_cast<std::int64_t>(array->size());
    if (index < 0) index += size;
    return index < 0 || index >= size ? nullptr : &(*array)[static_cast<std::size_t>(index)];
}

/// json_text(value, key, ...): what stands under the keys as text; null for null and for what is not there.
void json_text_of(sqlite3_context* context, int count, sqlite3_value** arguments)
{
    if (count == 0) return sqlite3_result_null(context);
    guarded_call(context, [&] {
        const auto json = json_of(arguments[0]);
        const boost::json::value* found = json ? &*json : nullptr;
        for (int i = 1; found && i < count; ++i)
            found = is_null(arguments[i]) ? nullptr : step_into(*found, text_of(arguments[i]));
        if (out_of_time(context, static_cast<std::size_t>(sqlite3_value_bytes(arguments[0])))) return;
        if (!found || found->is_null()) return sqlite3_result_null(context);
        if (const auto* text = found->if_string()) return result_text(context, {text->data(), text->size()});
        result_text(context, to_json(*found));
    });
}

void json_array_length(sqlite3_context* context, int, sqlite3_value** arguments)
{
    guarded_call(context, [&] {
        const auto json = json_of(arguments[0]);
        if (out_of_time(context, static_cast<std::size_t>(sqlite3_value_bytes(arguments[0])))) return;
        if (!json || !json->is_array()) return sqlite3_result_null(context);
        sqlite3_result_int64(context, static_cast<sqlite3_int64>(json->get_array().size()));
    });
}

constexpr std::array functions = std::to_array<SqlFunction>({
    {"json_text", -1, false, json_text_of},
    {"json_array_length", 1, true, json_array_length},
});

} // namespace

std::span<const SqlFunction> json_functions() noexcept
{
    return functions;
}

} // namespace mortise::host
