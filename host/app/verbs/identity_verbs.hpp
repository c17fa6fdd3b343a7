#pragma once

/// \file
/// What the verbs of `contacts` about identities do; as in verbs.hpp.

#include "app/program.hpp"

#include <mortise/result.hpp>

#include <string>
#include <vector>

namespace mortise::host {

struct IngestOptions {
    std::string file{}; ///< JSON Lines; "-": standard input
    bool dry_run{false};
};
/// Sends the messages of a file in batches; those that are refused are told with their lines.
Result<Exit> ingest_messages(Program& program, const IngestOptions& options);
Result<Exit> identify_contact(Program& program, const std::string& name_space, const std::string& value);
Result<Exit> unstitch_identity(Program& program, const std::string& identity, bool dry_run);
Result<Exit> show_provenance(Program& program, const std::string& contact);
Result<Exit> list_rules(Program& program);

struct RuleOptions {
    std::string field{};
    std::string rule{}; ///< empty: the usual one
    std::vector<std::string> sources{};
    bool dry_run{false};
};
/// Waits until contacts are in line with it; an interrupt leaves that to a serving host.
Result<Exit> set_rule(Program& program, const RuleOptions& options);

} // namespace mortise::host
