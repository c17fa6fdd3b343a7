#include "control/host.hpp"

#include "blobs/blob_store.hpp"
#include "bundles/bundles.hpp"
#include "control/backup/backup_keeper.hpp"
#include "control/database_identity.hpp"
#include "control/file_collector.hpp"
#include "control/methods/methods.hpp"
#include "control/methods/search_methods.hpp"
#include "control/os_user.hpp"
#include "duplicates/duplicate_commands.hpp"
#include "duplicates/duplicates.hpp"
#include "identities/identities.hpp"
#include "identities/identity_commands.hpp"
#include "jobs/job_queue.hpp"
#include "merging/merge_commands.hpp"
#include "merging/merging.hpp"
#include "plugins/plugin_manager.hpp"
#include "privacy/erasing_again.hpp"
#include "privacy/erasure.hpp"
#include "privacy/privacy_commands.hpp"
#include "privacy/restricting.hpp"
#include "privacy/subject_export.hpp"
#include "records/audit/act_scope.hpp"
#include "records/files/file_keeper.hpp"
#include "records/search/search.hpp"
#include "relations/relation_book.hpp"
#include "retention/retention.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

namespace mortise::host {
namespace {

constexpr std::chrono::milliseconds job_patience{5000};
constexpr std::chrono::milliseconds patience_with_search{10'000}; // behind an erasure

/// PREFIX/lib/mortise/plugins of the program that is PREFIX/bin/NAME.
std::filesystem::path installed_plugins_beside_program()
{
    std::error_code failed;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
    return program.parent_path().parent_path() / "lib/mortise/plugins";
}

Result<void> add_first_user(Users& users)
{
    const std::string os_user = own_os_user();
    const std::string name
        = os_user.starts_with('#') ? "user" + os_user.substr(1) : os_user; // no login name: "#1000"
    MORTISE_CHECK(users.add(name, RowScope::all, os_user));
    return {};
}

} // namespace

Host::Host(HostOptions options, DataFolder folder)
    : m_clock{options.clock ? *options.clock : system_clock_source()},
      m_folder{std::move(folder)},
      m_socket{std::move(options.socket)},
      m_installed_plugins{
          options.installed_plugins.empty() ? installed_plugins_beside_program()
                                            : std::move(options.installed_plugins)
      },
      m_is_rehearsal{options.rehearsal},
      m_observer{options.observer},
      m_linked{std::move(options.linked)},
      m_job_start{options.rehearsal ? JobStart::by_hand : options.job_start},
      m_started_at{m_clock.now()},
      m_api{[this](const Session& session) { return identify(session); }}
{
}

Host::~Host()
{
    m_file_collector.reset();
    if (m_feed) m_feed->stop();
    if (m_plugins) m_plugins->stop();
    if (m_duplicates) m_duplicates->stop();
    if (m_retention) m_retention->stop();
    if (m_backups) m_backups->stop();
    if (m_identities) m_identities->stop();
    if (m_jobs) m_jobs->stop(job_patience);
    if (m_dispatcher) m_dispatcher->stop();
    if (m_records) m_records->close();
    if (m_writer) m_writer->stop();
}

Result<void> Host::init(const std::filesystem::path& folder)
{
    MORTISE_TRY(const DataFolder made, DataFolder::create(folder));
    MORTISE_TRY(Lease lease, Lease::take(made, {}));
    Host host{{.folder = folder}, made};
    host.m_lease = std::move(lease);
    return host.open_parts(true);
}

namespace {

/// A host that comes up waits for a command that happens to have the folder open: it will soon be done.
Result<Lease> take_lease(const DataFolder& folder, const std::filesystem::path& socket)
{
    constexpr std::chrono::milliseconds pause{20};
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (true) {
        auto lease = Lease::take(folder, socket);
        if (lease || socket.empty() || lease.error().key != "lease.held"
            || std::chrono::steady_clock::now() >= until)
            return lease;
        const auto holder = Lease::last_holder(folder);
        const bool is_there = holder && (::kill(holder->pid, 0) == 0 || errno == EPERM);
        if (is_there && !holder->socket.empty()) return lease; // another host
        std::this_thread::sleep_for(pause);
    }
}

} // namespace

Result<std::unique_ptr<Host>> Host::open(HostOptions options)
{
    const bool in_memory = options.folder.empty();
    DataFolder folder;
    std::optional<Lease> lease;
    std::optional<TemporaryFolder> temporary;
    if (in_memory) {
        MORTISE_TRY(temporary, TemporaryFolder::create());
        folder.path = temporary->path();
    } else {
        MORTISE_TRY(folder, DataFolder::find(options.folder));
        MORTISE_TRY(lease, take_lease(folder, options.socket));
    }
    std::unique_ptr<Host> host{new Host{std::move(options), std::move(folder)}};
    host->m_lease = std::move(lease);
    host->m_temporary = std::move(temporary);
    MORTISE_CHECK(host->open_parts(in_memory));
    return host;
}

Result<void> Host::open_parts(bool create)
{
    const std::filesystem::path file = m_temporary ? ":memory:" : m_folder.database();
    MORTISE_TRY(m_database, Database::open(file, DatabaseOptions{.create = create}));
    m_writer = std::make_unique<Writer>(*m_database, m_clock);
    m_records = std::make_unique<Records>(*m_database, *m_writer, m_clock);
    MORTISE_TRY(m_blobs, BlobStore::open(m_folder.blobs(), m_folder.run()));
    m_records->set_blobs(m_blobs.get());
    m_files = std::make_unique<FileKeeper>(*m_database, *m_writer, *m_records, *m_blobs, m_clock);
    m_views = std::make_unique<Views>(*m_database, *m_records);
    m_undo = std::make_unique<Undo>(*m_database, *m_records);
    m_merging = std::make_unique<Merging>(*m_database, *m_writer, *m_records, m_clock);
    m_relations = std::make_unique<RelationBook>(*m_database, *m_records, *m_views, m_clock);
    m_duplicates = std::make_unique<Duplicates>(
        DuplicateServices{*m_database, *m_writer, *m_records, *m_merging, m_clock}
    );
    m_identities = std::make_unique<Identities>(
        IdentityServices{*m_database, *m_writer, *m_records, *m_merging, *m_duplicates, m_clock}
    );
    m_events = std::make_unique<EventLog>(*m_database);
    m_subjects = std::make_unique<SubjectExport>(*m_database, *m_records, *m_events, m_clock);
    m_erasure
        = std::make_unique<Erasure>(*m_database, *m_writer, *m_records, *m_events, m_clock, m_files.get());
    m_restricting = std::make_unique<Restricting>(*m_database, *m_records, m_clock);
    m_retention = std::make_unique<Retention>(
        RetentionServices{*m_database, *m_writer, *m_records, *m_events, *m_erasure, m_clock}
    );
    m_backups = std::make_unique<BackupKeeper>(
        BackupServices{*m_database, *m_writer, *m_records, *m_blobs, m_folder, m_clock, m_source}
    );
    m_users = std::make_unique<Users>(*m_database, *m_writer, *m_records, m_clock);
    m_dispatcher = std::make_unique<Dispatcher>(*m_database, *m_writer, *m_records, *m_events, m_clock);
    // The API holds it: it ends before the parts that it reads.
    const auto search = std::make_shared<Search>(*m_database, *m_records);
    m_writer->on_commit([this, searching = std::weak_ptr{search}](std::int64_t last) {
        m_events->committed(last);
        m_dispatcher->notify(last);
        if (const auto alive = searching.lock()) alive->notify(last);
        if (m_feed) m_feed->notify();
    });
    MORTISE_CHECK(m_writer->open());
    MORTISE_CHECK(m_records->open());
    MORTISE_CHECK(m_files->remove_doomed());
    MORTISE_CHECK(m_merging->open());
    MORTISE_CHECK(m_duplicates->open(m_database->file().parent_path() / "duplicates.db"));
    MORTISE_CHECK(m_identities->open());
    MORTISE_CHECK(add_merge_commands(m_commands, *m_merging));
    MORTISE_CHECK(add_duplicate_commands(m_commands, *m_duplicates, *m_records));
    MORTISE_CHECK(add_identity_commands(m_commands, *m_identities, *m_records));
    MORTISE_CHECK(m_erasure->open());
    const auto clear_search = [this, searching = std::weak_ptr{search}] {
        const auto alive = searching.lock();
        return m_observer || !alive || alive->index().wait_until_fresh(patience_with_search);
    };
    MORTISE_CHECK(add_privacy_commands(m_commands, *m_subjects, *m_erasure, *m_restricting, clear_search));
    MORTISE_CHECK(m_retention->open());
    MORTISE_CHECK(m_backups->open());
    MORTISE_CHECK(m_events->open());
    MORTISE_CHECK(m_users->open(m_temporary ? own_os_user() : owner_of_file(m_folder.path)));
    // Empty in a new folder, and in one whose `init` was cut short.
    if (m_users->empty()) MORTISE_CHECK(add_first_user(*m_users));
    MORTISE_CHECK(read_source());
    MORTISE_CHECK(keep_erasures());
    MORTISE_CHECK(open_plugins());
    m_feed = std::make_unique<EventFeed>(*m_events, m_source);
    if (!m_is_rehearsal) MORTISE_CHECK(m_duplicates->follow(*m_dispatcher));
    if (!m_observer) search->start(m_database->file().parent_path() / "search.db", m_events->last());
    add_search_methods(m_api, search);
    if (!m_socket.empty()) {
        m_file_collector = std::make_unique<FileCollector>(*m_files);
        m_backups->start();
    }
    add_methods();
    return {};
}

Result<void> Host::open_plugins()
{
    m_jobs = std::make_unique<JobQueue>(*m_database, *m_writer, m_clock, m_job_start);
    MORTISE_CHECK(m_jobs->open());
    if (!m_is_rehearsal) {
        MORTISE_CHECK(m_retention->attach(*m_jobs));
        m_backups->attach(*m_jobs);
    }
    m_duplicates->attach(*m_jobs);
    m_identities->attach(*m_jobs);
    const PluginServices services{
        *m_database,
        *m_writer,
        *m_records,
        *m_events,
        *m_dispatcher,
        m_commands,
        *m_views,
        *m_jobs,
        m_clock,
        m_source,
        m_observer,
        m_linked,
        m_files.get()
    };
    m_plugins = std::make_unique<PluginManager>(
        services,
        PluginFolders{m_installed_plugins, m_folder.plugins(), m_folder.run()},
        m_is_rehearsal ? PluginMode::rehearsal : PluginMode::normal
    );
    MORTISE_CHECK(m_plugins->open());
    m_bundles = std::make_unique<Bundles>(
        *m_database, *m_writer, *m_records, *m_plugins, m_clock, m_installed_plugins.parent_path() / "bundles"
    );
    return m_bundles->open();
}

Result<void> Host::read_source()
{
    return m_writer->run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(const DatabaseIdentity identity, make_identity(connection));
        m_source = identity.source();
        m_database_id = identity.id;
        return {};
    });
}

