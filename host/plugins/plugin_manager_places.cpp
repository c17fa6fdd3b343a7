/// \file
/// Plugins are brought to where they shall be, and back to where they were: what a bundle needs of the
/// manager.

#include "commands/registry.hpp"
#include "events/dispatcher.hpp"
#include "plugins/package/package_list.hpp"
#include "plugins/plugin_manager_state.hpp"
#include "plugins/registration.hpp"
#include "records/records.hpp"
#include "store/database.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace mortise::host {

namespace {

Error cannot_end(const std::string& id, const std::string& problem)
{
    return {
        .code = ErrorCode::timeout,
        .message = "the running code of " + id + " could not be ended: " + problem,
        .key = "plugins.left_alone",
        .where = id,
        .hint = "nothing is asked of it any more; it is gone when the host is started again",
    };
}

} // namespace

std::map<std::string, std::vector<Candidate>> PluginManager::candidates() const
{
    std::map<std::string, std::vector<Candidate>> found;
    for (const auto& plugin : m_state->all()) {
        const std::scoped_lock own{plugin->mutex};
        if (!plugin->candidates.empty()) found.emplace(plugin->id, plugin->candidates);
    }
    return found;
}

Result<PackageContents> PluginManager::contents(int package) const
{
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(const StagedPlugin staged, m_state->versions.stage(package));
    return PackageContents{std::make_shared<const Manifest>(staged.manifest()), staged.package().list};
}

Result<Map> PluginManager::given_settings(std::string_view id) const
{
    MORTISE_CHECK(m_state->require(id));
    return m_state->store.settings(id);
}

Result<PluginPlace> PluginManager::place(std::string_view id, const std::vector<std::string>& settings) const
{
    const std::scoped_lock lock{m_state->admin};
    PluginPlace place;
    place.has_data = m_state->has_data(id);
    const auto plugin = m_state->find(id);
    if (!plugin) return place;
    {
        const std::scoped_lock own{plugin->mutex};
        const PluginRecord& record = plugin->record;
        place.is_known = !record.id.empty();
        place.is_enabled = record.enabled;
        if (plugin->chosen) place.version = plugin->chosen->manifest->version.text();
        place.chosen = record.chosen;
        place.previous = record.previous;
        place.granted = record.granted;
    }
    MORTISE_TRY(const Map given, m_state->store.settings(id));
    for (const std::string& name : settings)
        place.settings.set(name, given[name]);
    return place;
}

/// Whether anything would be lost with its types and fields.
bool PluginManager::State::has_data(std::string_view id)
{
    const auto kept = count_of_owner(services.database, services.records, id);
    if (!kept) return true; // others refer to it
    return std::ranges::any_of(
               kept->types, [](const PurgedType& type) { return type.records != 0 || type.history != 0; }
           )
        || std::ranges::any_of(kept->fields, [](const PurgedField& field) { return field.values != 0; });
}

/// With `admin` held: the version takes the place of the one that runs.
Result<void> PluginManager::State::take_place(const ManagedPointer& plugin, const Candidate& candidate)
{
    MORTISE_TRY(const auto judgement, judge_installed(candidate));
    MORTISE_CHECK(pin_version(plugin)); // so that the next start takes up either, and no third
    std::vector<std::string> before;
    {
        const std::scoped_lock own{plugin->mutex};
        before = plugin->record.granted;
        grant_all(plugin->record, *candidate.manifest);
    }
    auto switched = switch_to(plugin, candidate, default_patience);
    if (!switched || !switched->closing.is_clean) {
        {
            const std::scoped_lock own{plugin->mutex};
            plugin->record.granted = before;
        }
        MORTISE_CHECK(save_record(plugin));
        return switched ? cannot_end(plugin->id, switched->closing.problem) : std::move(switched).error();
    }
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->record.previous = switched->from;
        plugin->record.chosen = candidate.manifest->version.text();
    }
    MORTISE_CHECK(save_record(plugin));
    if (!judgement) return {};
    MORTISE_CHECK(trust.keep_first(plugin->id, *judgement));
    return trust.note_version(plugin->id, candidate.manifest->version);
}

Result<void> PluginManager::run_version(std::string_view id, std::string_view version, const Map& settings)
{
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(const auto plugin, m_state->require(id));
    MORTISE_TRY(const Candidate candidate, m_state->installed_candidate(plugin, version));
    bool is_enabled = false;
    bool is_there = false;
    {
        const std::scoped_lock own{plugin->mutex};
        is_enabled = plugin->record.enabled;
        is_there = plugin->chosen && plugin->chosen->folder == candidate.folder;
        if (!is_enabled) {
            plugin->record.chosen = version;
            plugin->chosen = candidate;
        }
    }
    if (is_enabled && !is_there) MORTISE_CHECK(m_state->take_place(plugin, candidate));
    for (const auto& [name, value] : settings)
        MORTISE_CHECK(m_state->set_own_setting(*plugin, name, value));
    return m_state->enable(plugin);
}

/// Past the schema, which may be that of another version.
Result<void> PluginManager::State::put_settings_back(const ManagedPlugin& plugin, const Map& before)
{
    if (before.empty()) return {};
    for (const auto& [name, value] : before)
        MORTISE_CHECK(store.set_setting(plugin.id, name, value));
    MORTISE_TRY(const Value settings, settings_of(plugin));
    if (const auto instance = plugin.slot->instance.load()) instance->change_settings(settings);
    return {};
}

