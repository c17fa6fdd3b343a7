/// \file
/// What the manager tells of a plugin: its state, what is wrong with it, and what it may do.

#include "base/time_text.hpp"
#include "plugins/event_rights.hpp"
#include "plugins/plugin_manager_state.hpp"
#include "plugins/registration.hpp"
#include "records/records.hpp"

#include <algorithm>
#include <iterator>

namespace mortise::host {

namespace {

/// What it may write without a permission: "leadscore_note", "contact.leadscore_points".
std::vector<std::string> owned_by(const Manifest& manifest)
{
    std::vector<std::string> owned;
    for (const TypeDeclaration& type : manifest.types) {
        if (!type.extends) {
            owned.push_back(type.name);
            continue;
        }
        for (const auto& field : type.fields)
            owned.push_back(type.name + '.' + field.name);
    }
    return owned;
}

/// What it asks for and was granted.
/// That a hook of it failed since its code was loaded.
Error problem_of(const std::string& id, const HookFailure& failure)
{
    std::string message = "hook " + failure.hook + " failed ";
    if (failure.count > 1) message += std::to_string(failure.count) + " times, last ";
    message += "at " + failure.point + ", " + format_instant(failure.last) + ": " + failure.error;
    return {
        .code = ErrorCode::exception,
        .message = std::move(message),
        .key = "hooks.failed",
        .where = failure.hook,
        .hint = "\"mortise plugins logs " + id
            + "\" tells each time; the fault is the plugin's: tell its vendor, or upgrade it",
    };
}

/// What its running code adds.
void tell_running(PluginStatus& status, const Instance& instance)
{
    status.process = instance.process();
    status.state
        = instance.state() == InstanceState::quarantined ? PluginState::quarantined : PluginState::active;
    if (status.state == PluginState::quarantined)
        status.problems.push_back({
            .code = ErrorCode::timeout,
            .message = instance.problem(),
            .key = "plugins.quarantined",
            .where = status.id,
            .hint = "start the host again, or disable the plugin",
        });
    std::ranges::copy(instance.warnings(), std::back_inserter(status.warnings));
    if (status.process != 0 && status.box && status.box->tier() < BoxTier::boxed)
        status.warnings.push_back(
            "its process is not closed off from the files of the host's user: this machine gives a box of "
            "tier \""
            + std::string{name_of(status.box->tier())} + "\" (" + status.box->words() + ')'
        );
    status.bound = instance.bound();
}

void tell_version(PluginStatus& status, const Candidate& chosen)
{
    const Manifest& manifest = *chosen.manifest;
    status.name = manifest.name;
    status.version = manifest.version.text();
    status.summary = manifest.summary;
    status.vendor = manifest.vendor;
    status.homepage = manifest.homepage;
    status.license = manifest.license;
    status.folder = chosen.folder.string();
    status.asked = manifest.permissions;
    status.owns = owned_by(manifest);
    status.problems = chosen.errors;
    status.state = status.problems.empty() ? PluginState::verified : PluginState::discovered;
    const bool is_changed = !status.problems.empty() && status.problems.front().key == "package.changed";
    if (status.enabled && is_changed) status.state = PluginState::failed;
}

} // namespace

/// With its `mutex` held: events that it subscribes to and is not given.
void PluginManager::State::tell_withheld(PluginStatus& status, const ManagedPlugin& plugin) const
{
    if (!plugin.registered || !plugin.chosen || !plugin.grants) return;
    const Manifest& manifest = *plugin.chosen->manifest;
    for (const WithheldEvents& withheld :
         withheld_events(manifest, *services.records.schema(), *plugin.grants))
        status.problems.push_back({
            .code = ErrorCode::denied,
            .message = "events \"" + withheld.pattern + "\" are not delivered to it: it has no permission \""
                + withheld.permission + '"',
            .key = "plugins.events_withheld",
            .where = "/subscribes/" + std::to_string(withheld.subscription) + "/on",
            .hint = how_to_allow(manifest, withheld.permission),
        });
}

/// With its `mutex` held, of one that does not run: it will not, until its files are mended.
void PluginManager::State::tell_changed(
    PluginStatus& status, const ManagedPlugin& plugin, const Error& changed
)
{
    if (!plugin.halted) status.state = status.enabled ? PluginState::failed : PluginState::discovered;
    if (std::ranges::find(status.problems, changed.key, &Error::key) == status.problems.end())
        status.problems.insert(status.problems.begin(), changed);
}

PluginStatus PluginManager::State::status_of(const ManagedPlugin& plugin) const
{
    PluginStatus status;
    status.id = plugin.id;
    const auto instance = plugin.slot->instance.load();
    std::optional<Candidate> chosen;
    {
        const std::scoped_lock lock{plugin.mutex};
        chosen = plugin.chosen;
    }
    const auto changed = chosen ? changed_on_disk(*chosen) : std::nullopt;
    const std::scoped_lock lock{plugin.mutex};
    status.enabled = plugin.record.enabled;
    if (plugin.chosen) status.granted = granted_of(plugin.record, *plugin.chosen->manifest);
    for (PermissionUse& use : plugin.uses->all())
        if (std::ranges::find(status.granted, use.permission) != status.granted.end())
            status.uses.push_back(std::move(use));
    status.migrating_from = plugin.record.migrating_from;
    status.pinned = plugin.pinned;
    status.isolated = plugin.isolated;
    status.crashes = static_cast<int>(plugin.crashes.size());
    if (plugin.isolated) status.box = plugin.box;
    for (const Candidate& candidate : plugin.candidates)
        status.versions.push_back(candidate.manifest->version.text());
    if (plugin.chosen) {
        tell_version(status, *plugin.chosen);
    } else
        status.problems.push_back({
            .code = ErrorCode::not_found,
            .message = "its folder is gone",
            .key = "plugins.gone",
            .where = plugin.id,
            .hint = "install it again, or remove it",
        });
    if (status.enabled && status.problems.empty())
        status.state = plugin.registered ? PluginState::resolved : PluginState::unresolved;
    if (plugin.problem) status.problems.push_back(*plugin.problem);
    if (plugin.start_failed) status.state = PluginState::failed;
    if (plugin.halted) status.state = PluginState::quarantined;
    tell_withheld(status, plugin);
    for (const HookFailure& failure : plugin.stats->failed_hooks())
        status.problems.push_back(problem_of(status.id, failure));
    const bool runs = instance && !instance->has_crashed();
    if (changed && runs)
        status.warnings.push_back(changed->message + ": it would not start again; " + changed->hint);
    else if (changed)
        tell_changed(status, plugin, *changed);
    if (!runs) return status;
    tell_running(status, *instance);
    return status;
}

} // namespace mortise::host
