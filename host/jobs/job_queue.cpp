#include "jobs/job_queue.hpp"

#include "commands/stop_scope.hpp"
#include "jobs/job_table.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

namespace mortise::host {

namespace {

constexpr std::size_t most_running = 16;
constexpr std::size_t most_of_plugin = 4; ///< so that no plugin keeps others waiting
constexpr std::int64_t second = 1'000'000;
constexpr auto longest_sleep = std::chrono::seconds{60};

/// 1, 2, 4 ... 300 seconds.
Instant next_try(Instant now, std::uint32_t tries)
{
    const std::int64_t seconds = std::min<std::int64_t>(300, std::int64_t{1} << std::min(tries, 9U));
    return {now.microseconds + seconds * second};
}

Error no_job(std::int64_t id)
{
    return {
        .code = ErrorCode::not_found,
        .message = "no job " + std::to_string(id) + " waits or runs",
        .key = "jobs.unknown",
        .where = std::to_string(id),
    };
}

} // namespace

struct JobQueue::State : std::enable_shared_from_this<State> {
    State(Database& database_, Writer& writer_, const Clock& clock_, JobStart start_)
        : database{database_},
          writer{writer_},
          clock{clock_},
          may_start{start_ == JobStart::when_due}
    {
    }

    struct Running {
        Job job;
        std::thread thread;
        std::stop_source stop{}; ///< somebody asked it to stop
        bool finished{false};
        bool abandoned{false}; ///< it hung when the queue was stopped: nothing of the host is there any more
    };
    using RunningList = std::list<Running>;

    Database& database;
    Writer& writer;
    const Clock& clock;

    mutable std::mutex mutex; // guards what follows
    std::condition_variable changed;
    std::map<std::string, Handler, std::less<>> handlers;
    RunningList running;
    bool woken{true};
    bool may_start; ///< or somebody must call `run_due`
    bool rested{false}; ///< the scheduler looked, found nothing due, and nothing runs
    bool stopping{false};
    std::thread scheduler;

