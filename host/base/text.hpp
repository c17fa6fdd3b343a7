#pragma once

/// \file
/// Text as the host keeps and compares it: UTF-8, composed (NFC), folded for search, and small helpers for
/// ASCII. All functions are pure and may be called from any thread.

#include "base/collator.hpp"

#include <mortise/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

bool valid_utf8(std::string_view text) noexcept;
/// Where the first byte stands that is not part of well-formed UTF-8; npos if there is none.
std::size_t first_invalid_utf8(std::string_view text) noexcept;
/// Bytes of the well-formed character at the start of `text`; 0 if there is none.
std::size_t valid_utf8_prefix(std::string_view text) noexcept;
/// Bytes of the character that `first` begins, 1 to 4; 1 for a byte that begins none.
std::size_t utf8_length(char first) noexcept;
/// `code_point` must be a Unicode scalar value.
void append_utf8(std::string& out, char32_t code_point);
/// The text with U+FFFD for each byte that is not part of well-formed UTF-8.
std::string replace_invalid_utf8(std::string_view text);
/// Characters (code points) of well-formed UTF-8.
std::size_t count_characters(std::string_view text) noexcept;
/// The longest start of `text` that has at most `max_bytes` and ends between characters.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

bool is_ascii(std::string_view text) noexcept;

/// The text in Normalization Form C, as it is stored. Refuses (`invalid`) what is not UTF-8 and U+0000,
/// naming the byte.
Result<std::string> to_nfc(std::string_view text);

/// The form in which search compares: case folded, accents gone, letters that merely look like one written as
/// it
/// ("Müller" -> "muller", "ß" -> "ss", "Ł" -> "l", "æ" -> "ae", "Ａ" -> "a"). Marks that change the letter in
/// other scripts (dakuten, Indic vowels) stay. Bytes that are not UTF-8 become U+FFFD. fold(fold(x)) ==
/// fold(x).
std::string fold(std::string_view text);

/// Without white space at both ends: ASCII's, U+00A0, U+3000, U+FEFF and the spaces U+2000 to U+200B.
std::string_view trim(std::string_view text) noexcept;
/// Without blanks, tabs and line ends of ASCII at both ends.
std::string_view trim_ascii(std::string_view text) noexcept;

char ascii_lower(char c) noexcept;
std::string ascii_lower(std::string_view text);
std::string ascii_upper(std::string_view text);
/// Compares with A to Z as a to z; other bytes as they are.
bool equal_ignoring_ascii_case(std::string_view a, std::string_view b) noexcept;

/// The parts between `separator`s; at least one, empty ones too.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Cuts the part before `separator` off `text` and returns it; the whole of it, leaving nothing, if there is
/// none.
std::string_view take_until(std::string_view& text, char separator) noexcept;

} // namespace mortise::host
