#pragma once

/// \file
/// Base64 of RFC 4648 with padding, as JSON and vCard carry bytes.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <span>
#include <string>
#include <string_view>

namespace mortise::host {

std::string base64(std::span<const std::byte> bytes);
void append_base64(std::string& out, std::span<const std::byte> bytes);

/// Reads the standard and the URL-safe alphabet; white space is skipped, padding may be missing. Refuses any
/// other character, and a length that no bytes have.
Result<Bytes> parse_base64(std::string_view text);

} // namespace mortise::host
