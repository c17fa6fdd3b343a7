#pragma once

/// \file
/// The grammar of one unfolded vCard line, and the coding of its value. Pure; any thread.

#include "exchange/vcard/vcard.hpp"

#include <mortise/result.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

/// A line split at its colon, nothing decoded yet but its parameters.
struct VCardLine {
    std::string group;
    std::string name; ///< in capitals
    std::vector<VCardParam> params;
    std::string_view value;
};

/// Refuses (`invalid`) a line without a colon or with another name than letters, digits, '-' and '_'.
Result<VCardLine> split_vcard_line(std::string_view line, VCardVersion version);

/// Undoes transfer encoding and character set, and splits the value as its name asks. Errors: `invalid` for
/// base64 that is broken; what has no meaning otherwise is kept as it stands.
Result<VCardProperty> decode_vcard_line(VCardLine line, VCardVersion version);

/// The line for a property, unfolded and without its end. `version` decides the form. In 2.1 and 3.0 a double
/// quote in a parameter becomes a single one and a line end a blank, because they cannot be written there.
std::string encode_vcard_line(const VCardProperty& property, VCardVersion version);

/// Quoted-printable bytes decoded; soft line breaks are to be gone already. What is no code stays.
std::string decode_quoted_printable(std::string_view text);
/// With soft line breaks (CRLF after '=') so that no line is longer than 76, the first by `used` less.
std::string encode_quoted_printable(std::string_view text, std::size_t used);

} // namespace mortise::host
