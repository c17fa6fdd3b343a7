#include "plugins/plugin_manager.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "commands/type_commands.hpp"
#include "consent/consent_commands.hpp"
#include "plugins/plugin_manager_state.hpp"
#include "plugins/registration.hpp"
#include "records/records.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {

std::string_view name_of(PluginState state) noexcept
{
    switch (state) {
    case PluginState::discovered:
        return "discovered";
    case PluginState::verified:
        return "verified";
    case PluginState::unresolved:
        return "unresolved";
    case PluginState::resolved:
        return "resolved";
    case PluginState::active:
        return "active";
    case PluginState::failed:
        return "failed";
    case PluginState::quarantined:
        return "quarantined";
    }
    return "discovered";
}

PluginManager::State::State(PluginServices services_, PluginFolders folders_, PluginMode mode_)
    : services{std::move(services_)},
      folders{std::move(folders_)},
      mode{mode_},
      store{services.database, services.writer, services.clock},
      versions{folders.data},
      trust{services.database, services.writer, services.clock},
      secrets{store, folders.data.parent_path() / "secrets.key"},
      consent{services.database, services.writer, services.records, services.clock},
      background{
          services,
          [this](const std::string& id, const Error& error) {
              if (const auto plugin = find(id))
                  plugin->log->add({
                      .time = services.clock.now(),
                      .level = LogLevel::error,
                      .key = "events.lost",
                      .message = "events could not be published: " + error.message,
                      .fields = {},
                      .from_host = true,
                  });
          }
      },
      schedules{
          services,
          [this](const std::string& id, const Error& error) {
              if (const auto plugin = find(id))
                  plugin->log->add({
                      .time = services.clock.now(),
                      .level = LogLevel::error,
                      .key = "schedules.failed",
                      .message = "a schedule could not start its job: " + error.message,
                      .fields = {},
                      .from_host = true,
                  });
          }
      },
      functions{services, background, secrets, consent},
      hooks{
          services,
          functions.shapes(),
          [this](const std::string& id) { return running_for_hook(id); },
          [this](const std::string& id) {
              const auto plugin = find(id);
              return name_of(plugin ? status_of(*plugin).state : PluginState::discovered);
          }
      }
{
}

std::vector<ManagedPointer> PluginManager::State::all() const
{
    const std::shared_lock lock{mutex};
    std::vector<ManagedPointer> result;
    result.reserve(plugins.size());
    for (const auto& [id, plugin] : plugins)
        result.push_back(plugin);
    return result;
}

ManagedPointer PluginManager::State::find(std::string_view id) const
{
    const std::shared_lock lock{mutex};
    const auto found = plugins.find(id);
    return found == plugins.end() ? nullptr : found->second;
}

Result<ManagedPointer> PluginManager::State::require(std::string_view id) const
{
    if (auto found = find(id)) return found;
    std::vector<std::string> known;
    for (const auto& plugin : all())
        known.push_back(plugin->id);
    std::string list;
    for (const std::string& each : known)
        list += (list.empty() ? "" : ", ") + each;
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no plugin \"" + std::string{id} + '"',
        .key = "plugins.unknown",
        .where = std::string{id},
        .hint = list.empty() ? "none is installed" : "installed are " + list,
    };
}

/// The version that an admin wants, or else the newest that is fit, or else the newest.
std::optional<Candidate> PluginManager::State::choose(const ManagedPlugin& plugin)
{
    if (plugin.candidates.empty()) return std::nullopt;
    if (!plugin.record.chosen.empty())
        for (const Candidate& candidate : plugin.candidates)
            if (candidate.manifest->version.text() == plugin.record.chosen) return candidate;
    return plugin.candidates.front();
}

void PluginManager::State::take_up(std::map<std::string, std::vector<Candidate>> found)
{
    const std::unique_lock lock{mutex};
    for (auto& [id, candidates] : found)
        if (!plugins.contains(id)) plugins.emplace(id, std::make_shared<ManagedPlugin>(id));
    for (const auto& [id, plugin] : plugins) {
        const std::scoped_lock own{plugin->mutex};
        const auto at = found.find(id);
        plugin->candidates = at == found.end() ? std::vector<Candidate>{} : std::move(at->second);
        if (!plugin->registered) plugin->chosen = choose(*plugin); // what is registered stays until a reload
    }
}

