#pragma once

/// \file
/// `PluginManager`: the plugins of a host, from their folders on disk to their running code. It finds them,
/// says which fit, declares what the enabled ones bring, starts each when it is first needed, and ends it
/// without a trace.
///
/// A plugin that fails (does not load, throws, refuses to start, hangs) is named in `list` and never takes
/// another with it. A crash in process still takes the host: only a process of its own can keep that.
///
/// Thread-safety: every member may be called from any thread at any time.

#include "plugins/catalogue.hpp"
#include "plugins/instance.hpp"
#include "plugins/package/package_list.hpp"
#include "plugins/plugin_stats.hpp"
#include "plugins/runner/box.hpp"
#include "plugins/schedules.hpp"
#include "plugins/services.hpp"
#include "records/purge.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class HookRunner;
class TrustBook;

/// Where a plugin is in its life; every step can fail, says why, and returns to the last good one.
enum class PluginState : std::uint8_t {
    discovered, ///< there, but its manifest or library is not fit
    verified, ///< fit; not enabled
    unresolved, ///< enabled, and something that it needs is missing
    resolved, ///< enabled and registered; its code starts when it is first needed
    active, ///< its code runs
    failed, ///< its code did not start; tried again when it is needed, with growing pauses
    quarantined, ///< it hangs, or crashed too often, and is left alone
};

std::string_view name_of(PluginState state) noexcept;

struct PluginStatus {
    std::string id;
    std::string name;
    std::string version;
    std::string summary;
    std::string vendor;
    std::string homepage{};
    std::string license{};
    std::string folder;
    PluginState state{PluginState::discovered};
    bool enabled{false};
    std::vector<Error> problems{}; ///< why it is not fit, not resolved or failed
    std::vector<std::string> warnings{};
    std::vector<std::string> asked{}; ///< permissions in the manifest
    std::vector<std::string> granted{}; ///< of those
    std::vector<std::string> owns{
    }; ///< its types, and its fields of others' types: written without a permission
    std::vector<PermissionUse> uses{}; ///< of what was granted since the host started
    std::string migrating_from{}; ///< a migration that is not done yet
    bool isolated{false}; ///< its code runs in a process of its own
    int process{0}; ///< that process; 0: none runs
    int crashes{0}; ///< of that process within the last ten minutes
    std::optional<BoxReport> box{}; ///< of its last process
    std::string pinned{}; ///< why the code of an earlier load is still mapped; empty if none is
    std::vector<std::string> bound{}; ///< what its running code offers
    std::vector<std::string> versions{}; ///< all that are on disk
    std::string key{}; ///< fingerprint of the key that its vendor signs with; empty: none is kept
};

struct PluginFolders {
    std::filesystem::path installed; ///< PREFIX/lib/mortise/plugins
    std::filesystem::path data; ///< DATA/plugins
    std::filesystem::path run; ///< of this process alone: private copies of libraries; emptied at the start
    std::filesystem::path runner{}; ///< the program mortise-runner; empty: beside the folder `installed`
};

/// What the plugins of a host may do.
enum class PluginMode : std::uint8_t {
    normal,
    /// On a copy of the data: nothing is delivered, nothing is scheduled, and no plugin reaches another
    /// machine.
    rehearsal,
};

struct InstallOptions {
    bool allow_unsigned{false};
    bool replace{false}; ///< other files of a version that is installed already
    bool grant_new{false}; ///< upgrade: grant what the new version asks for besides
    bool older{false}; ///< install: also a version older than one that has run here
    bool unfit{false}; ///< upgrade: also a version that records do not fit; for who looks at them then
};

struct Installed {
    std::string id;
    std::string version;
    std::vector<std::string> signed_by{}; ///< fingerprints of the keys
    bool was_there{false}; ///< the same version, with the same files or replaced
};

/// What a package would bring, before any of it is installed.
struct Inspected {
    std::string id;
    std::string name;
    std::string version;
    std::string vendor;
    std::string summary;
    bool is_signed{false}; ///< it says so; whether by somebody who is trusted, `install` tells
    std::vector<std::string> permissions{};
    std::string installed; ///< the version that counts now; empty: none
    std::vector<std::string> asks_more{}; ///< permissions that the installed version does not ask for
    std::vector<std::string> asks_less{};
    bool is_newer{false}; ///< than what is installed
};

struct Upgraded {
    std::string id;
    std::string from; ///< the version that counted before
    std::string to;
    std::vector<std::string> asks_more{}; ///< permissions that only the new version asks for
    std::vector<std::string> asks_less{};
    Closing closing{}; ///< how the former code ended
};

