#pragma once

/// \file
/// Bytes to text, whatever a message claims about them: UTF-8 in normal form C, without U+0000. Never fails;
/// what cannot be read becomes U+FFFD.

#include <string>
#include <string_view>

namespace mortise::plugins::email {

/// What was decoded, and whether the label was true.
struct Decoded {
    std::string text;
    bool is_lossy{false}; ///< something became U+FFFD
    bool label_was_wrong{false}; ///< unknown, or the bytes say otherwise
};

/// Decodes bytes with the charset that they are labelled with; an empty label means that there is none.
Decoded decode_charset(std::string_view bytes, std::string_view label);

bool is_utf8(std::string_view bytes);
/// Makes text from outside fit to be kept: valid UTF-8, normal form C, no control characters but tab and line
/// feed; CR LF and CR become LF.
std::string clean_text(std::string_view text);
/// The same on one line: every run of white space is one space, none at the ends.
std::string clean_line(std::string_view text);
/// At most `bytes` of text, never half a character.
std::string_view cut(std::string_view text, std::size_t bytes);
std::string lower_ascii(std::string_view text);
std::string_view trimmed(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
/// Where `needle`, which is lower case, stands in `text` without regard to ASCII case; npos if nowhere.
std::size_t find_ignoring_case(std::string_view text, std::string_view needle, std::size_t from = 0);

} // namespace mortise::plugins::email