/// Which of the enabled plugins fit together; `also` counts as enabled.
Resolution PluginManager::State::resolve_enabled(const ManagedPlugin* also) const
{
    std::map<std::string, std::shared_ptr<const Manifest>> enabled;
    std::map<std::string, Version> installed;
    for (const auto& plugin : all()) {
        const std::scoped_lock lock{plugin->mutex};
        if (!plugin->chosen || !plugin->chosen->errors.empty()) continue;
        installed.emplace(plugin->id, plugin->chosen->manifest->version);
        if (plugin->record.enabled || plugin.get() == also)
            enabled.emplace(plugin->id, plugin->chosen->manifest);
    }
    return resolve(enabled, installed);
}

PluginManager::PluginManager(PluginServices services, PluginFolders folders, PluginMode mode)
    : m_state{std::make_unique<State>(std::move(services), std::move(folders), mode)}
{
}

PluginManager::~PluginManager()
{
    stop();
}

Result<void> PluginManager::open()
{
    const std::scoped_lock lock{m_state->admin};
    std::error_code trouble;
    std::filesystem::remove_all(m_state->folders.run, trouble); // of a process that ended too early
    std::filesystem::create_directories(m_state->folders.run, trouble);
    if (trouble)
        return Error{
            .code = ErrorCode::io,
            .message = "cannot make " + m_state->folders.run.string() + ": " + trouble.message(),
            .key = "plugins.folder",
            .where = m_state->folders.run.string(),
        };
    m_state->folders.run = std::filesystem::canonical(m_state->folders.run, trouble);
    MORTISE_CHECK(m_state->store.open());
    MORTISE_CHECK(m_state->versions.open());
    MORTISE_CHECK(m_state->schedules.open());
    MORTISE_CHECK(m_state->load_policy());
    MORTISE_CHECK(m_state->trust.open());
    MORTISE_CHECK(m_state->trust.note_time());
    MORTISE_TRY(const auto records, m_state->store.load());
    for (const auto& [id, record] : records) {
        auto plugin = std::make_shared<ManagedPlugin>(id);
        plugin->record = record;
        m_state->plugins.emplace(id, std::move(plugin));
    }
    m_state->take_up(find_candidates(m_state->folders.installed, m_state->folders.data));
    MORTISE_CHECK(m_state->load_isolations());
    m_state->services.records.set_hooks(&m_state->hooks);
    MORTISE_CHECK(m_state->consent.open());
    MORTISE_CHECK(add_type_commands(m_state->services.commands, m_state->services.records));
    MORTISE_CHECK(add_consent_commands(m_state->services.commands, m_state->consent));
    m_state->look_for_revocations();
    m_state->register_enabled();
    m_state->watcher
        = std::jthread{[state = m_state.get()](const std::stop_token& stop) { state->watch_trust(stop); }};
    return {};
}

void PluginManager::stop(std::chrono::milliseconds patience)
{
    m_state->watcher = {}; // asks it to end, and waits
    const std::scoped_lock lock{m_state->admin};
    if (std::exchange(m_state->stopped, true)) return;
    m_state->schedules.stop();
    for (const auto& plugin : m_state->all())
        m_state->unregister_plugin(plugin);
    m_state->background.stop();
    m_state->services.records.set_hooks(nullptr);
    for (const auto& plugin : m_state->all())
        m_state->close(*plugin, patience);
    // A thread is in each of these until the process ends.
    static auto& for_ever = *new std::vector<std::shared_ptr<Instance>>;
    for_ever.insert(for_ever.end(), m_state->left_alone.begin(), m_state->left_alone.end());
}

Result<void> PluginManager::rescan()
{
    const std::scoped_lock lock{m_state->admin};
    m_state->take_up(find_candidates(m_state->folders.installed, m_state->folders.data));
    MORTISE_CHECK(m_state->load_isolations());
    m_state->register_enabled();
    return {};
}

std::vector<PluginStatus> PluginManager::list() const
{
    std::vector<PluginStatus> result;
    for (const auto& plugin : m_state->all())
        result.push_back(m_state->status_of(*plugin));
    return result;
}

Result<PluginStatus> PluginManager::find(std::string_view id) const
{
    MORTISE_TRY(const auto plugin, m_state->require(id));
    PluginStatus status = m_state->status_of(*plugin);
    if (status.isolated && !status.box) status.box = m_state->box_of_machine();
    if (const auto pin = m_state->trust.pin_of(id)) status.key = key_fingerprint(pin->keys.front().key);
    return status;
}

Result<Value> PluginManager::State::settings_of(const ManagedPlugin& plugin)
{
    const auto manifest = plugin.manifest();
    if (!manifest) return Value{Map{}};
    MORTISE_TRY(Map given, store.settings(plugin.id));
    return Value{with_defaults(manifest->settings, std::move(given))};
}

