#include <mortise/control/error_json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace mortise::control {
namespace {

constexpr std::array<std::pair<ErrorCode, std::string_view>, 23> code_names{{
    {ErrorCode::invalid, "invalid"},
    {ErrorCode::null, "null"},
    {ErrorCode::size, "size"},
    {ErrorCode::thread, "thread"},
    {ErrorCode::revoked, "revoked"},
    {ErrorCode::refused, "refused"},
    {ErrorCode::not_found, "not_found"},
    {ErrorCode::conflict, "conflict"},
    {ErrorCode::denied, "denied"},
    {ErrorCode::limit, "limit"},
    {ErrorCode::busy, "busy"},
    {ErrorCode::retry, "retry"},
    {ErrorCode::outcome_unknown, "outcome_unknown"},
    {ErrorCode::unsupported, "unsupported"},
    {ErrorCode::cancelled, "cancelled"},
    {ErrorCode::timeout, "timeout"},
    {ErrorCode::io, "io"},
    {ErrorCode::exception, "exception"},
    {ErrorCode::crashed, "crashed"},
    {ErrorCode::deadlock, "deadlock"},
    {ErrorCode::state, "state"},
    {ErrorCode::exists, "exists"},
    {ErrorCode::internal, "internal"},
}};

constexpr int first_code = -32000;

void set_if_any(boost::json::object& object, std::string_view key, const std::string& text)
{
    if (!text.empty()) object[key] = text;
}

std::string text_at(const boost::json::object& object, std::string_view key)
{
    const boost::json::value* found = object.if_contains(key);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

} // namespace

std::string_view name_of(ErrorCode code) noexcept
{
    const auto* found = std::ranges::find(code_names, code, &std::pair<ErrorCode, std::string_view>::first);
    return found == code_names.end() ? std::string_view{"internal"} : found->second;
}

std::optional<ErrorCode> parse_error_code(std::string_view name) noexcept
{
    const auto* found = std::ranges::find(code_names, name, &std::pair<ErrorCode, std::string_view>::second);
    if (found == code_names.end()) return std::nullopt;
    return found->first;
}

boost::json::object json_of(const Error& error)
{
    boost::json::object json{{"code", name_of(error.code)}, {"message", error.message}};
    set_if_any(json, "key", error.key);
    set_if_any(json, "where", error.where);
    set_if_any(json, "hint", error.hint);
    if (!error.details.empty()) {
        boost::system::error_code wrong;
        boost::json::value details = boost::json::parse(error.details, wrong);
        json["details"] = wrong ? boost::json::value(error.details) : std::move(details);
    }
    return json;
}

boost::json::object rpc_error_of(const Error& error, int rpc_code)
{
    boost::json::object data = json_of(error);
    data.erase("message");
    return {
        {"code", rpc_code != 0 ? rpc_code : first_code + static_cast<int>(error.code)},
        {"message", error.message},
        {"data", std::move(data)},
    };
}

Error error_of(const boost::json::value& rpc_error)
{
    Error error{
        ErrorCode::internal, "the host answered with an error that cannot be read", "control.protocol", {}, {}
    };
    const boost::json::object* object = rpc_error.if_object();
    if (!object) return error;
    error.message = text_at(*object, "message");
    error.key.clear();
    const boost::json::value* data = object->if_contains("data");
    if (!data || !data->is_object()) return error;
    const boost::json::object& fields = data->get_object();
    error.code = parse_error_code(text_at(fields, "code")).value_or(ErrorCode::internal);
    error.key = text_at(fields, "key");
    error.where = text_at(fields, "where");
    error.hint = text_at(fields, "hint");
    if (const boost::json::value* details = fields.if_contains("details"))
        error.details = boost::json::serialize(*details);
    return error;
}

} // namespace mortise::control
