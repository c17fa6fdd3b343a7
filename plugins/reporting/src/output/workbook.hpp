#pragma once

/// \file
/// Sheets as XLSX.

#include "output/sheet.hpp"

#include <mortise/value.hpp>

namespace mortise::plugins::reporting {

/// Numbers are numbers, texts are texts and never formulas. Throws Failure when no temporary file can be
/// written.
Bytes workbook_of(const Sheet& sheet);

} // namespace mortise::plugins::reporting