Result<void>
PluginManager::State::set_own_setting(const ManagedPlugin& plugin, std::string_view name, const Value& value)
{
    const auto manifest = plugin.manifest();
    if (!manifest || !manifest->settings_schema)
        return Error{
            .code = ErrorCode::not_found,
            .message = plugin.id + " has no settings",
            .key = "settings.none",
            .where = plugin.id,
        };
    MORTISE_TRY(Map given, store.settings(plugin.id));
    const auto secret_names = secret_settings(*manifest);
    if (std::ranges::find(secret_names, name) != secret_names.end()) {
        if (value.is_null()) {
            MORTISE_CHECK(secrets.unset(*manifest, name));
        } else if (const auto* text = value.as<std::string>()) {
            MORTISE_CHECK(secrets.set(*manifest, name, *text));
        } else
            return Error{
                .code = ErrorCode::invalid,
                .message = "the secret \"" + std::string{name} + "\" is no text",
                .key = "secrets.unfit",
                .where = '/' + std::string{name},
            };
    } else {
        if (value.is_null())
            given.erase(name);
        else
            given.set(name, value);
        MORTISE_TRY(const JsonSchema schema, JsonSchema::compile(schema_without_secrets(*manifest)));
        MORTISE_CHECK(schema.validate(json_of(Value{with_defaults(manifest->settings, given)})));
        MORTISE_CHECK(store.set_setting(plugin.id, name, value));
    }
    if (const auto instance = plugin.slot->instance.load())
        instance->change_settings(Value{with_defaults(manifest->settings, given)});
    return {};
}

Result<Value> PluginManager::settings(std::string_view id) const
{
    if (id == host_id) return Value{m_state->policy()};
    MORTISE_TRY(const auto plugin, m_state->require(id));
    return m_state->settings_of(*plugin);
}

Result<void> PluginManager::set_setting(std::string_view id, std::string_view name, const Value& value)
{
    const std::scoped_lock lock{m_state->admin};
    if (id == host_id) return m_state->set_policy(name, value);
    MORTISE_TRY(const auto plugin, m_state->require(id));
    if (name.starts_with(quota_prefix))
        return m_state->set_quota(*plugin, name.substr(quota_prefix.size()), value);
    if (name == "host.isolation") return m_state->set_isolation(*plugin, value);
    if (name.starts_with(net_option_prefix))
        return m_state->set_net_option(*plugin, name.substr(net_option_prefix.size()), value);
    return m_state->set_own_setting(*plugin, name, value);
}

Result<std::vector<std::string>> PluginManager::given_secrets(std::string_view id) const
{
    MORTISE_CHECK(m_state->require(id));
    return m_state->secrets.given(id);
}

Result<PluginCost> PluginManager::cost(std::string_view id) const
{
    MORTISE_TRY(const auto plugin, m_state->require(id));
    if (const auto instance = plugin->slot->instance.load())
        plugin->stats->note_queue(instance->strand().depth());
    return plugin->stats->cost();
}

Result<std::vector<LogLine>>
PluginManager::logs(std::string_view id, std::size_t most, std::uint64_t after) const
{
    MORTISE_TRY(const auto plugin, m_state->require(id));
    return plugin->log->lines(most, after);
}

Result<std::shared_ptr<const Manifest>> PluginManager::manifest(std::string_view id) const
{
    MORTISE_TRY(const auto plugin, m_state->require(id));
    if (auto manifest = plugin->manifest()) return manifest;
    return Error{
        .code = ErrorCode::not_found,
        .message = "the folder of " + plugin->id + " is gone",
        .key = "plugins.gone"
    };
}

Result<std::vector<ScheduleStatus>> PluginManager::schedules(std::string_view id) const
{
    MORTISE_CHECK(m_state->require(id));
    return m_state->schedules.status(id);
}

void PluginManager::run_schedules()
{
    m_state->schedules.run_due();
}

HookRunner& PluginManager::hooks() noexcept
{
    return m_state->hooks;
}

void PluginManager::drain()
{
    m_state->background.drain();
}

bool PluginManager::settle(std::chrono::milliseconds patience)
{
    m_state->background.drain();
    return std::ranges::all_of(m_state->all(), [&](const ManagedPointer& plugin) {
        const auto instance = plugin->slot->instance.load();
        if (!instance || !instance->is_active()) return true;
        // Answers wait until everything else is done, so behind the last of them nothing is left.
        auto ticket = std::make_shared<Ticket>();
        const auto waited = instance->strand().run(Lane::answer, ticket, patience, patience, [] { });
        return waited && *waited != Waited::overdue && *waited != Waited::not_started;
    });
}

} // namespace mortise::host
