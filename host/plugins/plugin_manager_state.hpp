#pragma once

/// \file
/// The inside of `PluginManager`. Private to plugin_manager*.cpp.

#include "consent/consent_book.hpp"
#include "plugins/background.hpp"
#include "plugins/host_functions.hpp"
#include "plugins/install/file_digests.hpp"
#include "plugins/install/plugin_folder.hpp"
#include "plugins/managed_plugin.hpp"
#include "plugins/plugin_hooks.hpp"
#include "plugins/plugin_manager.hpp"
#include "plugins/plugin_secrets.hpp"
#include "plugins/plugin_store.hpp"
#include "plugins/schedules.hpp"
#include "plugins/trust/trust_book.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace mortise::host {

using ManagedPointer = std::shared_ptr<ManagedPlugin>;

struct PluginManager::State {
    State(PluginServices services_, PluginFolders folders_, PluginMode mode_);

    PluginServices services;
    PluginFolders folders;
    const PluginMode mode;
    PluginStore store;
    PluginFolder versions; ///< on disk, those that were installed
    mutable FileDigests digests; ///< of their libraries
    TrustBook trust; ///< whose packages are taken
    PluginSecrets secrets;
    ConsentBook consent;
    Background background;
    Schedules schedules;
    HostFunctions functions;
    PluginHooks hooks;

    std::atomic<bool> isolates_others{true}; ///< those that are not of the system, unless an admin says else
    std::atomic<BoxTier> least_tier{BoxTier::none};
    std::mutex probing;
    std::optional<BoxReport> machine_box; ///< that this machine gives; guarded by `probing`

    std::mutex admin; ///< one of enable, disable, reload, rescan ... at a time
    mutable std::shared_mutex mutex; // guards the map; its plugins have their own
    std::map<std::string, ManagedPointer, std::less<>> plugins;
    std::vector<std::shared_ptr<Instance>> left_alone; // they hang: never freed
    bool stopped{false};
    std::string dropped; ///< the list of revocations that was found beside the plugins last
    std::optional<Error> dropped_problem; ///< why it was not taken

    std::vector<ManagedPointer> all() const;
    Result<ManagedPointer> require(std::string_view id) const;
    ManagedPointer find(std::string_view id) const;

    // finding and choosing (plugin_manager.cpp)
    void take_up(std::map<std::string, std::vector<Candidate>> found);
    static std::optional<Candidate> choose(const ManagedPlugin& plugin);
    Resolution resolve_enabled(const ManagedPlugin* also) const;
    PluginStatus status_of(const ManagedPlugin& plugin) const;
    void tell_withheld(PluginStatus& status, const ManagedPlugin& plugin) const;
    static void tell_changed(PluginStatus& status, const ManagedPlugin& plugin, const Error& changed);
    Result<Value> settings_of(const ManagedPlugin& plugin);
    Result<void> set_own_setting(const ManagedPlugin& plugin, std::string_view name, const Value& value);

    // quotas, and what is said about connections (plugin_manager_quotas.cpp)
    Result<void> load_quotas(const ManagedPlugin& plugin);
    Result<void> load_net_options(const ManagedPlugin& plugin);
    Result<void> set_net_option(const ManagedPlugin& plugin, std::string_view name, const Value& value);
    Result<void> set_quota(const ManagedPlugin& plugin, std::string_view name, const Value& value);

    // registering (plugin_manager_register.cpp)
    void register_enabled();
    enum class Start : std::uint8_t { when_needed, migrated_later, first };
    enum class Leave : std::uint8_t { nothing, calls_waiting };
    enum class Fit : std::uint8_t { needed, not_needed }; ///< of records, after a migration
    Result<void>
    register_plugin(const ManagedPointer& plugin, Start start = Start::when_needed, Fit fit = Fit::needed);
    std::string runs_again(const std::string& version) const;
    Result<void> check_records(const Manifest& manifest, const Schema& before);
    Result<void> put_types_back(const ManagedPointer& plugin, const Schema& before);
    void unregister_plugin(const ManagedPointer& plugin, Leave leave = Leave::nothing);
    Result<void> register_calls(const ManagedPointer& plugin, const Manifest& manifest);
    void unregister_calls(const ManagedPointer& plugin);
    Result<void> register_commands(const ManagedPointer& plugin, const Manifest& manifest);
    Result<void> register_subscriptions(const ManagedPointer& plugin, const Manifest& manifest);
    void attach_jobs(const ManagedPointer& plugin);
    void refresh_hooks();
    Result<std::shared_ptr<Instance>> running_for_hook(const std::string& id);
    static Error why_no_hook(const ManagedPlugin& plugin, Error otherwise);
    Result<void> migrate_if_needed(const ManagedPointer& plugin);

