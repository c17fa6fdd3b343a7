#pragma once

/// \file
/// Decodes short texts that name their encoding, or do not. Pure; any thread.

#include <string>
#include <string_view>

namespace mortise::host {

/// UTF-8 of `bytes`. \param encoding  IANA's name; if it is empty or unknown, bytes that are UTF-8 pass and
/// others are taken for windows-1252. What cannot be decoded becomes U+FFFD.
std::string decode_text(std::string_view bytes, std::string_view encoding);

} // namespace mortise::host