struct Removed {
    std::string id;
    std::vector<std::pair<std::string, std::int64_t>> archived{}; ///< types, and how many records each has
    Purged purged{}; ///< what was deleted instead, if that was wanted
    std::size_t settings{0}; ///< that were given, secrets too
    std::size_t grants{0};
    std::size_t subscriptions{0};
};

struct RemoveOptions {
    bool purge{false}; ///< delete its types, with their records and history, and what its fields hold
    bool dry_run{false}; ///< only tell
};

/// What is kept about a plugin at a moment: `put_back` returns to it.
struct PluginPlace {
    bool is_known{false}; ///< anything is kept about it
    bool is_enabled{false};
    bool has_data{false}; ///< there are records of its types, archived ones too, or values in its fields
    std::string version{}; ///< that counts; empty: none is on disk
    std::string chosen{}; ///< that an admin wanted; empty: the newest
    std::string previous{}; ///< before the last upgrade
    std::vector<std::string> granted{};
    Map settings{}; ///< of those that are to be put back; null: it was not given
};

/// What becomes of a plugin that was not known before.
enum class Leftovers : std::uint8_t {
    keep, ///< it is disabled; records, settings and secrets stay
    /// It is as if it had never been there, but for records that belong to people: with them its types are
    /// archived.
    forget,
};

/// What a package holds; it was checked, and nothing of it is kept.
struct PackageContents {
    std::shared_ptr<const Manifest> manifest;
    PackageList list{};
};

class PluginManager {
public:
    static constexpr std::chrono::milliseconds default_patience{5000};

    PluginManager(PluginServices services, PluginFolders folders, PluginMode mode = PluginMode::normal);
    ~PluginManager();
    PluginManager(const PluginManager&) = delete;
    PluginManager& operator=(const PluginManager&) = delete;

    /// Makes the tables, looks for plugins, and registers those that are enabled. What cannot run is told by
    /// `list`; it is no error here.
    Result<void> open();
    /// Closes all plugins and takes no more calls.
    void stop(std::chrono::milliseconds patience = default_patience);

    /// Looks for plugins again, for what was installed meanwhile.
    Result<void> rescan();
    std::vector<PluginStatus> list() const; // by id
    Result<PluginStatus> find(std::string_view id) const;

    /// Registers a plugin and grants what its manifest asks for. Errors: not_found; those of its manifest;
    /// `unsupported` with what it needs and does not find; those of declaring its types; `state`
    /// (`plugins.records_unfit`) if its migration left records that do not fit its types, which are as they
    /// were then.
    Result<void> enable(std::string_view id);
    /// Closes it and takes back all that it registered; its records stay. `state` if another enabled plugin
    /// needs it.
    Result<void> disable(std::string_view id, std::chrono::milliseconds patience = default_patience);
    /// Tells what a package is and asks for; it is checked as `install` checks it, and nothing is kept.
    Result<Inspected> inspect(int package) const;
    /// Puts a package's files on disk, as one more version of its plugin. Nothing of it runs: a plugin that
    /// is enabled stays with the version that it has. `package` is an open file. Errors: those of
    /// `unpack_package`, of its manifest and of `TrustBook::judge`; `package.rollback`,
    /// `package.other_vendor`, `package.of_the_system`; `plugins.version_exists`.
    Result<Installed> install(int package, const InstallOptions& options);
    /// Installs a newer version of a plugin and lets it take the place of the running one: types are
    /// declared, records migrated, the code started; calls meanwhile wait and no event is lost. If any of it
    /// fails, or records are left that do not fit (`plugins.records_unfit`), the former version runs again.
    /// It stays on disk for `rollback`. A plugin that is not enabled is only installed. Errors besides:
    /// `plugins.not_newer`.
    Result<Upgraded> upgrade(int package, const InstallOptions& options);
    /// Takes up the version from before the last upgrade, or the next older one that is on disk.
    Result<Upgraded> rollback(std::string_view id);
    /// Disables a plugin, archives its types and fields, and takes its files, settings and grants away.
    /// Records stay readable, and are whole again when it is installed again. Errors: those of `disable`;
    /// `plugins.of_the_system` for one that the system's packages installed; of a purge `records.referenced`.
    Result<Removed> remove(std::string_view id, const RemoveOptions& options = {});
    /// Closes its code and takes up the newest on disk, while the host runs. Calls meanwhile wait; no event
    /// is lost. If the new code does not start, or is a higher version that records do not fit after its
    /// migration, the former version is taken up again when it is still there.
    Result<Closing> reload(std::string_view id, std::chrono::milliseconds patience = default_patience);
    /// Whether the plugin's code runs in a process of its own (the setting "host.isolation": "process",
    /// "none", or null for the host's default). Code that runs is closed and started again.
    Result<void> isolate(std::string_view id, bool isolated);
    /// Starts the code now.
    Result<void> activate(std::string_view id);

