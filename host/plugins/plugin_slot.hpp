#pragma once

/// \file
/// Where the running instance of a plugin is found, by whoever calls it.

#include <atomic>
#include <memory>
#include <string>

namespace mortise::host {

class Instance;

struct PluginSlot {
    std::string id;
    std::atomic<std::shared_ptr<Instance>> instance; ///< null: not running
};

} // namespace mortise::host
