#pragma once

/// \file
/// Sheets as text: CSV and HTML.

#include "output/sheet.hpp"

#include <string>

namespace mortise::plugins::reporting {

/// RFC 4180, UTF-8. A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers do
/// not.
std::string csv_of(const Sheet& sheet);
/// A page by itself; `svg` is put above the table if there is one.
std::string html_of(const Sheet& sheet, const std::string& svg);
std::string html_text(std::string_view text);

} // namespace mortise::plugins::reporting