/// Before any plugin runs or anybody is served: an older database may have been put into the folder by hand.
Result<void> Host::keep_erasures()
{
    if (m_temporary || m_is_rehearsal) return {};
    std::error_code ignored; // what a backup that was killed left is as old as that
    for (const char* ending : {".part", ".part-journal", ".part-wal", ".part-shm"})
        std::filesystem::remove(m_folder.backup_scratch() += ending, ignored);
    MORTISE_TRY(ErasureLedger ledger, ErasureLedger::open(m_folder.erasures()));
    m_ledger = std::make_unique<ErasureLedger>(std::move(ledger));
    m_erasure->keep(*m_ledger, m_database_id);
    {
        const ReadLease reader = m_database->read();
        MORTISE_TRY(const bool together, are_together(*reader, *m_records->schema(), *m_ledger));
        if (together) return {}; // as nearly always
        MORTISE_TRY(const std::vector<ErasedPerson> known, erased_in(*reader, m_database_id));
        MORTISE_CHECK(m_ledger->add(known));
    }
    AuditAct act;
    act.actor = "system";
    act.account = own_os_user();
    act.client = "host";
    act.way = "open";
    act.tells = false; // the erasures are events, and the summary is told
    const ActScope scope{&act};
    CallContext context;
    context.principal = Principal::system();
    context.client = "host";
    const std::vector<ErasedPerson> named = m_ledger->persons();
    MORTISE_TRY(
        const ErasedAgain done,
        erase_again(
            *m_database,
            *m_records,
            *m_erasure,
            context,
            {.database = m_database_id, .persons = named, .source = m_ledger->file().native()}
        )
    );
    if (done.applied != 0) {
        AuditAct summary = act;
        summary.kind = "erasures.applied_again";
        summary.detail = summary_of(done);
        MORTISE_CHECK(m_writer->tell(summary));
    }
    return m_writer->run([&](Connection& connection) {
        return note_together(connection, *m_records->schema(), *m_ledger);
    });
}

