#include "base/clock.hpp"
#include "plugins/install/plugin_folder.hpp"
#include "plugins/plugin_manager_state.hpp"
#include "plugins/records_fit.hpp"
#include "plugins/registration.hpp"
#include "records/records.hpp"

#include <algorithm>
#include <thread>

namespace mortise::host {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds start_patience{10};

/// After so many failed starts before: 1, 2, 4 ... 60 seconds.
std::chrono::seconds start_pause(int failed_before)
{
    constexpr int most_doublings = 6;
    constexpr std::chrono::seconds longest{60};
    return std::min(std::chrono::seconds{1 << std::min(failed_before, most_doublings)}, longest);
}

} // namespace

Error PluginManager::State::closing_error(const std::string& id)
{
    return {
        .code = ErrorCode::busy,
        .message = id + " is not running: it is disabled, or being taken down",
        .key = "plugins.not_running",
        .where = id,
        .hint = "see \"mortise plugins info " + id + '"',
    };
}

/// The running instance; starts it if it is not.
Result<std::shared_ptr<Instance>> PluginManager::State::running(ManagedPlugin& plugin, WhileSwitching what)
{
    if (auto instance = plugin.slot->instance.load(std::memory_order_acquire);
        instance && instance->is_active())
        return instance;
    const auto end = SteadyClock::now() + start_patience;
    while (what == WhileSwitching::wait && plugin.switching && SteadyClock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    std::unique_lock life{plugin.life, std::defer_lock};
    while (!life.try_lock_for(std::chrono::milliseconds{5}))
        if (!plugin.accepting || SteadyClock::now() > end) return closing_error(plugin.id);
    if (auto instance = plugin.slot->instance.load(std::memory_order_acquire)) {
        if (!instance->has_crashed()) return instance;
        take_away_crashed(plugin, *instance);
    }
    if (!plugin.accepting) return closing_error(plugin.id);
    return start(plugin);
}

/// For a change of a record, which waits for the next version, and for nothing else.
Result<std::shared_ptr<Instance>> PluginManager::State::running_for_hook(const std::string& id)
{
    MORTISE_TRY(const auto plugin, require(id));
    if (auto instance = plugin->slot->instance.load(); instance && instance->is_active()) return instance;
    auto started = plugin->switching ? closing_error(id) : running(*plugin, WhileSwitching::fail);
    if (started) return started;
    if (plugin->switching)
        return Error{
            .code = ErrorCode::busy,
            .message = id + " is changing its version",
            .key = "hooks.not_yet",
            .where = id,
            .hint = "try again in a moment",
        };
    return why_no_hook(*plugin, std::move(started).error());
}

/// Of one that is not registered the reason of that; if there is none, that is about to change.
Error PluginManager::State::why_no_hook(const ManagedPlugin& plugin, Error otherwise)
{
    const std::scoped_lock lock{plugin.mutex};
    if (plugin.registered) return otherwise;
    if (plugin.record.enabled && plugin.chosen && !plugin.chosen->errors.empty())
        return plugin.chosen->errors.front();
    if (plugin.record.enabled && plugin.problem) return *plugin.problem;
    return {
        .code = ErrorCode::busy,
        .message = plugin.id + ", whose hook must see this change, is being started or taken down",
        .key = std::string{PluginHooks::changing_key},
        .where = plugin.id,
        .hint = "try again in a moment",
    };
}

/// Starts it where calls wait for that: in a switch.
Result<void> PluginManager::State::start_now(ManagedPlugin& plugin)
{
    const std::scoped_lock life{plugin.life};
    if (plugin.slot->instance.load()) return {};
    MORTISE_CHECK(start(plugin));
    return {};
}

/// With `life` held.
Result<std::shared_ptr<Instance>> PluginManager::State::start(ManagedPlugin& plugin)
{
    InstanceSpec spec;
    if (auto refused = refused_by_policy(plugin)) return *std::move(refused);
    std::optional<Candidate> chosen;
    {
        const std::scoped_lock lock{plugin.mutex};
        const auto pause = plugin.not_before - SteadyClock::now();
        const bool is_paused = plugin.start_failed && pause.count() > 0;
        if (!plugin.halted && is_paused && plugin.crashes.size() > 1 && plugin.problem->key == crashed_key)
            return started_later(plugin.id, plugin.crashes.size(), pause);
        if (plugin.halted || is_paused) return *plugin.problem;
        if (plugin.isolated) spec.runner = runner_program();
        spec.least_tier = std::max(least_tier.load(), BoxTier::process);
        spec.manifest = plugin.chosen->manifest;
        spec.library = plugin.chosen->library();
        chosen = plugin.chosen;
        spec.grants = plugin.grants;
    }
    if (!spec.library.empty()) {
        auto digest = library_digest(*chosen);
        if (!digest) return not_started(plugin, std::move(digest).error());
        spec.library_digest = *std::move(digest);
    }
    spec.copies = folders.run;
    // What was put into the data folder and is of no package comes from a developer, with a debugger perhaps.
    if (!spec.library_digest && chosen->folder.parent_path().parent_path() == folders.data)
        spec.copy_form = CopyForm::file;
    spec.stats = plugin.stats;
    spec.log = plugin.log;
    spec.quotas = plugin.quotas;
    spec.net_options = plugin.net_options;
    spec.calls = &functions.calls();
    spec.services = &services;
    MORTISE_TRY(spec.settings, settings_of(plugin));
    MORTISE_CHECK(load_quotas(plugin));
    MORTISE_CHECK(load_net_options(plugin));
    const bool is_isolated = !spec.runner.empty();
    auto opened = Instance::open(std::move(spec));
    if (!opened && is_isolated
        && (opened.error().code == ErrorCode::crashed || opened.error().code == ErrorCode::timeout))
        note_crash(plugin, opened.error().message);
    if (!opened) return not_started(plugin, std::move(opened).error());
    const std::scoped_lock lock{plugin.mutex};
    if (is_isolated) plugin.box = (*opened)->box();
    plugin.start_failed = false;
    plugin.failed_starts = 0;
    plugin.problem.reset();
    plugin.stats->forget_failed_hooks();
    plugin.slot->instance.store(*opened, std::memory_order_release);
    return opened;
}

/// With `life` held: keeps why it did not start, and lets the next try wait. Returns it.
Error PluginManager::State::not_started(ManagedPlugin& plugin, Error why)
{
    const std::scoped_lock lock{plugin.mutex};
    if (why.key == "package.changed" && plugin.chosen) why.hint = how_to_install_again(plugin.chosen->folder);
    if (!plugin.halted) plugin.problem = why;
    plugin.start_failed = true;
    plugin.not_before = SteadyClock::now() + start_pause(plugin.failed_starts++);
    plugin.log->add({
        .time = services.clock.now(),
        .level = LogLevel::error,
        .key = "plugin.not_started",
        .message = "did not start: " + why.message,
        .fields = {},
        .from_host = true,
    });
    return why;
}

Closing PluginManager::State::close(ManagedPlugin& plugin, std::chrono::milliseconds patience)
{
    const std::scoped_lock life{plugin.life};
    const auto instance = plugin.slot->instance.load();
    if (!instance) return {.is_clean = true, .problem = {}, .unloaded = {true, {}}};
    Closing closed = instance->close(patience);
    if (instance->state() == InstanceState::quarantined) {
        const std::unique_lock lock{mutex};
        if (std::ranges::find(left_alone, instance) == left_alone.end()) left_alone.push_back(instance);
        return closed;
    }
    if (!closed.is_clean) return closed;
    plugin.slot->instance.store(nullptr);
    if (plugin.accepting) attach_jobs(find(plugin.id)); // closing took its jobs away, and it is only reloaded
    if (!closed.unloaded.unmapped) {
        const std::scoped_lock lock{plugin.mutex};
        plugin.pinned = closed.unloaded.pinned_because;
        plugin.log->add({
            .time = services.clock.now(),
            .level = LogLevel::warning,
            .key = "plugin.pinned",
            .message = "its code stays in memory: " + plugin.pinned,
            .fields = {},
            .from_host = true,
        });
    }
    return closed;
}

Result<void> PluginManager::enable(std::string_view id)
{
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(const auto plugin, m_state->require(id));
    return m_state->enable(plugin);
}

/// Enabling failed: all is as it was before.
Result<void> PluginManager::State::back_to(
    const ManagedPointer& plugin, const PluginRecord& before, const Schema& types, Error why
)
{
    unregister_plugin(plugin);
    close(*plugin, default_patience);
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->record = before;
        if (before.enabled) plugin->problem = why;
    }
    if (why.key == records_unfit_key) {
        MORTISE_CHECK(put_types_back(plugin, types));
        why.hint += "; until then it stays as it was";
    }
    refresh_hooks();
    return why;
}

