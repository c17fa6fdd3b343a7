#include "control/rpc.hpp"

#include "base/json.hpp"

#include <mortise/control/error_json.hpp>

namespace mortise::host {
namespace {

bool refuse(RpcRefusal& refusal, std::string message, std::string where)
{
    refusal.error = {ErrorCode::invalid, std::move(message), "rpc.invalid", std::move(where), {}};
    refusal.code = rpc_code::invalid_request;
    return false;
}

bool read_id(const boost::json::object& message, RpcRequest& request, RpcRefusal& refusal)
{
    const boost::json::value* id = message.if_contains("id");
    if (!id) {
        request.is_notification = true;
        return true;
    }
    if (!id->is_string() && !id->is_int64() && !id->is_uint64())
        return refuse(refusal, "an id is a whole number or a string", "/id");
    request.id = refusal.id = *id;
    return true;
}

bool read_fields(boost::json::object& message, RpcRequest& request, RpcRefusal& refusal)
{
    const boost::json::value* version = message.if_contains("jsonrpc");
    if (!version || !version->is_string() || version->get_string() != "2.0")
        return refuse(refusal, "\"jsonrpc\" must be \"2.0\"", "/jsonrpc");
    const boost::json::value* method = message.if_contains("method");
    if (!method || !method->is_string()) return refuse(refusal, "\"method\" must be a string", "/method");
    request.method = method->get_string();
    boost::json::value* params = message.if_contains("params");
    if (!params) return true;
    if (!params->is_object()) return refuse(refusal, "params are given by name, in an object", "/params");
    request.params = std::move(params->get_object());
    return true;
}

} // namespace

bool parse_rpc(std::string_view line, RpcRequest& request, RpcRefusal& refusal)
{
    auto message = parse_json(line, "the message");
    if (!message) {
        refusal.error = std::move(message).error();
        refusal.code = rpc_code::parse_error;
        return false;
    }
    if (message->is_array())
        return refuse(
            refusal, "batches are not taken: send the requests one by one, they run in parallel", {}
        );
    if (!message->is_object()) return refuse(refusal, "a request is a JSON object", {});
    return read_id(message->get_object(), request, refusal)
        && read_fields(message->get_object(), request, refusal);
}

std::string rpc_answer(const boost::json::value& id, const boost::json::value& result)
{
    return R"({"jsonrpc":"2.0","id":)" + to_json(id) + R"(,"result":)" + to_json(result) + '}';
}

std::string rpc_failure(const boost::json::value& id, const Error& error, int code)
{
    return R"({"jsonrpc":"2.0","id":)" + to_json(id) + R"(,"error":)"
        + to_json(control::rpc_error_of(error, code)) + '}';
}

std::string rpc_notification(std::string_view method, const boost::json::object& params)
{
    return to_json(boost::json::object{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

} // namespace mortise::host
