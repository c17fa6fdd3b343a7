#pragma once

/// \file
/// What the verbs about searching, filtering and own fields do; as in verbs.hpp.

#include "app/verbs/verbs.hpp"

#include <string>
#include <vector>

namespace mortise::host {

Result<Exit>
search_records(Program& program, const std::string& text, const std::string& type, std::uint64_t limit);
Result<Exit> add_field(Program& program, const std::string& type, const std::string& declaration);
Result<Exit> archive_field(Program& program, const std::string& type, const std::string& field);

} // namespace mortise::host
