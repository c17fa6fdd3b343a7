#pragma once

/// \file
/// What the manager knows of one plugin. Private to plugin_manager*.cpp.

#include "access/principal.hpp"
#include "plugins/catalogue.hpp"
#include "plugins/log_ring.hpp"
#include "plugins/net_options.hpp"
#include "plugins/plugin_slot.hpp"
#include "plugins/plugin_stats.hpp"
#include "plugins/plugin_store.hpp"
#include "plugins/quotas.hpp"
#include "plugins/runner/box.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

struct ManagedPlugin {
    explicit ManagedPlugin(std::string of) : id{std::move(of)} { slot->id = id; }

    const std::string id;
    const std::shared_ptr<PluginSlot> slot{std::make_shared<PluginSlot>()};
    const std::shared_ptr<PluginStats> stats{std::make_shared<PluginStats>()};
    const std::shared_ptr<LogRing> log{std::make_shared<LogRing>()};
    const std::shared_ptr<PluginQuotas> quotas{std::make_shared<PluginQuotas>()};
    const std::shared_ptr<NetOptions> net_options{std::make_shared<NetOptions>()};
    const std::shared_ptr<PermissionUses> uses{std::make_shared<PermissionUses>()};

    /// One change of its life at a time: starting, closing, reloading.
    std::timed_mutex life;
    /// Off while it is taken down, so that nobody waits for a start that will not come.
    std::atomic<bool> accepting{false};
    /// On while one version takes the place of another: calls wait for the new one.
    std::atomic<bool> switching{false};

    // what follows is guarded by `mutex`
    mutable std::mutex mutex;
    std::vector<Candidate> candidates; ///< newest first
    std::optional<Candidate> chosen; ///< the one that counts
    PluginRecord record;
    bool registered{false};
    std::optional<Error> problem; ///< why it is not resolved, or did not start
    bool start_failed{false};
    int failed_starts{0};
    std::chrono::steady_clock::time_point not_before{}; ///< of the next start
    std::string pinned;
    bool isolated{false}; ///< its code runs in a process of its own
    std::vector<std::chrono::steady_clock::time_point> crashes; ///< the last ones of that process
    bool halted{false}; ///< it crashed too often: an admin starts it again
    bool of_the_system{false}; ///< its folder is one of the system's: trusted like the host itself
    std::optional<BoxReport> box; ///< of its last process
    int starts{0}; ///< of its process
    std::vector<std::int64_t> subscriptions;
    std::shared_ptr<const PluginGrants> grants;

    std::shared_ptr<const Manifest> manifest() const
    {
        const std::scoped_lock lock{mutex};
        return chosen ? chosen->manifest : nullptr;
    }
};

} // namespace mortise::host
