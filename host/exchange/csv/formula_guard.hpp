#pragma once

/// \file
/// Keeps a cell from running as a formula when a spreadsheet opens the file. Pure; any thread.
///
/// A text that begins with = + - @ a tab or a carriage return, and is no number, gets an apostrophe in front;
/// a text that already begins with apostrophes followed by such a text gets one more. So
/// `remove_formula_guard` gives back exactly what `add_formula_guard` was given.

#include <string>
#include <string_view>

namespace mortise::host {

/// True if `add_formula_guard` would change the text.
bool needs_formula_guard(std::string_view text) noexcept;
std::string add_formula_guard(std::string_view text);
std::string_view remove_formula_guard(std::string_view text) noexcept;

} // namespace mortise::host
