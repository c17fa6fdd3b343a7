#include "control/backup/backup_keeper.hpp"

#include "base/disk_file.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"
#include "blobs/blob_store.hpp"
#include "control/backup/backup.hpp"
#include "jobs/job_queue.hpp"
#include "records/audit/act_scope.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <chrono>
#include <unistd.h>

namespace mortise::host {

namespace {

constexpr std::int64_t hour = 3'600'000'000;
constexpr std::chrono::seconds first_after{10}; // a host that comes up has other things to do
constexpr std::chrono::minutes pause{1};
constexpr std::chrono::milliseconds look_at_cancel{100};

Error wrong(std::string message, std::string where, std::string hint)
{
    return {ErrorCode::invalid, std::move(message), "backup.plan", std::move(where), std::move(hint)};
}

bool is_within(const std::filesystem::path& path, const std::filesystem::path& folder)
{
    std::error_code failed;
    const auto inner = std::filesystem::weakly_canonical(path, failed);
    const auto outer = std::filesystem::weakly_canonical(folder, failed);
    return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

/// "house-20261128T101500Z.backup": sorts by time, and two are never of the same second.
std::filesystem::path name_of(const DataFolder& folder, Instant made)
{
    std::string time = format_instant(Instant{made.microseconds / 1'000'000 * 1'000'000});
    std::erase_if(time, [](char letter) { return letter == '-' || letter == ':'; });
    const std::string house = folder.path.filename().empty() ? folder.path.parent_path().filename().native()
                                                             : folder.path.filename().native();
    return house + '-' + time + ".backup";
}

/// The ledger of erasures goes beside the backups: a restore without it would bring persons back.
Result<void> copy_ledger(const DataFolder& folder, const std::filesystem::path& target)
{
    std::error_code failed;
    if (!std::filesystem::exists(folder.erasures(), failed)) return {};
    std::filesystem::path part = target / folder.erasures().filename();
    const std::filesystem::path whole = part;
    part += ".part";
    std::filesystem::remove(part, failed);
    MORTISE_TRY(const DiskFile from, DiskFile::open(folder.erasures()));
    MORTISE_TRY(const std::uint64_t size, from.size());
    std::string text(size, '\0');
    MORTISE_TRY(const std::size_t read, from.read_at(0, text));
    MORTISE_TRY(DiskFile to, DiskFile::create(part, 0600));
    MORTISE_CHECK(to.write(std::string_view{text}.substr(0, read)));
    MORTISE_CHECK(to.sync());
    std::filesystem::rename(part, whole, failed);
    if (failed) return system_failure("write " + whole.native(), failed.value());
    return sync_folder(target);
}

Result<void> check_plan(const BackupPlan& plan, const DataFolder& data)
{
    const std::string& folder = plan.folder.native();
    if (!plan.folder.is_absolute())
        return wrong(
            "the folder " + folder + " does not begin with /",
            "/folder",
            "the host has a working folder of its own"
        );
    if (is_within(plan.folder, data.path))
        return wrong(
            folder + " is in the data folder",
            "/folder",
            "what is there is lost together with the data; name another"
        );
    std::error_code failed;
    if (!std::filesystem::is_directory(plan.folder, failed))
        return wrong(
            folder + " is no folder",
            "/folder",
            "make it: the host does not, so that a disk that is not mounted is not mistaken for an empty one"
        );
    if (::access(plan.folder.c_str(), W_OK | X_OK) != 0)
        return wrong("the host may not write in " + folder, "/folder", "let its user write there");
    constexpr std::uint32_t most_hours = 24 * 366;
    if (plan.every_hours < 1 || plan.every_hours > most_hours)
        return wrong(
            std::to_string(plan.every_hours) + " hours are no pace of backups",
            "/every_hours",
            "take 1 to " + std::to_string(most_hours)
        );
    if (plan.key_file.empty()) return {};
    if (!plan.key_file.is_absolute())
        return wrong("the key " + plan.key_file.native() + " does not begin with /", "/key_file", {});
    if (is_within(plan.key_file, plan.folder))
        return wrong(
            "the key " + plan.key_file.native() + " lies beside the backups that it is to protect",
            "/key_file",
            "keep it elsewhere, and a copy of it where the fire does not reach"
        );
    MORTISE_CHECK(read_backup_key(plan.key_file));
    return {};
}

/// The act by which the trail tells of it.
AuditAct act_of(std::string kind, boost::json::object detail)
{
    AuditAct act;
    act.actor = "system";
    act.client = "backups";
    act.way = "backup.plan";
    act.kind = std::move(kind);
    act.detail = to_json(std::move(detail));
    return act;
}

} // namespace

Result<void> BackupKeeper::open()
{
    return m_services.writer.run([](Connection& connection) { return open_backup_tables(connection); });
}

void BackupKeeper::attach(JobQueue& jobs)
{
    m_jobs = &jobs;
    jobs.attach(owner, [this](const Job& job) { return run(job); });
}

void BackupKeeper::start()
{
    m_thread = std::jthread{[this](const std::stop_token& stop) {
        for (std::chrono::seconds wait{first_after}; !stop.stop_requested(); wait = pause) {
            {
                std::unique_lock lock{m_mutex};
                m_wake.wait_for(lock, stop, wait, [] { return false; });
            }
            if (!stop.stop_requested()) static_cast<void>(look()); // what fails is tried in a minute
        }
    }};
}

void BackupKeeper::stop()
{
    m_stopping = true;
    m_thread.request_stop();
    if (m_thread.joinable()) m_thread.join();
    const std::scoped_lock waiting{m_running};
}

Result<std::optional<BackupPlan>> BackupKeeper::plan()
{
    const ReadLease reader = m_services.database.read();
    return read_backup_plan(*reader);
}

Result<std::optional<BackupPlan>> BackupKeeper::present_plan()
{
    MORTISE_TRY(std::optional<BackupPlan> planned, plan());
    if (planned && planned->source != m_services.source) planned.reset();
    return planned;
}

Result<BackupState> BackupKeeper::state()
{
    const ReadLease reader = m_services.database.read();
    return read_backup_state(*reader);
}

Result<std::vector<PlannedBackup>> BackupKeeper::list()
{
    const ReadLease reader = m_services.database.read();
    return read_planned_backups(*reader);
}

Result<void> BackupKeeper::set(const CallContext& context, BackupPlan plan)
{
    MORTISE_CHECK(check_plan(plan, m_services.folder));
    if (context.dry_run) return {};
    plan.since = m_services.clock.now();
    plan.source = m_services.source;
    return m_services.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_CHECK(write_backup_plan(connection, plan));
        MORTISE_TRY(BackupState state, read_backup_state(connection));
        state.failed = {}; // what failed may be what the new plan mends
        state.failure.clear();
        return write_backup_state(connection, state);
    });
}