/// With `admin` held.
Result<void> PluginManager::State::enable(const ManagedPointer& plugin)
{
    MORTISE_CHECK(forgive_crashes(*plugin));
    PluginRecord before;
    PluginRecord record;
    {
        const std::scoped_lock own{plugin->mutex};
        before = plugin->record;
        if (!plugin->registered) plugin->chosen = choose(*plugin);
        if (!plugin->chosen)
            return Error{
                .code = ErrorCode::not_found,
                .message = "the folder of " + plugin->id + " is gone",
                .key = "plugins.gone",
                .where = plugin->id,
            };
        if (!plugin->chosen->errors.empty()) return plugin->chosen->errors.front();
        record = plugin->record;
        record.id = plugin->id;
        record.enabled = true;
        grant_all(record, *plugin->chosen->manifest);
    }
    const Resolution resolution = resolve_enabled(plugin.get());
    if (const auto refused = resolution.refused.find(plugin->id); refused != resolution.refused.end())
        return refused->second;
    if (before.enabled && before.granted == record.granted && plugin->accepting) return {};
    std::optional<Candidate> chosen;
    {
        const std::scoped_lock own{plugin->mutex};
        chosen = plugin->chosen;
    }
    MORTISE_TRY(const auto judgement, judge_installed(*chosen));
    const SchemaPointer types_before = services.records.schema();
    unregister_plugin(plugin); // so that what it was newly granted counts
    close(*plugin, default_patience);
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->record = record;
    }
    if (auto registered = register_plugin(plugin); !registered)
        return back_to(plugin, before, *types_before, std::move(registered).error());
    {
        const std::scoped_lock own{plugin->mutex};
        record = plugin->record;
    }
    MORTISE_CHECK(store.save(record));
    if (judgement) {
        MORTISE_CHECK(trust.keep_first(plugin->id, *judgement));
        MORTISE_CHECK(trust.note_version(plugin->id, chosen->manifest->version));
    }
    register_enabled(); // others may have waited for this one
    return {};
}

