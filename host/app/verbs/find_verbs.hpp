#pragma once

/// \file
/// What the verbs about searching, filtering, own fields and views do; as in verbs.hpp.

#include "app/verbs/verbs.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::host {

Result<Exit>
search_records(Program& program, const std::string& text, const std::string& type, std::uint64_t limit);
Result<Exit> add_field(Program& program, const std::string& type, const std::string& declaration);
/// What enabled plugins show: views and reports.
Result<Exit> list_views(Program& program);

struct ViewOptions {
    std::string name{};
    std::string record{}; ///< the record that it is about; empty: none
    std::uint64_t limit{100};
    bool report{false}; ///< the report of that name, where a view has it too
};
/// The rows of a view as text, as a console would draw them.
Result<Exit> show_view(Program& program, const ViewOptions& options);
Result<Exit> archive_field(Program& program, const std::string& type, const std::string& field);

} // namespace mortise::host
