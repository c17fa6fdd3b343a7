#pragma once

/// \file
/// What the verbs below `contacts duplicates` do; as in verbs.hpp.

#include "app/program.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::host {

struct DuplicateListOptions {
    std::string state{"open"};
    std::string band{};
    std::string after{};
    std::uint64_t limit{50};
};
Result<Exit> list_duplicates(Program& program, const DuplicateListOptions& options);
/// Waits until the scan is done; an interrupt leaves it to a serving host.
Result<Exit> scan_duplicates(Program& program);
/// One id is a pair's, two are contacts'.
Result<Exit> explain_duplicates(Program& program, const std::vector<std::string>& ids);
/// `command` is duplicates.dismiss or duplicates.reopen.
Result<Exit> decide_duplicates(
    Program& program,
    const std::string& command,
    const std::vector<std::string>& pairs,
    const std::string& reason
);

struct DuplicateMergeOptions {
    std::vector<std::string> pairs{};
    bool same{false};
    std::uint64_t limit{1000};
    std::string reason{};
    bool preview{false};
};
Result<Exit> merge_duplicates(Program& program, const DuplicateMergeOptions& options);

} // namespace mortise::host