Result<void> PluginManager::disable(std::string_view id, std::chrono::milliseconds patience)
{
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(const auto plugin, m_state->require(id));
    return m_state->disable(plugin, patience);
}

/// With `admin` held.
Result<void> PluginManager::State::disable(const ManagedPointer& plugin, std::chrono::milliseconds patience)
{
    for (const auto& other : all()) {
        const auto manifest = other->manifest();
        const std::scoped_lock own{other->mutex};
        if (other->registered && other != plugin && manifest->requires_plugins.contains(plugin->id))
            return Error{
                .code = ErrorCode::state,
                .message = plugin->id + " is needed by " + other->id,
                .key = "plugins.needed",
                .where = other->id,
                .hint = "disable " + other->id + " first",
            };
    }
    if (const auto instance = plugin->slot->instance.load(); instance && Frame::is_inside(*instance))
        return Error{
            .code = ErrorCode::deadlock,
            .message = "a plugin cannot disable itself",
            .key = "plugins.deadlock",
            .where = plugin->id,
        };
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->record.id = plugin->id;
        plugin->record.enabled = false;
    }
    unregister_plugin(plugin);
    refresh_hooks(); // of one that could not be registered too: it refuses nothing any more
    const Closing closed = close(*plugin, patience);
    PluginRecord record;
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->problem.reset();
        plugin->start_failed = false;
        record = plugin->record;
    }
    MORTISE_CHECK(store.save(record));
    if (closed.is_clean) return {};
    return Error{
        .code = ErrorCode::timeout,
        .message = plugin->id + " is disabled, but its code could not be ended: " + closed.problem,
        .key = "plugins.left_alone",
        .where = plugin->id,
        .hint = "nothing is asked of it any more; it is gone when the host is started again",
    };
}

Result<void> PluginManager::activate(std::string_view id)
{
    MORTISE_TRY(const auto plugin, m_state->require(id));
    auto started = m_state->running(*plugin);
    if (started) return {};
    const std::scoped_lock own{plugin->mutex};
    if (plugin->record.enabled && !plugin->registered && plugin->problem) return *plugin->problem;
    return std::move(started).error();
}

Result<void> PluginManager::grant(std::string_view id, const std::vector<std::string>& permissions)
{
    {
        MORTISE_TRY(const auto plugin, m_state->require(id));
        const std::scoped_lock own{plugin->mutex};
        for (const std::string& permission : permissions) {
            const auto& asked
                = plugin->chosen ? plugin->chosen->manifest->permissions : std::vector<std::string>{};
            if (std::ranges::find(asked, permission) == asked.end())
                return Error{
                    .code = ErrorCode::invalid,
                    .message = plugin->id + " does not ask for \"" + permission + '"',
                    .key = "plugins.not_asked",
                    .where = permission,
                    .hint = "only what its manifest asks for can be granted",
                };
            if (std::ranges::find(plugin->record.granted, permission) == plugin->record.granted.end())
                plugin->record.granted.push_back(permission);
            std::erase(plugin->record.dropped, permission);
        }
    }
    return m_state->grants_changed(id);
}

Result<void> PluginManager::revoke(std::string_view id, const std::vector<std::string>& permissions)
{
    {
        MORTISE_TRY(const auto plugin, m_state->require(id));
        const std::scoped_lock own{plugin->mutex};
        for (const std::string& permission : permissions) {
            std::erase(plugin->record.granted, permission);
            std::erase(plugin->record.dropped, permission);
        }
    }
    return m_state->grants_changed(id);
}

/// Saves the grants and lets them count: the plugin is taken down and, if its rights still suffice, up again.
Result<void> PluginManager::State::grants_changed(std::string_view id)
{
    const std::scoped_lock lock{admin};
    MORTISE_TRY(const auto plugin, require(id));
    return let_grants_count(plugin);
}

/// With `admin` held.
Result<void> PluginManager::State::let_grants_count(const ManagedPointer& plugin)
{
    PluginRecord record;
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->record.id = plugin->id;
        record = plugin->record;
    }
    MORTISE_CHECK(store.save(record));
    if (!record.enabled) return {};
    unregister_plugin(plugin);
    close(*plugin, default_patience);
    auto registered = register_plugin(plugin);
    if (!registered) {
        const std::scoped_lock own{plugin->mutex};
        plugin->problem = registered.error();
    }
    return registered;
}

} // namespace mortise::host
