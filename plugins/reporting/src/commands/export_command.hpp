#pragma once

/// \file
/// Reports as files.

#include "commands/prepared.hpp"

namespace mortise::plugins::reporting {

/// {name, media_type, content}: CSV, XLSX, HTML, SVG, PNG or PDF. Throws Failure.
Value export_report(ZoneBook& zones, const Host& host, const Arguments& arguments);
/// The same of a report that was prepared.
Map file_of(Prepared& prepared, std::string_view format, int width, int height);

} // namespace mortise::plugins::reporting
