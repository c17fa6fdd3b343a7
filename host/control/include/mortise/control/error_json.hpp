#pragma once

/// \file
/// How an `Error` looks in JSON, on the wire and on the command line:
/// `{"code": "not_found", "message": "...", "key": "...", "where": "...", "hint": "...", "details": ...}`;
/// what is empty is left out.

#include <mortise/result.hpp>

#include <boost/json/fwd.hpp>

#include <optional>
#include <string_view>

namespace mortise::control {

/// "not_found" for `ErrorCode::not_found`, and so on: the names of the codes in C++.
std::string_view name_of(ErrorCode code) noexcept;
std::optional<ErrorCode> parse_error_code(std::string_view name) noexcept;

boost::json::object json_of(const Error& error);

/// The error object of JSON-RPC: `code` is -32000 plus the error's number unless `rpc_code` says otherwise,
/// `data` is what `json_of` gives without the message.
boost::json::object rpc_error_of(const Error& error, int rpc_code = 0);
/// Reads an error object of JSON-RPC, whoever made it.
Error error_of(const boost::json::value& rpc_error);

} // namespace mortise::control