Result<void> BackupKeeper::forget(const CallContext& context)
{
    if (context.dry_run) return {};
    return m_services.writer.run([](Connection& connection) {
        return write_backup_plan(connection, std::nullopt);
    });
}

Result<std::int64_t> BackupKeeper::queue(const CallContext& context)
{
    if (!m_jobs)
        return Error{.code = ErrorCode::state, .message = "jobs do not run yet", .key = "backup.not_open"};
    JobDraft draft;
    MORTISE_TRY(const Id id, m_services.records.reserve(1));
    draft.id = id.number;
    draft.plugin = owner;
    draft.name = "backup";
    draft.key = "backup";
    draft.arguments = Map{};
    draft.attempts = 1; // `look` tries again
    draft.due = m_services.clock.now();
    draft.user = context.principal.user;
    draft.actor = context.principal.name();
    return m_jobs->add(draft);
}

Result<std::int64_t> BackupKeeper::make_now(const CallContext& context)
{
    MORTISE_TRY(const std::optional<BackupPlan> planned, present_plan());
    if (planned) return queue(context);
    return Error{
        .code = ErrorCode::state,
        .message = "there is no plan of backups",
        .key = "backup.no_plan",
        .where = {},
        .hint = "make one: mortise backups plan FOLDER; or write a single backup: mortise backup FILE",
    };
}

Result<std::int64_t> BackupKeeper::look()
{
    MORTISE_TRY(const std::optional<BackupPlan> plan, present_plan());
    if (!plan) return 0;
    MORTISE_TRY(const BackupState state, this->state());
    const std::int64_t now = m_services.clock.now().microseconds;
    const std::int64_t due = state.made.microseconds + plan->every_hours * hour;
    if (now < due || now < state.failed.microseconds + hour) return 0;
    CallContext context;
    context.principal = Principal::system();
    return queue(context);
}

Result<std::string> BackupKeeper::warning()
{
    MORTISE_TRY(const std::optional<BackupPlan> plan, this->plan());
    if (!plan) return std::string{};
    if (plan->source != m_services.source)
        return std::string{"the plan of backups was made before this database was restored, and rests; make "
                           "it again: mortise "
                           "backups plan FOLDER"};
    MORTISE_TRY(const BackupState state, this->state());
    const std::string last = state.made.microseconds == 0
        ? "none was made before"
        : "the last was made at " + format_instant(state.made);
    if (state.failed.microseconds != 0)
        return "the backup of " + format_instant(state.failed) + " failed: " + state.failure + "; " + last;
    const std::int64_t from = std::max(state.made.microseconds, plan->since.microseconds);
    if (m_services.clock.now().microseconds < from + 2 * plan->every_hours * hour) return std::string{};
    return "no backup was made although one is due each " + std::to_string(plan->every_hours) + " hours; "
        + last;
}

