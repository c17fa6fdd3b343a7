#include "base/clock.hpp"
#include "commands/registry.hpp"
#include "events/dispatcher.hpp"
#include "jobs/job_queue.hpp"
#include "plugins/event_rights.hpp"
#include "plugins/plugin_manager_state.hpp"
#include "plugins/registration.hpp"
#include "records/records.hpp"

#include <algorithm>
#include <thread>

namespace mortise::host {

namespace {

/// While a plugin is reloaded its calls wait this long.
constexpr std::chrono::seconds reload_patience{10};

/// Notes how long a plugin took to be declared, from its making to its end.
class DeclareTimer {
public:
    DeclareTimer(const Clock& clock, PluginStats& stats) : m_stats{stats}, m_at{clock.now()} { }
    ~DeclareTimer()
    {
        const auto spent = std::chrono::steady_clock::now() - m_began;
        m_stats.note_declared(
            m_at,
            static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count())
        );
    }
    DeclareTimer(const DeclareTimer&) = delete;
    DeclareTimer& operator=(const DeclareTimer&) = delete;

private:
    PluginStats& m_stats;
    const Instant m_at;
    const std::chrono::steady_clock::time_point m_began{std::chrono::steady_clock::now()};
};

bool is_closing(const Error& error)
{
    return error.key == "plugins.closing";
}

} // namespace

/// All that are enabled and fit, in the order of their requirements.
void PluginManager::State::register_enabled()
{
    refresh_hooks(); // they hold before the first one writes
    const Resolution resolution = resolve_enabled(nullptr);
    for (const auto& [id, error] : resolution.refused)
        if (const auto plugin = find(id)) {
            const std::scoped_lock lock{plugin->mutex};
            plugin->problem = error;
        }
    std::vector<ManagedPointer> registered;
    const auto note = [](const ManagedPointer& plugin, const Result<void>& done) {
        if (done) return;
        const std::scoped_lock lock{plugin->mutex};
        plugin->problem = done.error();
    };
    for (const std::string& id : resolution.order) {
        const auto plugin = find(id);
        {
            const std::scoped_lock lock{plugin->mutex};
            if (plugin->registered) continue;
        }
        auto done = register_plugin(plugin, Start::migrated_later);
        note(plugin, done);
        if (done) registered.push_back(plugin);
    }
    refresh_hooks();
    for (const auto& plugin : registered) // what they write meets the hooks of those behind them too
        note(plugin, migrate_if_needed(plugin));
}

/// Makes known to the host all that the manifest declares. On an error nothing of it is left. With
/// `Start::first` its code runs, and its records are migrated, before anything can be asked of it.
Result<void> PluginManager::State::register_plugin(const ManagedPointer& plugin, Start start_when)
{
    const auto manifest = plugin->manifest();
    const DeclareTimer timer{services.clock, *plugin->stats};
    PluginRecord record;
    std::optional<Candidate> chosen;
    {
        const std::scoped_lock lock{plugin->mutex};
        record = plugin->record;
        chosen = plugin->chosen;
    }
    if (chosen) MORTISE_CHECK(check_fit(*chosen));
    std::vector<std::string> permissions;
    for (const std::string& granted : record.granted) // what a version does not ask for it does not have
        if (std::ranges::find(manifest->permissions, granted) != manifest->permissions.end())
            permissions.push_back(granted);
    const bool is_rehearsal = mode == PluginMode::rehearsal;
    if (is_rehearsal)
        std::erase_if(permissions, [](const std::string& permission) {
            return permission.starts_with("net:");
        });
    const std::vector<std::string> granted = permissions;
    std::ranges::copy(manifest->own_permissions(), std::back_inserter(permissions));
    if (!manifest->types.empty()) MORTISE_CHECK(services.records.declare(plugin->id, manifest->types));
    MORTISE_CHECK(check_against_schema(*manifest, *services.records.schema(), granted));
    const std::string version = manifest->version.text();
    if (record.version != version) {
        const auto before = Version::parse(record.version);
        if (before && *before < manifest->version && record.migrating_from.empty())
            record.migrating_from = record.version;
        record.version = version;
        MORTISE_CHECK(store.save(record));
    }
    {
        const std::scoped_lock lock{plugin->mutex};
        plugin->record = record;
        plugin->grants
            = std::make_shared<const PluginGrants>(plugin->id, std::move(permissions), plugin->uses);
        plugin->problem.reset();
        plugin->start_failed = false;
        plugin->failed_starts = 0;
        plugin->not_before = {};
        plugin->registered = true;
    }
    MORTISE_CHECK(load_isolation(*plugin));
    plugin->accepting = true;
    Result<void> done;
    if (start_when == Start::first) {
        done = start_now(*plugin);
        if (done) done = migrate_if_needed(plugin);
    }
    if (done) done = register_commands(plugin, *manifest);
    if (done && !is_rehearsal) done = register_subscriptions(plugin, *manifest);
    if (done && !is_rehearsal) done = schedules.set(*manifest);
    if (!done) {
        unregister_plugin(plugin, start_when == Start::first ? Leave::calls_waiting : Leave::nothing);
        return done;
    }
    refresh_hooks();
    attach_jobs(plugin);
    if (start_when == Start::migrated_later) return {};
    return migrate_if_needed(plugin);
}

