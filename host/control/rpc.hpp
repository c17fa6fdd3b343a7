#pragma once

/// \file
/// JSON-RPC 2.0 messages as the control API uses them: one JSON object on one line, no batches (requests run
/// in parallel anyhow), params by name.

#include <mortise/result.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

/// The codes that JSON-RPC itself defines; all others are -32000 plus the number of an `ErrorCode`.
namespace rpc_code {
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_params = -32602;
} // namespace rpc_code

struct RpcRequest {
    boost::json::value id; ///< a number or a string
    bool is_notification{false}; ///< no id was given, so no answer is wanted
    std::string method;
    boost::json::object params;
};

/// Why a message is no request: what to answer, and to which id (null if it could not be read).
struct RpcRefusal {
    Error error;
    int code{rpc_code::invalid_request};
    boost::json::value id;
};

/// Reads one request. On failure `refusal` says what to answer.
bool parse_rpc(std::string_view line, RpcRequest& request, RpcRefusal& refusal);

/// Messages as they go over the wire, without the line end.
std::string rpc_answer(const boost::json::value& id, const boost::json::value& result);
std::string rpc_failure(const boost::json::value& id, const Error& error, int code = 0);
std::string rpc_notification(std::string_view method, const boost::json::object& params);

} // namespace mortise::host