Result<void> BackupKeeper::note_failure(const Error& error)
{
    const std::string why = error.message + (error.hint.empty() ? "" : " (" + error.hint + ")");
    MORTISE_CHECK(m_services.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(BackupState state, read_backup_state(connection));
        state.failed = m_services.clock.now();
        state.failure = why;
        return write_backup_state(connection, state);
    }));
    return m_services.writer.tell(act_of("backup.failed", {{"error", why}, {"key", error.key}}));
}

Result<Value> BackupKeeper::run(const Job& job)
{
    const std::scoped_lock running{m_running};
    const ActScope scope{nullptr}; // what is told is told by itself
    MORTISE_TRY(const std::optional<BackupPlan> plan, present_plan());
    if (!plan) return Value{Map{}}; // taken away while it waited
    auto made = make(*plan, job);
    if (!made) {
        const Error error = std::move(made).error();
        if (error.code == ErrorCode::cancelled && m_stopping) return error; // due at the next start
        MORTISE_CHECK(note_failure(error));
        return error;
    }
    MORTISE_CHECK(m_services.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_CHECK(add_planned_backup(connection, *made));
        return write_backup_state(connection, {.made = made->made, .failed = {}, .failure = {}});
    }));
    MORTISE_CHECK(m_services.writer.tell(act_of(
        "backup.made", {{"file", made->file.native()}, {"bytes", made->bytes}, {"encrypted", made->encrypted}}
    )));
    MORTISE_TRY(Map told, clear_away(*plan));
    told.set("file", made->file.native());
    told.set("bytes", made->bytes);
    return Value{std::move(told)};
}

Result<PlannedBackup> BackupKeeper::make(const BackupPlan& plan, const Job& job)
{
    MORTISE_CHECK(check_plan(plan, m_services.folder)); // the disk may not be there today
    std::optional<BackupKey> key;
    if (!plan.key_file.empty()) {
        MORTISE_TRY(key, read_backup_key(plan.key_file));
    }
    std::atomic<bool> cancel{false};
    const std::jthread watch{[&](const std::stop_token& over) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock{mutex};
        while (!over.stop_requested() && !cancel) {
            const auto asked = m_jobs->is_cancelled(owner, job.draft.id);
            cancel = m_stopping || (asked && *asked);
            wake.wait_for(lock, over, look_at_cancel, [] { return false; });
        }
    }};
    const BackupSteps steps{
        .on_progress = [&](const std::string& step, std::uint64_t done, std::uint64_t all
                       ) { static_cast<void>(m_jobs->progress(owner, job.draft.id, done, all, step)); },
        .cancel = &cancel,
        .key = key ? &*key : nullptr,
    };
    PlannedBackup made;
    made.made = m_services.clock.now();
    made.file = plan.folder / name_of(m_services.folder, made.made);
    made.encrypted = key.has_value();
    made.source = m_services.source;
    MORTISE_CHECK(copy_ledger(m_services.folder, plan.folder));
    const auto hold = m_services.blobs.hold(); // what the copy refers to stays until it is in the backup
    MORTISE_TRY(
        const BackupOutcome outcome,
        make_backup(m_services.database, m_services.folder, made.file, false, steps)
    );
    made.bytes = static_cast<std::int64_t>(outcome.contents.size);
    return made;
}

/// Takes away what the plan does not keep. What cannot be taken away is tried again behind the next one.
Result<Map> BackupKeeper::clear_away(const BackupPlan& plan)
{
    MORTISE_TRY(std::vector<PlannedBackup> all, list());
    std::erase_if(all, [&](const PlannedBackup& one) { return one.source != m_services.source; });
    std::vector<Instant> made;
    for (const PlannedBackup& backup : all)
        made.push_back(backup.made);
    std::int64_t removed = 0;
    List left;
    for (const std::size_t i : backups_to_remove(made, plan.keep)) {
        std::error_code failed;
        const bool was_there = std::filesystem::remove(all[i].file, failed);
        if (failed) {
            left.emplace_back(all[i].file.native() + ": " + failed.message());
            continue;
        }
        removed += was_there ? 1 : 0;
        MORTISE_CHECK(m_services.writer.run([&](Connection& connection) {
            return forget_planned_backup(connection, all[i].id);
        }));
    }
    return Map{{"removed", removed}, {"left", std::move(left)}};
}

} // namespace mortise::host