void PluginManager::State::attach_jobs(const ManagedPointer& plugin)
{
    services.jobs.attach(plugin->id, [this, plugin](const Job& job) -> Result<Value> {
        auto instance = running(*plugin);
        if (!instance)
            return Error{
                .code = ErrorCode::retry, .message = instance.error().message, .key = "jobs.no_plugin"
            };
        return (*instance)->run_job(job);
    });
}

/// What was registered is taken back. In a switch its commands and hooks stay, so that calls and changes of
/// records wait for the next version instead of passing it by.
void PluginManager::State::unregister_plugin(const ManagedPointer& plugin, Leave leave)
{
    std::vector<std::int64_t> subscriptions;
    {
        const std::scoped_lock lock{plugin->mutex};
        if (!plugin->registered) return;
        plugin->registered = false;
        subscriptions.swap(plugin->subscriptions);
    }
    plugin->accepting = false;
    schedules.remove(plugin->id);
    if (leave == Leave::nothing) unregister_calls(plugin);
    for (const std::int64_t subscription : subscriptions)
        services.dispatcher.detach(subscription);
    services.jobs.detach(plugin->id, default_patience);
}

void PluginManager::State::unregister_calls(const ManagedPointer& plugin)
{
    services.commands.remove_provider(plugin->id);
    refresh_hooks();
}

Result<void> PluginManager::State::register_commands(const ManagedPointer& plugin, const Manifest& manifest)
{
    std::vector<std::pair<CommandInfo, CommandFunction>> commands;
    for (const CommandInfo& info : manifest.commands) {
        const std::chrono::milliseconds timeout{info.timeout_ms};
        const auto run = [this, plugin, name = info.name, schema = info.arguments, timeout](
                             const CallContext& context, const Map& given
                         ) -> Result<Value> {
            const Frame* frame = Frame::current();
            const auto patience = frame && frame->patience ? *frame->patience : timeout;
            const Map arguments = with_defaults(schema, given);
            const auto end = std::chrono::steady_clock::now() + reload_patience;
            while (true) {
                MORTISE_TRY(const auto instance, running(*plugin));
                auto answer = instance->run_command(name, context, arguments, patience);
                if (answer || !is_closing(answer.error()) || std::chrono::steady_clock::now() > end)
                    return answer;
                std::this_thread::sleep_for(std::chrono::milliseconds{1}); // it is being reloaded
            }
        };
        commands.emplace_back(info, run);
    }
    return services.commands.set_provider(plugin->id, std::move(commands));
}

