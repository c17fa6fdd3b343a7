#pragma once

/// \file
/// The host: opens a data folder, makes all parts of Mortise over it and connects them. Whoever wants a whole
/// host, a program or a test, makes one of these; whoever wants to use one goes through its `api()`.

#include "control/api.hpp"
#include "control/data_folder.hpp"
#include "control/event_feed.hpp"
#include "control/lease.hpp"
#include "control/temporary_folder.hpp"
#include "control/users.hpp"
#include "events/dispatcher.hpp"
#include "events/event_log.hpp"
#include "jobs/job.hpp"
#include "records/records.hpp"
#include "records/undo.hpp"
#include "records/views.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <mortise/abi/root.h>
#include <mortise/result.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace mortise::host {

class BlobStore;
class Bundles;
class CallObserver;
class Duplicates;
class Identities;
class JobQueue;
class Merging;
class Erasure;
class ErasureLedger;
class Restricting;
class Retention;
class BackupKeeper;
class FileCollector;
class FileKeeper;
class SubjectExport;
class PluginManager;
class RelationBook;

struct HostOptions {
    std::filesystem::path folder{
    }; ///< empty: everything is in memory, and the OS user of this process is admin
    std::filesystem::path socket{}; ///< where it will serve, for the lease; empty: it is for one command
    std::filesystem::path installed_plugins{}; ///< empty: ../lib/mortise/plugins beside the program's folder
    const Clock* clock{nullptr}; ///< null: the system's; else it must outlive the host
    bool rehearsal{false}; ///< a copy of the data: see PluginMode
    // What follows is for tests of plugins.
    CallObserver* observer{nullptr
    }; ///< looks on at the border; must outlive the host. Nothing is indexed for search then
    std::map<std::string, mortise_plugin_open> linked{}; ///< plugins that are part of this program, by id
    JobStart job_start{JobStart::when_due};
};

/// Thread-safety: any thread may use the parts, each as its header says.
class Host {
public:
    /// Makes a data folder with a database and one user: the user of the operating system that this process
    /// runs as, with scope `all`. Errors: `exists` if the folder is not empty; `io`.
    static Result<void> init(const std::filesystem::path& folder);
    /// Errors: `not_found` if there is no data in the folder, `busy` if another host has it, those of the
    /// database.
    static Result<std::unique_ptr<Host>> open(HostOptions options);
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    /// Stops what runs, in order: feeds, deliveries, the writer. Calls of the API must be over.
    ~Host();

    const Api& api() const noexcept { return m_api; }
    const DataFolder& folder() const noexcept { return m_folder; }
    /// Where it serves; empty if it does not.
    const std::filesystem::path& socket() const noexcept { return m_socket; }
    const Clock& clock() const noexcept { return m_clock; }
    Instant started_at() const noexcept { return m_started_at; }
    Database& database() noexcept { return *m_database; }
    Writer& writer() noexcept { return *m_writer; }
    Records& records() noexcept { return *m_records; }
    FileKeeper& files() noexcept { return *m_files; }
    Views& views() noexcept { return *m_views; }
    Undo& undo() noexcept { return *m_undo; }
    Merging& merging() noexcept { return *m_merging; }
    RelationBook& relations() noexcept { return *m_relations; }
    EventLog& events() noexcept { return *m_events; }
    Dispatcher& dispatcher() noexcept { return *m_dispatcher; }
    JobQueue& jobs() noexcept { return *m_jobs; }
    PluginManager& plugins() noexcept { return *m_plugins; }
    Bundles& bundles() noexcept { return *m_bundles; }
    Retention& retention() noexcept { return *m_retention; }
    BackupKeeper& backups() noexcept { return *m_backups; }
    /// Null for a host in memory and a rehearsal, which keep none.
    const ErasureLedger* ledger() const noexcept { return m_ledger.get(); }
    EventFeed& feed() noexcept { return *m_feed; }
    CommandRegistry& commands() noexcept { return m_commands; }
    Users& users() noexcept { return *m_users; }
    /// In whose name a session's calls act. `denied` if nobody knows it, or not any more.
    Result<Principal> identify(const Session& session) const;
    /// What events of this database name as their source: "mortise:" and the database's id.
    const std::string& source() const noexcept { return m_source; }

private:
    Host(HostOptions options, DataFolder folder);
    Result<void> open_parts(bool create);
    Result<void> open_plugins();
    Result<void> read_source();
    Result<void> keep_erasures();
    void add_methods();

    const Clock& m_clock;
    DataFolder m_folder;
    std::filesystem::path m_socket;
    std::filesystem::path m_installed_plugins;
    const bool m_is_rehearsal;
    CallObserver* m_observer;
    std::map<std::string, mortise_plugin_open> m_linked;
    JobStart m_job_start;
    Instant m_started_at;
    std::string m_source;
    std::string m_database_id;
    std::optional<TemporaryFolder> m_temporary; // of a host in memory
    std::optional<Lease> m_lease;
    std::unique_ptr<Database> m_database;
    std::unique_ptr<Writer> m_writer;
    std::unique_ptr<BlobStore> m_blobs;
    std::unique_ptr<Records> m_records;
    std::unique_ptr<FileKeeper> m_files;
    std::unique_ptr<Views> m_views;
    std::unique_ptr<Undo> m_undo;
    std::unique_ptr<Merging> m_merging;
    std::unique_ptr<RelationBook> m_relations;
    std::unique_ptr<Duplicates> m_duplicates;
    std::unique_ptr<Identities> m_identities;
    std::unique_ptr<EventLog> m_events;
    std::unique_ptr<SubjectExport> m_subjects;
    std::unique_ptr<ErasureLedger> m_ledger;
    std::unique_ptr<Erasure> m_erasure;
    std::unique_ptr<Restricting> m_restricting;
    std::unique_ptr<Retention> m_retention;
    std::unique_ptr<BackupKeeper> m_backups;
    std::unique_ptr<Users> m_users;
    CommandRegistry m_commands;
    std::unique_ptr<Dispatcher> m_dispatcher;
    std::unique_ptr<JobQueue> m_jobs;
    std::unique_ptr<PluginManager> m_plugins;
    std::unique_ptr<Bundles> m_bundles;
    std::unique_ptr<EventFeed> m_feed;
    std::unique_ptr<FileCollector> m_file_collector; ///< of a host that serves
    Api m_api;
};

} // namespace mortise::host