    // For who brings several plugins to where they shall be, and all of them back if one cannot
    // (plugin_manager_places.cpp).

    /// All versions that are on disk, the newest first, by id.
    std::map<std::string, std::vector<Candidate>> candidates() const;
    /// Checks a package as `install` does, but for whose it is, and tells what is in it.
    Result<PackageContents> contents(int package) const;
    /// `settings`: the names of those whose values are wanted.
    Result<PluginPlace> place(std::string_view id, const std::vector<std::string>& settings) const;
    /// Lets exactly this version run, which must be on disk, with these settings, and grants what it asks
    /// for. Settings are there before its code starts. After an error `put_back` is to be called. Errors:
    /// those of `enable`, `upgrade` and `set_setting`.
    Result<void> run_version(std::string_view id, std::string_view version, const Map& settings);
    /// Errors: those of `disable` and `rollback`.
    Result<void> put_back(std::string_view id, const PluginPlace& before, Leftovers leftovers);
    /// Takes one version off the disk. What is not there is no error; `state` for the one that counts in an
    /// enabled plugin.
    Result<void> remove_version(std::string_view id, std::string_view version);
    /// The settings that were given, without defaults and secrets.
    Result<Map> given_settings(std::string_view id) const;

    Result<void> grant(std::string_view id, const std::vector<std::string>& permissions);
    Result<void> revoke(std::string_view id, const std::vector<std::string>& permissions);

    /// Stands for the host itself where settings are read and set: "plugins.default_mode" ("isolated" or
    /// "in-process": for plugins that are not of the system and about which an admin said nothing) and
    /// "plugins.min_tier" (a name of BoxTier: code of others is not loaded in a weaker box), and
    /// "contacts.country" (where the business is: what a phone number without country code belongs to).
    static constexpr std::string_view host_id{"host"};

    /// All settings, with the defaults filled in.
    Result<Value> settings(std::string_view id) const;
    /// Null takes a setting back to its default, and a secret away. A secret is sealed, and not among
    /// `settings`. `invalid` if the schema does not take it; `where` is a JSON pointer.
    Result<void> set_setting(std::string_view id, std::string_view name, const Value& value);

    /// The names of the settings that are secrets and were given; nobody but the plugin gets more of them.
    Result<std::vector<std::string>> given_secrets(std::string_view id) const;

    /// Every quota of a plugin as it is now, by its name; see plugins/quotas.hpp. A setting "quota.NAME" sets
    /// one.
    Result<Map> quotas(std::string_view id) const;
    /// What an admin says about its connections; a setting "net.NAME" changes it. See
    /// plugins/net_options.hpp.
    Result<Map> net_options(std::string_view id) const;

    /// Whose packages are taken. After a change that may revoke something, call `trust_changed`.
    TrustBook& trust() noexcept;
    /// Takes down what runs and is revoked now, and up again what no longer is. Returns what was taken down.
    std::vector<std::string> trust_changed();
    /// Why a list of revocations that lies beside the plugins was not taken; nothing if it was, or if there
    /// is none. It is looked for every 20 seconds.
    std::optional<Error> trust_problem() const;

    Result<PluginCost> cost(std::string_view id) const;
    Result<std::vector<LogLine>> logs(std::string_view id, std::size_t most, std::uint64_t after = 0) const;
    /// The manifest of a plugin, for views, reports and documentation.
    Result<std::shared_ptr<const Manifest>> manifest(std::string_view id) const;

    /// Those of a plugin that is enabled, with their next times.
    Result<std::vector<ScheduleStatus>> schedules(std::string_view id) const;
    /// Starts the jobs that are due, at once: for a clock that was moved by hand.
    void run_schedules();
    /// What records ask before they write. Lives as long as this object.
    HookRunner& hooks() noexcept;

    /// Waits until events that plugins published on their own are durable and the commands that they posted
    /// have run.
    void drain();
    /// The same, and until all that the plugins were to be told has reached them. False: the time was over
    /// before.
    bool settle(std::chrono::milliseconds patience);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace mortise::host
