#pragma once

/// \file
/// `JobQueue`: keeps jobs in the database, runs each that is due on a thread of its own pool, tries again
/// with back-off when one fails, and starts those again that a former process left behind.
///
/// Thread-safety: every member may be called from any thread at any time.

#include "base/clock.hpp"
#include "jobs/job.hpp"

#include <mortise/result.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;
class Database;
class Writer;

class JobQueue {
public:
    /// Runs one job. Called on a thread of the queue; must not throw. An error `retry` or any other asks for
    /// another try, `cancelled` ends the job.
    using Handler = std::function<Result<Value>(const Job& job)>;

    JobQueue(Database& database, Writer& writer, const Clock& clock, JobStart start = JobStart::when_due);
    ~JobQueue();
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;

    /// Makes the table where it is not there; jobs that a former process was running wait again.
    Result<void> open();

    /// Queues a job in a transaction of the caller's; call `wake` when it is durable. Gives the number of the
    /// job: the one that waits already if there is one with that key.
    static Result<std::int64_t> add_in(Connection& connection, const JobDraft& draft, Instant now);
    /// The same in a transaction of its own.
    Result<std::int64_t> add(const JobDraft& draft);
    void wake();
    /// Starts what is due by the clock, what that makes due included, and waits until nothing is due and
    /// nothing runs. False: the time was over before.
    bool run_due(std::chrono::milliseconds patience);

    /// Who runs the jobs of a plugin. Without one they wait.
    void attach(std::string_view plugin, Handler handler);
    /// Asks the running jobs of the plugin to stop and waits for them, at most `patience`. False: some still
    /// run.
    bool detach(std::string_view plugin, std::chrono::milliseconds patience);

    /// Asks a job to stop; one that waits never starts. `not_found` if none of that number waits or runs.
    Result<void> cancel(std::string_view plugin, std::int64_t id);
    /// Whether somebody asked a running job to stop.
    Result<bool> is_cancelled(std::string_view plugin, std::int64_t id) const;
    /// Kept in memory, for `list`; what was told last is kept with the job when it ends.
    Result<void> progress(
        std::string_view plugin,
        std::int64_t id,
        std::uint64_t done,
        std::uint64_t total,
        std::string_view doing
    );

    /// Jobs of a plugin ("": of all), newest first.
    Result<std::vector<Job>> list(std::string_view plugin, std::size_t most) const;
    Result<Job> find(std::int64_t id) const;

    /// Asks all running jobs to stop, waits for them at most `patience`, and starts nothing more.
    void stop(std::chrono::milliseconds patience);

private:
    struct State;
    std::shared_ptr<State> m_state; // of the threads too, which may outlive this
};

} // namespace mortise::host
