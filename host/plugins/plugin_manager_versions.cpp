#include "commands/registry.hpp"
#include "plugins/plugin_manager_state.hpp"
#include "plugins/registration.hpp"
#include "records/records.hpp"
#include "store/database.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {

namespace {

Result<void> check_newer(const Manifest& next, const Manifest& before, bool may_replace)
{
    const bool is_older = next.version < before.version;
    if (!is_older && (next.version != before.version || may_replace)) return {};
    return Error{
        .code = ErrorCode::refused,
        .message = next.id + ' ' + next.version.text() + " is not newer than " + before.version.text()
            + ", which is installed",
        .key = "plugins.not_newer",
        .where = next.version.text(),
        .hint = is_older ? "run \"mortise plugins rollback " + next.id + "\" to go back"
                         : "give the new one a higher version, or use --replace",
    };
}

/// The version before `now` that ran last, or else the newest one. With the plugin's `mutex` held.
std::optional<Candidate> older_than(const Version& now, const ManagedPlugin& plugin)
{
    std::optional<Candidate> older;
    for (const Candidate& candidate : plugin.candidates) { // newest first
        if (!candidate.errors.empty() || !(candidate.manifest->version < now)) continue;
        const bool is_previous = candidate.manifest->version.text() == plugin.record.previous;
        if (!older || is_previous) older = candidate;
    }
    return older;
}

Error folder_gone(const std::string& id)
{
    return {
        .code = ErrorCode::not_found,
        .message = "the folder of " + id + " is gone",
        .key = "plugins.gone",
        .where = id,
        .hint = "install it again, or remove it",
    };
}

Error not_enabled(const std::string& id)
{
    return {
        .code = ErrorCode::state,
        .message = id + " is not enabled",
        .key = "plugins.not_enabled",
        .where = id,
        .hint = "run \"mortise plugins enable " + id + '"',
    };
}

std::vector<std::string> only_in(const std::vector<std::string>& a, const std::vector<std::string>& b)
{
    std::vector<std::string> result;
    for (const std::string& item : a)
        if (std::ranges::find(b, item) == b.end()) result.push_back(item);
    return result;
}

/// Sets a flag for as long as this lives.
class Switching {
public:
    explicit Switching(std::atomic<bool>& flag) : m_flag{flag} { m_flag = true; }
    Switching(const Switching&) = delete;
    Switching& operator=(const Switching&) = delete;
    ~Switching() { m_flag = false; }

private:
    std::atomic<bool>& m_flag;
};

} // namespace

Result<void> PluginManager::State::save_record(const ManagedPointer& plugin)
{
    PluginRecord record;
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->record.id = plugin->id;
        record = plugin->record;
    }
    return store.save(record);
}

/// What the version that counts does not ask for is granted no more. It is remembered for a rollback alone:
/// a later version that asks for it again asks anew.
Result<void> PluginManager::State::drop_unasked(const ManagedPointer& plugin)
{
    {
        const std::scoped_lock own{plugin->mutex};
        if (!plugin->chosen) return {};
        PluginRecord& record = plugin->record;
        const auto unasked = only_in(record.granted, plugin->chosen->manifest->permissions);
        if (unasked.empty()) return {};
        std::ranges::copy(only_in(unasked, record.dropped), std::back_inserter(record.dropped));
        record.granted = only_in(record.granted, unasked);
    }
    return save_record(plugin);
}

/// One that is enabled keeps the version that it has, also after the next start, whatever else comes on disk.
Result<void> PluginManager::State::pin_version(const ManagedPointer& plugin)
{
    {
        const std::scoped_lock own{plugin->mutex};
        if (!plugin->record.enabled || !plugin->chosen || !plugin->record.chosen.empty()) return {};
        plugin->record.chosen = plugin->chosen->manifest->version.text();
    }
    return save_record(plugin);
}

Result<Candidate>
PluginManager::State::installed_candidate(const ManagedPointer& plugin, std::string_view version)
{
    const std::scoped_lock own{plugin->mutex};
    for (const Candidate& candidate : plugin->candidates) {
        if (candidate.manifest->version.text() != version) continue;
        if (!candidate.errors.empty()) return candidate.errors.front();
        return candidate;
    }
    return Error{
        .code = ErrorCode::not_found,
        .message = plugin->id + ' ' + std::string{version} + " is not on disk",
        .key = "plugins.no_version",
        .where = std::string{version},
    };
}