Result<void>
PluginManager::State::register_subscriptions(const ManagedPointer& plugin, const Manifest& manifest)
{
    Principal principal;
    principal.scope = RowScope::all;
    principal.plugin = plugin->grants;
    for (const SubscriptionDeclaration& declared : manifest.subscriptions) {
        SubscriptionSpec spec;
        spec.plugin = plugin->id;
        spec.name = declared.name;
        spec.patterns = declared.patterns;
        spec.principal = principal;
        spec.batch = declared.batch;
        spec.from_start = declared.from_start;
        const EventHandler handle = [this, plugin, name = declared.name](
                                        std::span<const Event> events, const CallContext& context
                                    ) -> DeliveryOutcome {
            auto instance = running(*plugin);
            if (instance) return (*instance)->deliver(name, events, context);
            Error error = std::move(instance).error();
            error.code = ErrorCode::busy; // the events are not to blame: they wait
            return {.handled = 0, .work = {}, .error = std::move(error)};
        };
        const auto hand_over_allowed
            = [this, handle, grants = principal.plugin](
                  std::span<const Event> events, const CallContext& context
              ) { return hand_over(events, context, *services.records.schema(), *grants, handle); };
        MORTISE_TRY(const std::int64_t id, services.dispatcher.attach(spec, hand_over_allowed));
        const std::scoped_lock lock{plugin->mutex};
        plugin->subscriptions.push_back(id);
    }
    return {};
}

/// The hooks of all registered plugins, by the types that there are now. Of a plugin that is enabled and
/// cannot be registered those that must run: they refuse, since nobody can be asked.
void PluginManager::State::refresh_hooks()
{
    if (stopped) return; // what is still written meets the hooks that there were
    const SchemaPointer schema = services.records.schema();
    std::vector<PluginHooks::Hook> found;
    for (const auto& plugin : all()) {
        const std::scoped_lock lock{plugin->mutex};
        if (!plugin->registered && (!plugin->record.enabled || !plugin->chosen)) continue;
        for (const HookDeclaration& hook : plugin->chosen->manifest->hooks) {
            if (!plugin->registered && hook.on_failure != OnFailure::refuse) continue;
            if (const TypePointer type = schema->find(hook.type))
                found.push_back({plugin->slot, hook, type->id});
        }
    }
    hooks.set(std::move(found));
}

/// After an upgrade: lets the plugin rewrite its records in batches. Goes on where it was cut off.
Result<void> PluginManager::State::migrate_if_needed(const ManagedPointer& plugin)
{
    PluginRecord record;
    {
        const std::scoped_lock lock{plugin->mutex};
        record = plugin->record;
    }
    if (record.migrating_from.empty()) return {};
    MORTISE_TRY(const auto instance, running(*plugin));
    const Manifest& manifest = instance->manifest();
    // What is written from here on the new version writes: it need not be caught up with.
    MORTISE_TRY(const Id bound, services.records.reserve(1));
    bool is_ahead = !record.migrated_type.empty();
    for (const TypeDeclaration& type : manifest.types) {
        if (type.extends || (is_ahead && type.name != record.migrated_type)) continue;
        std::uint64_t after = is_ahead ? static_cast<std::uint64_t>(record.migrated_to) : 0;
        is_ahead = false;
        do {
            MORTISE_TRY(
                after, instance->migrate(type.name, record.migrating_from, manifest.version.text(), after)
            );
            record.migrated_type = type.name;
            record.migrated_to = static_cast<std::int64_t>(after);
            if (after != 0) MORTISE_CHECK(store.save(record));
        } while (after != 0 && static_cast<std::int64_t>(after) < bound.number);
    }
    record.migrating_from.clear();
    record.migrated_type.clear();
    record.migrated_to = 0;
    MORTISE_CHECK(store.save(record));
    const std::scoped_lock lock{plugin->mutex};
    plugin->record = record;
    return {};
}

} // namespace mortise::host
