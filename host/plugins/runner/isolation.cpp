/// \file
/// Which plugins run in processes of their own, and what happens when one of these ends.

#include "base/clock.hpp"
#include "plugins/plugin_manager_state.hpp"
#include "plugins/runner/probe.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// So many crashes within this time, and it is left alone until an admin starts it again.
constexpr std::size_t most_crashes = 3;
constexpr std::chrono::minutes crash_memory{10};

constexpr std::string_view isolation_setting = "host.isolation";
constexpr std::string_view quarantine_setting = "host.quarantined";

/// Before the start that follows the second crash, the third ...: 1, 2, 4 ... 60 seconds.
std::chrono::seconds restart_pause(std::size_t crashes)
{
    constexpr std::size_t most_doublings = 6;
    constexpr std::chrono::seconds longest{60};
    return std::min(std::chrono::seconds{1 << std::min(crashes - 2, most_doublings)}, longest);
}

Error quarantined(const std::string& id, std::string_view why)
{
    return {
        .code = ErrorCode::crashed,
        .message = id + " is left alone: " + std::string{why},
        .key = "plugins.quarantined",
        .where = id,
        .hint = "\"mortise plugins reload " + id + "\" starts it again",
    };
}

} // namespace

/// With `life` held.
void PluginManager::State::take_away_crashed(ManagedPlugin& plugin, Instance& instance)
{
    const auto crashed = plugin.slot->instance.load();
    const Closing closed = instance.close(default_patience);
    if (!closed.is_clean) {
        const std::unique_lock lock{mutex};
        left_alone.push_back(crashed);
    }
    plugin.slot->instance.store(nullptr);
    note_crash(plugin, closed.problem);
}

/// With `life` held. The first time the next process is started at once, later after pauses that double.
void PluginManager::State::note_crash(ManagedPlugin& plugin, const std::string& how)
{
    const auto now = SteadyClock::now();
    std::string told;
    {
        const std::scoped_lock lock{plugin.mutex};
        std::erase_if(plugin.crashes, [now](auto time) { return now - time > crash_memory; });
        plugin.crashes.push_back(now);
        plugin.problem = Error{
            .code = ErrorCode::crashed,
            .message = plugin.id + ": " + how,
            .key = std::string{crashed_key},
            .where = plugin.id,
            .hint = "see \"mortise plugins logs " + plugin.id + '"',
        };
        const std::size_t count = plugin.crashes.size();
        plugin.start_failed = count > 1;
        plugin.not_before = count > 1 ? now + restart_pause(count) : now;
        if (count >= most_crashes) {
            told = "its process ended " + std::to_string(count)
                + " times within 10 minutes; the last time: " + how;
            plugin.halted = true;
            plugin.problem = quarantined(plugin.id, told);
        }
    }
    if (told.empty()) return;
    if (auto kept = store.set_setting(plugin.id, quarantine_setting, Value{told}); !kept)
        told += " (until the host ends, since that could not be written: " + kept.error().message + ')';
    plugin.log->add({
        .time = services.clock.now(),
        .level = LogLevel::error,
        .key = "plugin.quarantined",
        .message = "left alone: " + told,
        .fields = {},
        .from_host = true,
    });
}

/// While its next process is waited for. How the one before ended is told by its log, not to who calls now.
Error PluginManager::State::started_later(
    const std::string& id, std::size_t times, SteadyClock::duration pause
)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(pause).count();
    return {
        .code = ErrorCode::busy,
        .message = id + " is started again in " + std::to_string(seconds) + " s, since its process ended "
            + std::to_string(times) + " times within 10 minutes",
        .key = "plugins.restarting",
        .where = id,
        .hint = "try again then; \"mortise plugins logs " + id + "\" tells how it ended",
    };
}

/// An admin wants it to run again.
Result<void> PluginManager::State::forgive_crashes(ManagedPlugin& plugin)
{
    {
        const std::scoped_lock lock{plugin.mutex};
        plugin.crashes.clear();
        if (!plugin.halted) return {};
    }
    MORTISE_CHECK(store.set_setting(plugin.id, quarantine_setting, Value{}));
    const std::scoped_lock lock{plugin.mutex};
    plugin.halted = false;
    plugin.start_failed = false;
    plugin.problem.reset();
    return {};
}

/// How the plugin is to run, and whether it is left alone since before the host's last start.
Result<void> PluginManager::State::load_isolation(ManagedPlugin& plugin)
{
    MORTISE_TRY(const Map choices, store.host_settings(plugin.id, "host."));
    const Value* choice = choices.find("isolation");
    const Value* left_alone_since = choices.find("quarantined");
    const std::scoped_lock lock{plugin.mutex};
    plugin.of_the_system = plugin.chosen && plugin.chosen->folder.parent_path() == folders.installed;
    plugin.isolated
        = choice != nullptr ? choice->text() == "process" : isolates_others && !plugin.of_the_system;
    if (services.linked.contains(plugin.id)) plugin.isolated = false;
    if (left_alone_since != nullptr) {
        plugin.halted = true;
        plugin.problem = quarantined(plugin.id, left_alone_since->text());
    }
    return {};
}

/// Of those that are not registered yet, so that it can be told before they are enabled.
Result<void> PluginManager::State::load_isolations()
{
    for (const auto& plugin : all()) {
        bool is_registered = false;
        {
            const std::scoped_lock lock{plugin->mutex};
            is_registered = plugin->registered;
        }
        if (!is_registered) MORTISE_CHECK(load_isolation(*plugin));
    }
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
    MORTISE_CHECK(forgive_crashes(plugin));
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
    return set_setting(id, isolation_setting, isolated ? Value{"process"} : Value{"none"});
}

/// What a plugin's process would get: tried once. Nothing if no process can be started at all; the first
/// start of a plugin tells why.
std::optional<BoxReport> PluginManager::State::box_of_machine()
{
    const std::scoped_lock lock{probing};
    if (!machine_box)
        if (const auto probed = probe_box(runner_program())) machine_box = *probed;
    return machine_box;
}

} // namespace mortise::host
