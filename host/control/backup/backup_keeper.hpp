#pragma once

/// \file
/// Backups that are made by themselves: by the one plan of a data folder, as jobs, each checked, and the old
/// ones taken away only behind a new one that is sound.

#include "access/principal.hpp"
#include "base/clock.hpp"
#include "control/backup/backup_plan.hpp"
#include "control/data_folder.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mortise::host {

class BlobStore;
class Database;
class JobQueue;
class Records;
class Writer;
struct Job;

struct BackupServices {
    Database& database;
    Writer& writer;
    Records& records;
    BlobStore& blobs;
    const DataFolder& folder;
    const Clock& clock;
    const std::string& source; ///< the incarnation of the database, once it is known
};

/// Thread-safety: any thread.
class BackupKeeper {
public:
    /// Whose jobs they are.
    static constexpr std::string_view owner{"mortise.backups"};

    explicit BackupKeeper(BackupServices services) : m_services{services} { }

    Result<void> open();
    /// Runs the jobs of this queue. Call it once.
    void attach(JobQueue& jobs);
    /// Looks every minute, on a thread of its own, whether one is due.
    void start();
    /// Ends the thread. A backup that is being made is ended too, and leaves nothing.
    void stop();

    Result<std::optional<BackupPlan>> plan();
    Result<BackupState> state();
    /// Those of the plan, of former plans too, newest first.
    Result<std::vector<PlannedBackup>> list();
    /// Errors: `invalid`, key "backup.plan" or "backup.key", if the folder cannot be written, lies in the
    /// data folder, or the key cannot be read.
    Result<void> set(const CallContext& context, BackupPlan plan);
    /// No more are made; those that are there stay.
    Result<void> forget(const CallContext& context);
    /// Queues one, or gives the one that waits or runs. Errors: `state` without a plan.
    Result<std::int64_t> make_now(const CallContext& context);
    /// Queues one if it is time for it: each so many hours, and an hour after one that failed. The job, or 0.
    Result<std::int64_t> look();
    /// What an admin has to know: that the last one failed, that none was made for long, or that the plan is
    /// one of another incarnation and rests: a copy of a house must not go on in its place. Empty: all is
    /// well, or there is no plan.
    Result<std::string> warning();

private:
    /// The plan, if it is one of this incarnation.
    Result<std::optional<BackupPlan>> present_plan();
    Result<std::int64_t> queue(const CallContext& context);
    Result<Value> run(const Job& job);
    Result<PlannedBackup> make(const BackupPlan& plan, const Job& job);
    Result<Map> clear_away(const BackupPlan& plan);
    Result<void> note_failure(const Error& error);

    BackupServices m_services;
    JobQueue* m_jobs{nullptr};
    std::mutex m_running; // held by a job while it runs
    std::atomic<bool> m_stopping{false};
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::jthread m_thread;
};

} // namespace mortise::host
