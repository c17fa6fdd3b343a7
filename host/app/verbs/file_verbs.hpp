#pragma once

/// \file
/// What the verbs about files of records do; as in verbs.hpp.

#include "app/program.hpp"

#include <mortise/result.hpp>

#include <string>

namespace mortise::host {

struct FileVerbOptions {
    std::string type{};
    std::string id{};
    std::string field{};
    std::string file{}; ///< read by `attach`, written by `file`; there empty: standard output
    std::string name{}; ///< empty: the file's own
    std::string media_type{}; ///< empty: by the name
};

Result<Exit> attach_file(Program& program, const FileVerbOptions& options);
Result<Exit> save_file(Program& program, const FileVerbOptions& options);

} // namespace mortise::host
