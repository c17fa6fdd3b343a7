#pragma once

/// \file
/// `Taps`: looks at, and changes, every call of the host into a plugin, by functions of its own in the
/// plugin's table.

#include "proxy.hpp"

#include <mortise/abi/plugin.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace mortise::check {

/// What a check wants of the calls. One for a process; set up before the plugin is loaded.
struct Taps {
    bool larger_structs{false}; ///< structs of a younger host, with fields that the plugin does not know
    bool hooks_twice{false}; ///< each hook is asked twice about the same drafts
    bool stop_sinks{false}; ///< answers are not taken: the sink says "cancelled"
    bool quiesce_twice{false};

    // what was seen

    std::mutex mutex{}; ///< guards what follows
    std::vector<std::string> wrong{
    }; ///< statuses that a plugin may not give, answers given twice, verdicts that differ
    std::chrono::nanoseconds longest_call{}; ///< processor time of a command or a batch of events
    std::string longest_what{};
    std::chrono::nanoseconds longest_hook{};
    std::chrono::nanoseconds longest_end{}; ///< of quiesce and destroy together, by the wall
    mortise_plugin table{}; ///< the plugin's own
};

/// The taps of this process.
Taps& taps();

/// The plugin as a host in a box takes it, with the taps in its table.
testkit::Subject tapped(const Target& target);

} // namespace mortise::check