/// Registers a version whose code runs before anything is asked of it.
Result<void> PluginManager::State::take_version(
    const ManagedPointer& plugin, const Candidate& candidate, Health health, Fit fit
)
{
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->chosen = candidate;
        plugin->start_failed = false;
        plugin->failed_starts = 0;
    }
    auto taken = register_plugin(plugin, Start::first, fit);
    if (taken && health == Health::asked) taken = check_health(*candidate.manifest);
    if (taken) return taken;
    unregister_plugin(plugin, Leave::calls_waiting);
    close(*plugin, default_patience);
    return taken;
}

/// Runs the command that the manifest names as `health_check`. What it refuses is not fit to run.
Result<void> PluginManager::State::check_health(const Manifest& manifest)
{
    const boost::json::value* name = manifest.json.as_object().if_contains("health_check");
    if (!name) return {};
    CallContext context;
    context.principal = Principal::system();
    context.client = "health check";
    auto healthy = services.commands.call(name->get_string(), context, {});
    if (healthy) return {};
    Error error = std::move(healthy).error();
    error.message
        = manifest.id + ' ' + manifest.version.text() + " says that it is not well: " + error.message;
    error.key = "plugins.unhealthy";
    error.where = manifest.id;
    return error;
}

/// What became of the version before, after the next one could not be taken up.
std::string PluginManager::State::runs_again(const std::string& version) const
{
    return mode == PluginMode::rehearsal
        ? "this was tried on a copy: version " + version + " runs on, and nothing was changed"
        : "version " + version + " runs again";
}

/// Lets a version take the place of the one that counts. What cannot be taken up gives way to the former one.
Result<PluginManager::State::Switched> PluginManager::State::switch_to(
    const ManagedPointer& plugin, const Candidate& next, std::chrono::milliseconds patience, Fit fit
)
{
    std::optional<Candidate> before;
    PluginRecord record_before;
    {
        const std::scoped_lock own{plugin->mutex};
        before = plugin->chosen;
        record_before = plugin->record;
    }
    if (const auto instance = plugin->slot->instance.load(); instance && Frame::is_inside(*instance))
        return Error{
            .code = ErrorCode::deadlock,
            .message = "a plugin cannot change its own version",
            .key = "plugins.deadlock",
            .where = plugin->id,
        };
    const Switching switching{plugin->switching};
    Switched switched{.closing = {}, .from = before ? before->manifest->version.text() : ""};
    unregister_plugin(plugin, Leave::calls_waiting);
    switched.closing = close(*plugin, patience);
    if (!switched.closing.is_clean) {
        unregister_calls(plugin);
        return switched;
    }
    MORTISE_CHECK(forgive_crashes(*plugin));
    auto taken = take_version(plugin, next, Health::asked, fit);
    if (taken) return switched;
    Error error = std::move(taken).error();
    if (before) {
        {
            const std::scoped_lock own{plugin->mutex};
            plugin->record = record_before; // a migration that was begun is not gone on with
        }
        if (take_version(plugin, *before, Health::not_asked)) {
            error.hint += (error.hint.empty() ? "" : "; ") + runs_again(switched.from);
            MORTISE_CHECK(save_record(plugin));
            return error;
        }
    }
    unregister_calls(plugin);
    static_cast<void>(save_record(plugin)); // as it was before; what is worse is told already
    const std::scoped_lock own{plugin->mutex};
    plugin->problem = error;
    plugin->start_failed = true;
    return error;
}

Result<Closing> PluginManager::reload(std::string_view id, std::chrono::milliseconds patience)
{
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(const auto plugin, m_state->require(id));
    m_state->take_up(find_candidates(m_state->folders.installed, m_state->folders.data));
    std::optional<Candidate> before;
    std::optional<Candidate> next;
    bool was_running = false;
    {
        const std::scoped_lock own{plugin->mutex};
        before = plugin->chosen;
        next = State::choose(*plugin);
        was_running = plugin->slot->instance.load() != nullptr;
        if (!plugin->record.enabled) return not_enabled(plugin->id);
    }
    if (!next) return folder_gone(plugin->id);
    if (!next->errors.empty()) return next->errors.front();
    const bool is_registered = plugin->accepting;
    const bool same = is_registered && before && before->manifest->json == next->manifest->json
        && before->folder == next->folder;
    if (!same) {
        MORTISE_TRY(const auto switched, m_state->switch_to(plugin, *next, patience));
        return switched.closing;
    }
    Closing closed = m_state->close(*plugin, patience);
    if (!closed.is_clean) return closed;
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->start_failed = false;
        plugin->failed_starts = 0;
    }
    MORTISE_CHECK(m_state->forgive_crashes(*plugin));
    if (was_running) MORTISE_CHECK(m_state->running(*plugin));
    return closed;
}

