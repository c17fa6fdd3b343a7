#pragma once

/// \file
/// Writes vCards of version 2.1, 3.0 or 4.0 in UTF-8.

#include "exchange/stream/byte_sink.hpp"
#include "exchange/vcard/vcard.hpp"

#include <mortise/result.hpp>

#include <string>

namespace mortise::host {

/// The card with folded lines. What `parse_vcard` makes of it equals `card`, if that was read from a file of
/// the same version or made by `card_of`: a line end in a value is LF, raw values have none, and before 4.0
/// no parameter has a double quote or a line end.
std::string to_text(const VCard& card);

/// Errors: those of the sink.
Result<void> write_vcard(ByteSink& sink, const VCard& card);

} // namespace mortise::host