/// Whether somebody's records are among those of the plugin's types. What plugins make by themselves is
/// nobody's.
Result<bool> PluginManager::State::has_records_of_people(const std::string& id)
{
    for (const TypePointer& type : services.records.schema()->types()) {
        if (type->owner != id) continue;
        const ReadLease reader = services.database.read();
        MORTISE_TRY(
            Statement select,
            reader->prepare(
                "SELECT 1 FROM " + quoted_name(type->table)
                + " WHERE owner <> 0 AND deleted_at IS NULL LIMIT 1"
            )
        );
        MORTISE_TRY(const bool found, select.step());
        if (found) return true;
    }
    return false;
}

/// With `admin` held, of one that is disabled.
Result<void> PluginManager::State::forget_plugin(const ManagedPointer& plugin, bool had_data)
{
    const std::string& id = plugin->id;
    for (const SubscriptionStatus& subscription : services.dispatcher.status())
        if (subscription.plugin == id) MORTISE_CHECK(services.dispatcher.remove(subscription.id));
    MORTISE_CHECK(schedules.forget(id));
    MORTISE_TRY(const bool has_records, has_records_of_people(id));
    bool is_purged = false;
    if (!had_data && !has_records) {
        auto purged = purge_owner(services.database, services.writer, services.records, id);
        if (!purged && purged.error().code != ErrorCode::state) return std::move(purged).error();
        is_purged = purged.has_value();
    }
    if (!is_purged) MORTISE_CHECK(services.records.archive(id));
    MORTISE_CHECK(store.forget(id));
    const std::scoped_lock own{plugin->mutex};
    plugin->record = {};
    if (!plugin->registered) plugin->chosen = choose(*plugin);
    return {};
}

Result<void> PluginManager::put_back(std::string_view id, const PluginPlace& before, Leftovers leftovers)
{
    const std::scoped_lock lock{m_state->admin};
    const auto plugin = m_state->find(id);
    if (!plugin) return {}; // it was removed meanwhile
    bool is_enabled = false;
    bool is_there = false;
    bool are_grants_the_same = false;
    {
        const std::scoped_lock own{plugin->mutex};
        is_enabled = plugin->record.enabled;
        is_there = plugin->chosen && plugin->chosen->manifest->version.text() == before.version;
        are_grants_the_same = plugin->record.granted == before.granted;
    }
    if (!before.is_enabled) MORTISE_CHECK(m_state->disable(plugin, default_patience));
    if (!before.is_known && leftovers == Leftovers::forget)
        return m_state->forget_plugin(plugin, before.has_data);
    if (is_enabled && before.is_enabled && !is_there) {
        MORTISE_TRY(const Candidate candidate, m_state->installed_candidate(plugin, before.version));
        MORTISE_CHECK(m_state->take_place(plugin, candidate));
    }
    MORTISE_CHECK(m_state->put_settings_back(*plugin, before.settings));
    {
        const std::scoped_lock own{plugin->mutex};
        plugin->record.granted = before.granted;
        plugin->record.chosen = before.chosen;
        plugin->record.previous = before.previous;
        if (!plugin->registered) plugin->chosen = State::choose(*plugin);
    }
    if (before.is_enabled && !is_enabled) return m_state->enable(plugin);
    if (before.is_enabled && !are_grants_the_same) return m_state->let_grants_count(plugin);
    return m_state->save_record(plugin);
}

Result<void> PluginManager::remove_version(std::string_view id, std::string_view version)
{
    const std::scoped_lock lock{m_state->admin};
    const auto plugin = m_state->find(id);
    if (!plugin) return {};
    std::optional<Candidate> gone;
    {
        const std::scoped_lock own{plugin->mutex};
        for (const Candidate& candidate : plugin->candidates)
            if (candidate.manifest->version.text() == version
                && candidate.folder.parent_path().parent_path() == m_state->folders.data)
                gone = candidate;
        if (gone && plugin->record.enabled && plugin->chosen && plugin->chosen->folder == gone->folder)
            return Error{
                .code = ErrorCode::state,
                .message = plugin->id + ' ' + std::string{version} + " runs",
                .key = "plugins.version_runs",
                .where = plugin->id,
                .hint = "disable it, or roll it back first",
            };
    }
    if (!gone) return {};
    std::ifstream in{gone->folder / package_list_name, std::ios::binary};
    const std::string list{std::istreambuf_iterator<char>{in}, {}};
    MORTISE_CHECK(m_state->versions.remove(id, version));
    MORTISE_CHECK(m_state->trust.forget_list(id, gone->manifest->version, sha256(list)));
    m_state->take_up(find_candidates(m_state->folders.installed, m_state->folders.data));
    const std::unique_lock all{m_state->mutex};
    const auto found = m_state->plugins.find(plugin->id);
    const std::scoped_lock own{plugin->mutex};
    if (found != m_state->plugins.end() && plugin->candidates.empty() && plugin->record.id.empty())
        m_state->plugins.erase(found);
    return {};
}

} // namespace mortise::host
