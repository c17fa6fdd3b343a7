#pragma once

/// \file
/// `try_commands`: each command of a plugin with every sample that there is for it, and what came of it.

#include "bench.hpp"

#include <string>
#include <vector>

namespace mortise::check {

/// One call that did not go well.
struct Refusal {
    Value arguments{};
    Done done{};
    bool is_whole{false}; ///< everything was given that the schema takes
};

struct CommandTrial {
    const host::CommandInfo* command{nullptr};
    bool has_samples{false}; ///< something was found that its schema takes
    bool went_well{false}; ///< with one of them at least
    std::vector<Refusal> refusals{};
};

/// Calls each command with the least and with all that its schema takes, with every value that is listed, and
/// with the examples that are given; a second time, with more records about, where nothing went
/// well. The commands are those of the bench's manifest.
std::vector<CommandTrial> try_commands(Bench& bench);

/// Whether what is written there may come out of the arguments: one of their texts is in it, or has it.
bool may_come_from(const Value& arguments, std::string_view text);

/// The type whose records the plugin may not read, although the query that failed so asks for them; empty if
/// the failure is none of that kind.
std::string hidden_type(const Bench& bench, std::string_view key, std::string_view message);

} // namespace mortise::check