Result<Inspected> PluginManager::inspect(int package) const
{
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(const StagedPlugin staged, m_state->versions.stage(package));
    const Manifest& manifest = staged.manifest();
    Inspected inspected{
        .id = manifest.id,
        .name = manifest.name,
        .version = manifest.version.text(),
        .vendor = manifest.vendor,
        .summary = manifest.summary,
        .is_signed = staged.package().signature.has_value(),
        .permissions = manifest.permissions,
        .installed = {},
        .is_newer = true,
    };
    const auto plugin = m_state->find(inspected.id);
    const auto before = plugin ? plugin->manifest() : nullptr;
    if (!before) return inspected;
    inspected.installed = before->version.text();
    inspected.asks_more = only_in(manifest.permissions, before->permissions);
    inspected.asks_less = only_in(before->permissions, manifest.permissions);
    inspected.is_newer = before->version < manifest.version;
    return inspected;
}

Result<Installed> PluginManager::install(int package, const InstallOptions& options)
{
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(StagedPlugin staged, m_state->versions.stage(package));
    MORTISE_TRY(const Judgement judgement, m_state->check_trust(staged, options));
    Installed installed{
        .id = staged.manifest().id,
        .version = staged.manifest().version.text(),
        .signed_by = judgement.signed_by,
    };
    if (const auto plugin = m_state->find(installed.id)) MORTISE_CHECK(m_state->pin_version(plugin));
    MORTISE_TRY(
        installed.was_there,
        m_state->keep_version(std::move(staged), options.replace ? Replace::yes : Replace::no)
    );
    MORTISE_CHECK(m_state->trust.keep_rotation(installed.id, judgement));
    m_state->take_up(find_candidates(m_state->folders.installed, m_state->folders.data));
    MORTISE_CHECK(m_state->load_isolations());
    if (const auto plugin = m_state->find(installed.id); plugin && installed.was_there)
        m_state->take_up_mended(plugin);
    return installed;
}

Result<Closing> PluginManager::State::switch_up(
    const ManagedPointer& plugin, const Candidate& next, const UpgradeStart& start, Fit fit
)
{
    std::vector<std::string> lacking;
    {
        const std::scoped_lock own{plugin->mutex};
        lacking = only_in(next.manifest->permissions, plugin->record.granted);
    }
    auto switched = switch_to(plugin, next, default_patience, fit);
    if (switched) return switched->closing;
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->record.granted = start.granted;
    }
    MORTISE_CHECK(save_record(plugin));
    if (!start.had_next) MORTISE_CHECK(versions.remove(plugin->id, next.manifest->version.text()));
    take_up(find_candidates(folders.installed, folders.data));
    const std::string again = plugin->accepting ? runs_again(start.version) : "";
    return not_granted(std::move(switched).error(), *next.manifest, lacking, again);
}

