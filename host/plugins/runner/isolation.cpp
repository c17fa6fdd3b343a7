/// \file
/// Which plugins run in processes of their own, and what happens when one of these ends.

#include "base/clock.hpp"
#include "plugins/plugin_manager_state.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// So many crashes within this time, and it is left alone until an admin starts it again.
constexpr std::size_t most_crashes = 3;
constexpr std::chrono::minutes crash_memory{10};
constexpr std::chrono::seconds second_pause{1};

constexpr std::string_view isolation_setting = "host.isolation";

} // namespace

/// With `life` held. The first time the next process is started at once, the second time after a pause.
void PluginManager::State::take_away_crashed(ManagedPlugin& plugin, Instance& instance)
{
    const auto crashed = plugin.slot->instance.load();
    const Closing closed = instance.close(default_patience);
    if (!closed.is_clean) {
        const std::unique_lock lock{mutex};
        left_alone.push_back(crashed);
    }
    plugin.slot->instance.store(nullptr);
    const auto now = SteadyClock::now();
    std::string told;
    {
        const std::scoped_lock lock{plugin.mutex};
        std::erase_if(plugin.crashes, [now](auto time) { return now - time > crash_memory; });
        plugin.crashes.push_back(now);
        plugin.problem = Error{
            .code = ErrorCode::crashed,
            .message = plugin.id + ": " + closed.problem,
            .key = "plugins.crashed",
            .where = plugin.id,
            .hint = "see \"mortise plugins logs " + plugin.id + '"',
        };
        plugin.start_failed = plugin.crashes.size() > 1;
        plugin.not_before = plugin.crashes.size() > 1 ? now + second_pause : now;
        if (plugin.crashes.size() >= most_crashes) {
            plugin.halted = true;
            told = "left alone: its process ended " + std::to_string(plugin.crashes.size())
                + " times within 10 minutes; the last time: " + closed.problem;
            plugin.problem->message = plugin.id + " is " + told;
            plugin.problem->key = "plugins.quarantined";
            plugin.problem->hint = "\"mortise plugins reload " + plugin.id + "\" starts it again";
        }
    }
    if (told.empty()) return;
    plugin.log->add({
        .time = services.clock.now(),
        .level = LogLevel::error,
        .key = "plugin.quarantined",
        .message = told,
        .fields = {},
        .from_host = true,
    });
}

void PluginManager::State::forgive_crashes(ManagedPlugin& plugin)
{
    const std::scoped_lock lock{plugin.mutex};
    plugin.crashes.clear();
    if (!plugin.halted) return;
    plugin.halted = false;
    plugin.start_failed = false;
    plugin.problem.reset();
}

Result<void> PluginManager::State::load_isolation(ManagedPlugin& plugin)
{
    MORTISE_TRY(const Map choices, store.host_settings(plugin.id, "host."));
    const Value* found = choices.find("isolation");
    const std::scoped_lock lock{plugin.mutex};
    plugin.isolated = found != nullptr && found->text() == "process";
    return {};
}

/// With `admin` held.
Result<void> PluginManager::State::set_isolation(ManagedPlugin& plugin, const Value& value)
{
    if (!value.is_null() && value.text() != "process" && value.text() != "none")
        return Error{
            .code = ErrorCode::invalid,
            .message = std::string{isolation_setting} + " is \"process\" or \"none\"",
            .key = "plugins.isolation",
            .where = std::string{isolation_setting},
        };
    if (services.linked.contains(plugin.id))
        return Error{
            .code = ErrorCode::unsupported,
            .message
            = plugin.id + " is part of this program and has no library that another process could load",
            .key = "plugins.isolation",
            .where = plugin.id,
        };
    const bool was_running = plugin.slot->instance.load() != nullptr;
    MORTISE_CHECK(store.set_setting(plugin.id, isolation_setting, value));
    MORTISE_CHECK(load_isolation(plugin));
    forgive_crashes(plugin);
    const Closing closed = close(plugin, default_patience);
    if (!closed.is_clean)
        return Error{
            .code = ErrorCode::timeout,
            .message = plugin.id + " could not be closed, so it goes on where it is: " + closed.problem,
            .key = "plugins.left_alone",
            .where = plugin.id,
        };
    if (was_running) MORTISE_CHECK(running(plugin));
    return {};
}

Result<void> PluginManager::isolate(std::string_view id, bool isolated)
{
    return set_setting(id, isolation_setting, isolated ? Value{"process"} : Value{});
}

} // namespace mortise::host
