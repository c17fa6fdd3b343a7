#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "commands/registry.hpp"
#include "events/dispatcher.hpp"
#include "jobs/job_queue.hpp"
#include "plugins/event_rights.hpp"
#include "plugins/plugin_manager_state.hpp"
#include "plugins/records_fit.hpp"
#include "plugins/registration.hpp"
#include "plugins/runner/runner.hpp"
#include "records/declaration_fit.hpp"
#include "records/records.hpp"
#include "store/database.hpp"

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
    return error.key == "plugins.closing" || error.key == not_reached_key;
}

/// That records could not be brought to the present version, how far it came, and what to do. Also told to
/// the plugin's log.
Error not_migrated(
    const Instance& instance,
    const PluginRecord& record,
    const TypeDeclaration& type,
    std::uint64_t after,
    PluginMode mode,
    Error why
)
{
    const std::string& id = instance.id();
    const std::string version = instance.manifest().version.text();
    const std::string place = after == 0 ? "; none is done" : "; done up to " + std::to_string(after);
    why.message = id + " could not migrate its records of " + type.name + " from " + record.migrating_from
        + " to " + version + place + ": " + why.message;
    if (why.where.empty()) why.where = type.name;
    // The log of a rehearsal goes with the copy.
    const std::string more
        = mode == PluginMode::rehearsal ? "" : "\"mortise plugins logs " + id + "\" tells more; ";
    why.hint += (why.hint.empty() ? "" : "; ") + std::string{"the fault is the plugin's: "} + more
        + "try a mended version with \"mortise plugins upgrade --rehearse FILE\" first";
    instance.log().add({
        .time = instance.services().clock.now(),
        .level = LogLevel::error,
        .key = "plugin.not_migrated",
        .message = why.message,
        .fields = {
            {"type", type.name},
            {"from", record.migrating_from},
            {"to", version},
            {"after", static_cast<std::int64_t>(after)},
        },
        .from_host = true,
    });
    return why;
}

/// What the plugin's log says of an event that its handler did not deal with.
LogLine line_of(const std::string& subscription, const DeliveryFailure& failure)
{
    const std::string event = std::to_string(failure.number);
    const std::string next = failure.next ? format_instant(*failure.next) : std::string{};
    std::string message = "subscription " + subscription + " failed at event " + event + " (" + failure.type
        + "), attempt " + std::to_string(failure.attempts) + ": " + failure.error;
    message += failure.next ? "; next try at " + next
                            : "; given up: \"mortise events dead-letters retry\" delivers it once more";
    return {
        .time = failure.at,
        .level = LogLevel::error,
        .key = failure.next ? "events.failed" : "events.given_up",
        .message = std::move(message),
        .fields = {
            {"subscription", subscription},
            {"event", event},
            {"type", failure.type},
            {"attempt", failure.attempts},
            {"next", failure.next ? Value{*failure.next} : Value{}},
        },
        .from_host = true,
    };
}

/// What the plugin's log says of a try of a job that failed.
LogLine line_of(const Job& job, const Error& error, Instant now)
{
    const bool is_last = job.tries >= job.draft.attempts;
    std::string message = "job " + job.draft.name + " (" + std::to_string(job.draft.id) + ") failed, try "
        + std::to_string(job.tries) + " of " + std::to_string(job.draft.attempts) + ": " + error.message;
    message += is_last ? "; given up" : "; it is tried again";
    return {
        .time = now,
        .level = LogLevel::error,
        .key = is_last ? "jobs.given_up" : "jobs.failed",
        .message = std::move(message),
        .fields = {{"job", job.draft.name}, {"id", job.draft.id}, {"try", job.tries}, {"error", error.key}},
        .from_host = true,
    };
}