    void schedule();
    std::vector<std::string> plugins_with_room() const;
    std::chrono::milliseconds start_due();
    void run(Running& running, const Handler& handler);
    void reap(std::unique_lock<std::mutex>& lock, std::string_view plugin);
    RunningList::iterator find_running(std::string_view plugin, std::int64_t id);
    void add_progress(Job& job);
};

void JobQueue::State::schedule()
{
    std::unique_lock lock{mutex};
    while (!stopping) {
        woken = false;
        lock.unlock();
        const auto sleep = start_due();
        lock.lock();
        reap(lock, {});
        rested = !woken && running.empty();
        if (rested) changed.notify_all();
        if (!woken && !stopping) changed.wait_for(lock, sleep, [&] { return woken || stopping; });
    }
}

/// Those of which another job may run now.
std::vector<std::string> JobQueue::State::plugins_with_room() const
{
    const std::scoped_lock lock{mutex};
    std::vector<std::string> plugins;
    // What has ended and was not reaped yet leaves its room.
    const auto at_work = [&](std::string_view plugin) {
        return static_cast<std::size_t>(std::ranges::count_if(running, [&](const Running& each) {
            return !each.finished && (plugin.empty() || each.job.draft.plugin == plugin);
        }));
    };
    if (!may_start || at_work({}) >= most_running) return plugins;
    for (const auto& [plugin, handler] : handlers)
        if (at_work(plugin) < most_of_plugin) plugins.push_back(plugin);
    return plugins;
}

/// Starts what is due and gives how long nothing will be.
std::chrono::milliseconds JobQueue::State::start_due()
{
    const ReadLease reader = database.read();
    while (true) {
        const std::vector<std::string> plugins = plugins_with_room();
        if (plugins.empty()) return longest_sleep;
        auto due = next_due(*reader, plugins);
        if (!due) return std::chrono::seconds{1};
        if (!*due) return longest_sleep;
        const std::int64_t wait = (*due)->microseconds - clock.now().microseconds;
        if (wait > 0)
            return std::min<std::chrono::milliseconds>(
                longest_sleep, std::chrono::milliseconds{wait / 1000 + 1}
            );
        std::optional<Job> job;
        const auto claimed = writer.run([&](Connection& connection) -> Result<void> {
            MORTISE_TRY(job, claim_job(connection, plugins, clock.now()));
            return {};
        });
        if (!claimed) return std::chrono::seconds{1};
        if (!job) continue;
        const std::scoped_lock lock{mutex};
        const auto handler = handlers.find(job->draft.plugin);
        Running& started = running.emplace_back();
        started.job = *std::move(job);
        started.thread = std::thread{[self = shared_from_this(),
                                      &started,
                                      run_it = handler == handlers.end() ? Handler{} : handler->second] {
            self->run(started, run_it);
        }};
    }
}

void JobQueue::State::run(Running& mine, const Handler& handler)
{
    Result<Value> outcome
        = Error{.code = ErrorCode::retry, .message = "its plugin was closed", .key = "jobs.no_plugin"};
    std::unique_lock lock{mutex};
    Job job = mine.job;
    const std::stop_source stop = mine.stop;
    lock.unlock();
    if (handler) {
        const StopScope scope{stop.get_token()};
        outcome = handler(job);
    }
    lock.lock();
    if (mine.abandoned) return;
    job.done = mine.job.done;
    job.total = mine.job.total;
    job.doing = mine.job.doing;
    lock.unlock();
    const Instant now = clock.now();
    std::optional<Instant> next;
    const bool is_closed = !outcome && outcome.error().key == "jobs.no_plugin";
    if (!outcome && outcome.error().code != ErrorCode::cancelled
        && (is_closed || job.tries < job.draft.attempts))
        next = next_try(now, job.tries - 1);
    // What cannot be written is found as running by the next process, and runs again.
    static_cast<void>(writer.run([&](Connection& connection) {
        return settle_job(connection, job, outcome, next, now);
    }));
    lock.lock();
    mine.finished = true;
    woken = true;
    changed.notify_all();
}

/// Joins the threads that have ended, of one plugin or of all.
void JobQueue::State::reap(std::unique_lock<std::mutex>& lock, std::string_view plugin)
{
    RunningList ended;
    for (auto at = running.begin(); at != running.end();) {
        const auto next = std::next(at);
        if (at->finished && (plugin.empty() || at->job.draft.plugin == plugin))
            ended.splice(ended.end(), running, at);
        at = next;
    }
    lock.unlock();
    for (Running& each : ended)
        each.thread.join();
    lock.lock();
}

JobQueue::State::RunningList::iterator JobQueue::State::find_running(std::string_view plugin, std::int64_t id)
{
    return std::ranges::find_if(running, [&](const Running& each) {
        return each.job.draft.id == id && !each.finished
            && (plugin.empty() || each.job.draft.plugin == plugin);
    });
}

JobQueue::JobQueue(Database& database, Writer& writer, const Clock& clock, JobStart start)
    : m_state{std::make_shared<State>(database, writer, clock, start)}
{
}

JobQueue::~JobQueue()
{
    stop(std::chrono::seconds{2});
}

Result<void> JobQueue::open()
{
    MORTISE_CHECK(m_state->writer.run([&](Connection& connection) {
        return open_job_table(connection, m_state->clock.now());
    }));
    m_state->scheduler = std::thread{[state = m_state] { state->schedule(); }};
    return {};
}

Result<std::int64_t> JobQueue::add_in(Connection& connection, const JobDraft& draft, Instant now)
{
    return insert_job(connection, draft, now);
}

Result<std::int64_t> JobQueue::add(const JobDraft& draft)
{
    std::int64_t id = 0;
    MORTISE_CHECK(m_state->writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(id, insert_job(connection, draft, m_state->clock.now()));
        return {};
    }));
    wake();
    return id;
}

void JobQueue::wake()
{
    {
        const std::scoped_lock lock{m_state->mutex};
        m_state->woken = true;
    }
    m_state->changed.notify_all();
}

bool JobQueue::run_due(std::chrono::milliseconds patience)
{
    std::unique_lock lock{m_state->mutex};
    const bool before = std::exchange(m_state->may_start, true);
    m_state->rested = false;
    m_state->woken = true;
    m_state->changed.notify_all();
    const bool done
        = m_state->changed.wait_for(lock, patience, [&] { return m_state->rested || m_state->stopping; });
    m_state->may_start = before;
    return done && m_state->rested;
}

void JobQueue::attach(std::string_view plugin, Handler handler)
{
    {
        const std::scoped_lock lock{m_state->mutex};
        m_state->handlers.insert_or_assign(std::string{plugin}, std::move(handler));
    }
    wake();
}