/// A session acts as its own user, or as another one if its own has scope `all`.
Result<Principal> Host::identify(const Session& session) const
{
    MORTISE_TRY(Principal own, m_users->principal_of_os_user(session.os_user()));
    const std::string wanted = session.acting_as();
    if (wanted.empty() || wanted == own.user_name) return own;
    if (own.scope != RowScope::all)
        return Error{
            ErrorCode::denied,
            own.user_name + " may not act as " + wanted,
            "users.act_as",
            {},
            "only an administrator may act as another"
        };
    return m_users->principal_of(wanted);
}

void Host::add_methods()
{
    add_session_methods(m_api, *this);
    add_status_methods(m_api, *this);
    add_type_methods(m_api, *this);
    add_record_methods(m_api, *this);
    add_relation_methods(m_api, *this);
    add_query_methods(m_api, *this);
    add_file_methods(m_api, *this);
    add_import_methods(m_api, *this);
    add_export_methods(m_api, *this);
    add_event_methods(m_api, *this);
    add_subscription_methods(m_api, *this);
    add_plugin_methods(m_api, *this);
    add_package_methods(m_api, *this);
    add_trust_methods(m_api, *this);
    add_bundle_methods(m_api, *this);
    add_job_methods(m_api, *this);
    add_command_methods(m_api, *this);
    add_undo_methods(m_api, *this);
    add_backup_methods(m_api, *this);
    add_backup_plan_methods(m_api, *this);
    add_user_methods(m_api, *this);
    add_role_methods(m_api, *this);
    add_retention_methods(m_api, *this);
    add_view_methods(m_api, *this);
    add_audit_methods(m_api, *this);
    m_api.set_tell([this](const AuditAct& act) { return m_writer->tell(act); });
}

} // namespace mortise::host