/// Tells whether it is another one than before. A newer one migrates the records of the one before.
bool note_version(PluginRecord& record, const Version& version)
{
    if (record.version == version.text()) return false;
    const auto before = Version::parse(record.version);
    if (before && *before < version && record.migrating_from.empty()) record.migrating_from = record.version;
    record.version = version.text();
    return true;
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
Result<void> PluginManager::State::register_plugin(const ManagedPointer& plugin, Start start_when, Fit fit)
{
    const auto manifest = plugin->manifest();
    const SchemaPointer types_before = services.records.schema();
    const DeclareTimer timer{services.clock, *plugin->stats};
    PluginRecord record;
    std::optional<Candidate> chosen;
    {
        const std::scoped_lock lock{plugin->mutex};
        record = plugin->record;
        chosen = plugin->chosen;
    }
    if (chosen) MORTISE_CHECK(check_fit(*chosen));
    std::vector<std::string> permissions = granted_of(record, *manifest);
    if (mode == PluginMode::rehearsal)
        std::erase_if(permissions, [](const std::string& permission) {
            return permission.starts_with("net:");
        });
    const std::vector<std::string> granted = permissions;
    std::ranges::copy(manifest->own_permissions(), std::back_inserter(permissions));
    if (!manifest->types.empty()) MORTISE_CHECK(services.records.declare(plugin->id, manifest->types));
    MORTISE_CHECK(check_against_schema(*manifest, *services.records.schema(), granted));
    if (note_version(record, manifest->version)) MORTISE_CHECK(store.save(record));
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
    const bool is_upgraded
        = !record.migrating_from.empty() && start_when != Start::migrated_later && fit == Fit::needed;
    MORTISE_CHECK(load_isolation(*plugin));
    plugin->accepting = true;
    Result<void> done;
    if (start_when == Start::first) {
        done = start_now(*plugin);
        if (done) done = migrate_if_needed(plugin);
        if (done && is_upgraded) done = check_records(*manifest, *types_before);
    }
    if (done) done = register_calls(plugin, *manifest);
    if (!done) {
        unregister_plugin(plugin, start_when == Start::first ? Leave::calls_waiting : Leave::nothing);
        return done;
    }
    refresh_hooks();
    attach_jobs(plugin);
    MORTISE_CHECK(drop_unasked(plugin));
    if (start_when == Start::migrated_later) return {};
    MORTISE_CHECK(migrate_if_needed(plugin));
    return is_upgraded && start_when != Start::first ? check_records(*manifest, *types_before)
                                                     : Result<void>{};
}

/// Once `migrate` has run: whether the records that are left fit the types as they are declared now.
Result<void> PluginManager::State::check_records(const Manifest& manifest, const Schema& before)
{
    const ReadLease reader = services.database.read();
    return check_records_fit(manifest, *reader, before, *services.records.schema());
}

/// Of a plugin whose records do not fit the version that was to be enabled. The next try migrates anew.
Result<void> PluginManager::State::put_types_back(const ManagedPointer& plugin, const Schema& before)
{
    const std::vector<TypeDeclaration> types = declared_by(before, plugin->id);
    if (!types.empty()) MORTISE_CHECK(services.records.declare(plugin->id, types));
    return save_record(plugin);
}

/// A rehearsal delivers no events and keeps to no schedule.
Result<void> PluginManager::State::register_calls(const ManagedPointer& plugin, const Manifest& manifest)
{
    MORTISE_CHECK(register_commands(plugin, manifest));
    if (mode == PluginMode::rehearsal) return {};
    MORTISE_CHECK(register_subscriptions(plugin, manifest));
    return schedules.set(manifest);
}

void PluginManager::State::attach_jobs(const ManagedPointer& plugin)
{
    services.jobs.attach(plugin->id, [this, plugin](const Job& job) -> Result<Value> {
        auto instance = running(*plugin);
        if (!instance)
            return Error{
                .code = ErrorCode::retry, .message = instance.error().message, .key = "jobs.no_plugin"
            };
        auto done = (*instance)->run_job(job);
        const bool is_failure = !done && done.error().code != ErrorCode::cancelled
            && done.error().key != "jobs.no_plugin"; // which is closing, and goes on later
        if (is_failure) plugin->log->add(line_of(job, done.error(), services.clock.now()));
        return done;
    });
}

/// What was registered is taken back: its commands and hooks last, since handlers and jobs that still run use
/// them. In a switch these stay, so that calls and changes of records wait for the next version instead of
/// passing it by.
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
    for (const std::int64_t subscription : subscriptions)
        services.dispatcher.detach(subscription);
    services.jobs.detach(plugin->id, default_patience);
    if (leave == Leave::nothing) unregister_calls(plugin);
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
        spec.on_failure = [log = plugin->log, name = declared.name](const DeliveryFailure& failure) {
            log->add(line_of(name, failure));
        };
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
        if (is_ahead && type.name != record.migrated_type) continue;
        std::uint64_t after = is_ahead ? static_cast<std::uint64_t>(record.migrated_to) : 0;
        is_ahead = false;
        do {
            auto next = instance->migrate(type.name, record.migrating_from, manifest.version.text(), after);
            if (!next) return not_migrated(*instance, record, type, after, mode, std::move(next).error());
            after = *next;
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
