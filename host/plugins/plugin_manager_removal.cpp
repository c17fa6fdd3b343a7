/// \file
/// Plugins are taken away: what they keep is archived or deleted, and the rest forgotten.

#include "events/dispatcher.hpp"
#include "plugins/plugin_manager_state.hpp"
#include "records/records.hpp"
#include "store/database.hpp"

#include <algorithm>

namespace mortise::host {

/// What a plugin keeps, and would lose.
Result<Removed> PluginManager::State::look_at(const ManagedPointer& plugin, bool purge)
{
    Removed removed{.id = plugin->id};
    {
        const std::scoped_lock own{plugin->mutex};
        removed.grants = plugin->record.granted.size();
    }
    for (const TypePointer& type : services.records.schema()->types()) {
        if (type->owner != plugin->id || purge) continue;
        MORTISE_TRY(const std::int64_t count, count_records(*type));
        removed.archived.emplace_back(type->name, count);
    }
    if (purge) {
        MORTISE_TRY(removed.purged, count_of_owner(services.database, services.records, plugin->id));
    }
    MORTISE_TRY(const Map settings, store.settings(plugin->id));
    MORTISE_TRY(const auto sealed, store.secrets(plugin->id));
    removed.settings = settings.size() + sealed.size();
    for (const SubscriptionStatus& subscription : services.dispatcher.status())
        if (subscription.plugin == plugin->id) ++removed.subscriptions;
    return removed;
}

Result<Removed> PluginManager::remove(std::string_view id, const RemoveOptions& options)
{
    bool is_of_the_system = false;
    {
        MORTISE_TRY(const auto plugin, m_state->require(id));
        const std::scoped_lock own{plugin->mutex};
        for (const Candidate& candidate : plugin->candidates)
            if (candidate.folder.parent_path() == m_state->folders.installed) {
                is_of_the_system = true;
                if (options.purge) continue; // its data may go, its files stay
                return Error{
                    .code = ErrorCode::state,
                    .message = plugin->id + " belongs to the system: it is in " + candidate.folder.string(),
                    .key = "plugins.of_the_system",
                    .where = plugin->id,
                    .hint = "disable it, or remove the package of the system that brought it",
                };
            }
    }
    {
        MORTISE_TRY(const auto plugin, m_state->require(id));
        const std::scoped_lock lock{m_state->admin};
        MORTISE_TRY(Removed would, m_state->look_at(plugin, options.purge));
        if (options.dry_run) return would;
    }
    MORTISE_CHECK(disable(id));
    const std::scoped_lock lock{m_state->admin};
    MORTISE_TRY(const auto plugin, m_state->require(id));
    MORTISE_TRY(Removed removed, m_state->look_at(plugin, options.purge));
    if (options.purge) {
        MORTISE_TRY(
            removed.purged,
            purge_owner(
                m_state->services.database, m_state->services.writer, m_state->services.records, plugin->id
            )
        );
    } else
        MORTISE_CHECK(m_state->services.records.archive(plugin->id));
    for (const SubscriptionStatus& subscription : m_state->services.dispatcher.status())
        if (subscription.plugin == plugin->id)
            MORTISE_CHECK(m_state->services.dispatcher.remove(subscription.id));
    MORTISE_CHECK(m_state->schedules.forget(plugin->id));
    MORTISE_CHECK(m_state->store.forget(plugin->id));
    MORTISE_CHECK(m_state->versions.remove(plugin->id));
    MORTISE_CHECK(m_state->trust.forget_lists(plugin->id));
    {
        const std::unique_lock all{m_state->mutex};
        m_state->plugins.erase(m_state->plugins.find(removed.id));
    }
    if (is_of_the_system)
        m_state->take_up(find_candidates(m_state->folders.installed, m_state->folders.data));
    return removed;
}

Result<std::int64_t> PluginManager::State::count_records(const RecordType& type)
{
    const ReadLease reader = services.database.read();
    MORTISE_TRY(
        Statement select,
        reader->prepare("SELECT count(*) FROM " + quoted_name(type.table) + " WHERE deleted_at IS NULL")
    );
    MORTISE_CHECK(select.step());
    return select.integer(0);
}

} // namespace mortise::host
