#pragma once

/// \file
/// Rows for people, for machines and for docs/performance.md.

#include "bench.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mortise::bench {

void print_heading();
/// One line of the table.
void print_row(const Row& row);
void print_json(const std::vector<Row>& rows);

/// Writes the rows as a table between the marks `<!-- bench:begin -->` and `<!-- bench:end -->` of a page,
/// with `command` and what the machine is. False if the page cannot be read or has no such marks.
bool record(const std::filesystem::path& page, const std::vector<Row>& rows, const std::string& command);

} // namespace mortise::bench