Result<Upgraded> PluginManager::upgrade(int package, const InstallOptions& options)
{
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(StagedPlugin staged, m_state->versions.stage(package));
    const std::string id = staged.manifest().id;
    const Version version = staged.manifest().version;
    InstallOptions judged = options;
    judged.older = true; // said better below
    MORTISE_TRY(const Judgement judgement, m_state->check_trust(staged, judged));
    MORTISE_TRY(const auto plugin, m_state->require(id));
    Upgraded upgraded{.id = id, .from = {}, .to = version.text()};
    bool is_enabled = false;
    {
        const std::scoped_lock own{plugin->mutex};
        is_enabled = plugin->record.enabled;
        if (plugin->chosen) {
            const Manifest& before = *plugin->chosen->manifest;
            upgraded.from = before.version.text();
            MORTISE_CHECK(check_newer(staged.manifest(), before, options.replace));
            upgraded.asks_more = only_in(staged.manifest().permissions, before.permissions);
            upgraded.asks_less = only_in(before.permissions, staged.manifest().permissions);
        }
    }
    MORTISE_CHECK(m_state->pin_version(plugin));
    MORTISE_TRY(
        const bool was_there,
        m_state->keep_version(std::move(staged), options.replace ? Replace::yes : Replace::no)
    );
    m_state->take_up(find_candidates(m_state->folders.installed, m_state->folders.data));
    MORTISE_TRY(const Candidate next, m_state->installed_candidate(plugin, version.text()));
    std::vector<std::string> granted_before;
    {
        const std::scoped_lock own{plugin->mutex};
        granted_before = plugin->record.granted;
        if (options.grant_new)
            std::ranges::copy(
                only_in(upgraded.asks_more, granted_before), std::back_inserter(plugin->record.granted)
            );
    }
    if (is_enabled) {
        const auto fit = options.unfit ? State::Fit::not_needed : State::Fit::needed;
        const State::UpgradeStart start{
            .version = upgraded.from, .granted = granted_before, .had_next = was_there
        };
        MORTISE_TRY(upgraded.closing, m_state->switch_up(plugin, next, start, fit));
    }
    {
        const std::scoped_lock own{plugin->mutex};
        if (!is_enabled) plugin->chosen = next;
        if (upgraded.from != upgraded.to) plugin->record.previous = upgraded.from;
        plugin->record.chosen = upgraded.to;
    }
    MORTISE_CHECK(m_state->drop_unasked(plugin));
    MORTISE_CHECK(m_state->save_record(plugin));
    MORTISE_CHECK(m_state->trust.keep_rotation(id, judgement));
    if (is_enabled) {
        MORTISE_CHECK(m_state->trust.keep_first(id, judgement));
        MORTISE_CHECK(m_state->trust.note_version(id, version));
    }
    return upgraded;
}

Result<Upgraded> PluginManager::rollback(std::string_view id)
{
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(const auto plugin, m_state->require(id));
    m_state->take_up(find_candidates(m_state->folders.installed, m_state->folders.data));
    std::optional<Candidate> target;
    Upgraded result{.id = plugin->id, .from = {}, .to = {}};
    bool is_enabled = false;
    std::vector<std::string> asked;
    {
        const std::scoped_lock own{plugin->mutex};
        if (!plugin->chosen) return folder_gone(plugin->id);
        const Version now = plugin->chosen->manifest->version;
        result.from = now.text();
        asked = plugin->chosen->manifest->permissions;
        is_enabled = plugin->record.enabled;
        target = older_than(now, *plugin);
    }
    if (!target)
        return Error{
            .code = ErrorCode::not_found,
            .message = "there is no older version of " + plugin->id + " on disk to go back to",
            .key = "plugins.no_version",
            .where = plugin->id,
            .hint = "install the version that you want, then roll back to it",
        };
    result.to = target->manifest->version.text();
    result.asks_more = only_in(target->manifest->permissions, asked);
    result.asks_less = only_in(asked, target->manifest->permissions);
    PluginRecord record_before;
    {
        const std::scoped_lock own{plugin->mutex};
        PluginRecord& record = plugin->record;
        record_before = record;
        const auto kept = only_in(record.dropped, target->manifest->permissions);
        const auto had = only_in(only_in(record.dropped, kept), record.granted);
        std::ranges::copy(had, std::back_inserter(record.granted));
        record.dropped = kept;
    }
    if (is_enabled) {
        auto switched = m_state->switch_to(plugin, *target, default_patience);
        if (!switched) {
            {
                const std::scoped_lock own{plugin->mutex};
                plugin->record = record_before;
            }
            MORTISE_CHECK(m_state->save_record(plugin));
            return std::move(switched).error();
        }
        result.closing = switched->closing;
    }
    {
        const std::scoped_lock own{plugin->mutex};
        if (!is_enabled) plugin->chosen = target;
        plugin->record.chosen = result.to;
        plugin->record.previous.clear();
    }
    MORTISE_CHECK(m_state->drop_unasked(plugin));
    MORTISE_CHECK(m_state->save_record(plugin));
    return result;
}

} // namespace mortise::host
