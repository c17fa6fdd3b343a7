#pragma once

/// \file
/// How alike two texts are. Bytes are compared: give folded text (base/text.hpp). Pure; any thread; nothing
/// is allocated.

#include <cstddef>
#include <string_view>

namespace mortise::host::matching {

/// Jaro's similarity with Winkler's bonus for a common beginning: 0 (nothing in common) to 1 (equal). Texts
/// of more than 64 bytes are compared by their first 64.
double jaro_winkler(std::string_view a, std::string_view b) noexcept;

/// Edits (a character more, less, other, two neighbours exchanged) that make `a` into `b`; `most + 1` if
/// there are more than `most`. Texts of more than 64 bytes are only found equal or not.
std::size_t edits(std::string_view a, std::string_view b, std::size_t most) noexcept;

/// Whether `a` may be `b` with slips of the fingers: one edit, or two in texts of at least six characters.
bool is_typo(std::string_view a, std::string_view b) noexcept;

} // namespace mortise::host::matching