bool JobQueue::detach(std::string_view plugin, std::chrono::milliseconds patience)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    const auto is_theirs
        = [&](const State::Running& each) { return plugin.empty() || each.job.draft.plugin == plugin; };
    std::unique_lock lock{m_state->mutex};
    if (const auto found = m_state->handlers.find(plugin); found != m_state->handlers.end())
        m_state->handlers.erase(found);
    for (State::Running& each : m_state->running)
        if (is_theirs(each)) each.job.cancel_asked = true;
    while (true) {
        m_state->reap(lock, plugin);
        if (std::ranges::none_of(m_state->running, is_theirs)) return true;
        if (m_state->changed.wait_until(lock, end) == std::cv_status::timeout) {
            m_state->reap(lock, plugin);
            return std::ranges::none_of(m_state->running, is_theirs);
        }
    }
}

Result<void> JobQueue::cancel(std::string_view plugin, std::int64_t id)
{
    std::stop_source stop{std::nostopstate};
    {
        const std::scoped_lock lock{m_state->mutex};
        if (const auto found = m_state->find_running(plugin, id); found != m_state->running.end()) {
            found->job.cancel_asked = true;
            stop = found->stop;
        }
    }
    if (stop.stop_possible()) { // its query ends, and what it waits for
        stop.request_stop();
        return {};
    }
    bool was_waiting = false;
    MORTISE_CHECK(m_state->writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(was_waiting, cancel_waiting(connection, plugin, id, m_state->clock.now()));
        return {};
    }));
    return was_waiting ? Result<void>{} : no_job(id);
}

Result<bool> JobQueue::is_cancelled(std::string_view plugin, std::int64_t id) const
{
    const std::scoped_lock lock{m_state->mutex};
    const auto found = m_state->find_running(plugin, id);
    if (found == m_state->running.end()) return no_job(id);
    return found->job.cancel_asked;
}

Result<void> JobQueue::progress(
    std::string_view plugin, std::int64_t id, std::uint64_t done, std::uint64_t total, std::string_view doing
)
{
    const std::scoped_lock lock{m_state->mutex};
    const auto found = m_state->find_running(plugin, id);
    if (found == m_state->running.end()) return no_job(id);
    found->job.done = done;
    found->job.total = total;
    found->job.doing = doing;
    return {};
}

/// What a running job tells of itself is kept in memory alone until it ends. With `mutex` held.
void JobQueue::State::add_progress(Job& job)
{
    const auto live = find_running(job.draft.plugin, job.draft.id);
    if (live == running.end()) return;
    job.done = live->job.done;
    job.total = live->job.total;
    job.doing = live->job.doing;
    job.cancel_asked = live->job.cancel_asked;
}

Result<std::vector<Job>> JobQueue::list(std::string_view plugin, std::size_t most) const
{
    std::vector<Job> jobs;
    {
        const ReadLease reader = m_state->database.read();
        MORTISE_TRY(
            Statement * select,
            reader->cached(select_jobs("WHERE ?1 = '' OR plugin = ?1 ORDER BY id DESC LIMIT ?2"))
        );
        select->bind(1, plugin);
        select->bind(2, static_cast<std::int64_t>(most));
        while (true) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            MORTISE_TRY(Job job, read_job(*select));
            jobs.push_back(std::move(job));
        }
        select->reset();
    }
    const std::scoped_lock lock{m_state->mutex};
    for (Job& job : jobs)
        m_state->add_progress(job);
    return jobs;
}

Result<Job> JobQueue::find(std::int64_t id) const
{
    const ReadLease reader = m_state->database.read();
    MORTISE_TRY(Statement * select, reader->cached(select_jobs("WHERE id = ?1")));
    select->bind(1, id);
    MORTISE_TRY(const bool found, select->step());
    auto job = found ? read_job(*select) : Result<Job>{no_job(id)};
    select->reset();
    const std::scoped_lock lock{m_state->mutex};
    if (job) m_state->add_progress(*job);
    return job;
}

void JobQueue::stop(std::chrono::milliseconds patience)
{
    {
        const std::scoped_lock lock{m_state->mutex};
        m_state->stopping = true;
        m_state->handlers.clear();
    }
    m_state->changed.notify_all();
    if (m_state->scheduler.joinable()) m_state->scheduler.join();
    if (detach({}, patience)) return;
    const std::scoped_lock lock{m_state->mutex};
    for (State::Running& each : m_state->running)
        if (each.thread.joinable())
            each.thread.detach(); // it hangs in a plugin; its state is kept by nobody else
}

} // namespace mortise::host