    // versions (plugin_manager_versions.cpp)
    struct Switched {
        Closing closing;
        std::string from;
    };
    Result<Switched> switch_to(
        const ManagedPointer& plugin,
        const Candidate& next,
        std::chrono::milliseconds patience,
        Fit fit = Fit::needed
    );
    /// What an upgrade goes back to when it fails.
    struct UpgradeStart {
        const std::string& version;
        const std::vector<std::string>& granted;
        bool had_next; ///< the next version was on disk already
    };
    Result<Closing>
    switch_up(const ManagedPointer& plugin, const Candidate& next, const UpgradeStart& start, Fit fit);
    enum class Health : std::uint8_t { asked, not_asked };
    Result<void> take_version(
        const ManagedPointer& plugin, const Candidate& candidate, Health health, Fit fit = Fit::needed
    );
    Result<void> check_health(const Manifest& manifest);
    Result<Candidate> installed_candidate(const ManagedPointer& plugin, std::string_view version);
    Result<void> pin_version(const ManagedPointer& plugin);
    Result<void> save_record(const ManagedPointer& plugin);
    Result<void> drop_unasked(const ManagedPointer& plugin);

    // taking away (plugin_manager_removal.cpp)
    Result<std::int64_t> count_records(const RecordType& type);
    Result<Removed> look_at(const ManagedPointer& plugin, bool purge);

    // to a place and back (plugin_manager_places.cpp)
    Result<void> take_place(const ManagedPointer& plugin, const Candidate& candidate);
    Result<void> put_settings_back(const ManagedPlugin& plugin, const Map& before);
    bool has_data(std::string_view id);
    Result<void> forget_plugin(const ManagedPointer& plugin, bool had_data);
    Result<bool> has_records_of_people(const std::string& id);

    // life (plugin_manager_life.cpp)
    Result<void> enable(const ManagedPointer& plugin);
    Result<void>
    back_to(const ManagedPointer& plugin, const PluginRecord& before, const Schema& types, Error why);
    Result<void> disable(const ManagedPointer& plugin, std::chrono::milliseconds patience);
    Result<void> let_grants_count(const ManagedPointer& plugin);
    Result<void> start_now(ManagedPlugin& plugin);
    enum class WhileSwitching : std::uint8_t { wait, fail };
    Result<std::shared_ptr<Instance>>
    running(ManagedPlugin& plugin, WhileSwitching what = WhileSwitching::wait);
    static Error closing_error(const std::string& id);
    Result<std::shared_ptr<Instance>> start(ManagedPlugin& plugin);
    Error not_started(ManagedPlugin& plugin, Error why);
    Closing close(ManagedPlugin& plugin, std::chrono::milliseconds patience);
    // who vouches for packages (install/trust.cpp)
    static constexpr std::chrono::seconds trust_interval{20};
    Result<Judgement> check_trust(const StagedPlugin& staged, const InstallOptions& options);
    Result<void>
    check_vendor(const Manifest& manifest, const Judgement& judgement, const InstallOptions& options);
    Result<std::optional<Judgement>> judge_installed(const Candidate& candidate);
    Result<void> check_list(const Candidate& candidate, const std::optional<std::string>& list) const;
    Result<void> check_fit(const Candidate& candidate);
    Result<std::optional<Digest>> library_digest(const Candidate& candidate) const;
    std::optional<Error> changed_on_disk(const Candidate& candidate) const;
    void take_up_mended(const ManagedPointer& plugin);
    Result<bool> keep_version(StagedPlugin staged, Replace replace);
    std::vector<std::string> take_down_revoked();
    std::vector<std::string> trust_changed();
    void look_for_revocations();
    void watch_trust(const std::stop_token& stop);

    // processes of their own (runner/isolation.cpp, runner/policy.cpp)
    void take_away_crashed(ManagedPlugin& plugin, Instance& instance);
    void note_crash(ManagedPlugin& plugin, const std::string& how);
    /// Key of why a process ended that nobody wanted to end.
    static constexpr std::string_view crashed_key = "plugins.crashed";
    static Error
    started_later(const std::string& id, std::size_t times, std::chrono::steady_clock::duration pause);
    Result<void> set_isolation(ManagedPlugin& plugin, const Value& value);
    Result<void> load_isolation(ManagedPlugin& plugin);
    Result<void> load_isolations();
    Result<void> forgive_crashes(ManagedPlugin& plugin);
    std::filesystem::path runner_program() const;
    std::optional<BoxReport> box_of_machine();
    Result<void> load_policy();
    Result<void> set_policy(std::string_view name, const Value& value);
    Result<void> apply_policy();
    Map policy() const;
    std::optional<Error> refused_by_policy(const ManagedPlugin& plugin) const;
    Result<void> grants_changed(std::string_view id);

    std::mutex watch_mutex;
    std::condition_variable_any watch_wakes;
    std::jthread watcher; ///< looks for revocations; ends before all else
};

} // namespace mortise::host
