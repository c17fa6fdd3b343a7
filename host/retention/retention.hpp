#pragma once

/// \file
/// Retention: rules about what is kept for how long, what they would take away now, and the job that takes it
/// away.

#include "access/principal.hpp"
#include "base/clock.hpp"
#include "retention/retention_rule.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace mortise::host {

class Database;
class Erasure;
class EventLog;
class JobQueue;
class Records;
class RetentionSearch;
class Writer;
struct Job;
struct RetentionDaily;

struct RetentionServices {
    Database& database;
    Writer& writer;
    Records& records;
    EventLog& log;
    Erasure& erasure;
    const Clock& clock;
};

/// Thread-safety: any thread.
class Retention {
public:
    /// Whose jobs they are.
    static constexpr std::string_view owner{"mortise.retention"};

    explicit Retention(RetentionServices services) : m_services{services} { }

    Result<void> open();
    /// Runs the jobs of this queue, and queues the daily one where that is on. Call it once.
    Result<void> attach(JobQueue& jobs);
    /// Ends a job that runs, so that it goes on when the host is started again, and waits for it. Call it
    /// before the queue stops.
    void stop();

    /// Errors of all that follow but `run`: denied for plugins and for who may not erase persons.
    Result<std::vector<RetentionRule>> rules(const Principal& principal);
    /// Gives it with its id. Errors: `invalid`, not_found of the type.
    Result<RetentionRule> add(const CallContext& context, const Map& rule);
    /// Errors: not_found.
    Result<void> remove(const CallContext& context, std::int64_t rule);
    /// {on, last}
    Result<Map> daily(const Principal& principal);
    Result<void> set_daily(const CallContext& context, bool is_on);

    /// {at, rules: [{rule, words, count, samples, kept: {restricted, unread, proof}}]}: what would go if it
    /// was applied now. `rule`: 0 for all. Errors: not_found.
    Result<Map> preview(const Principal& principal, std::int64_t rule);
    /// Queues the job that takes away what the rules meet at this moment, or gives the one that waits or
    /// runs.
    Result<std::int64_t> apply(const CallContext& context, std::int64_t rule);

private:
    Result<std::vector<RetentionRule>> some(std::int64_t rule);
    Result<std::int64_t>
    queue(const CallContext& context, std::string_view name, Instant due, std::int64_t rule);
    Result<void> queue_daily();
    Result<bool> begin_daily(Instant now);
    Result<Value> run(const Job& job);
    Result<Map> preview_one(const RetentionRule& rule, RetentionSearch& search);
    Result<Map> apply_one(const RetentionRule& rule, RetentionSearch& search, const Job& job);
    Result<Map> apply_to_records(const RetentionRule& rule, RetentionSearch& search, const Job& job);
    Result<Map> apply_to_events(const RetentionRule& rule, RetentionSearch& search, const Job& job);
    Result<Map> apply_to_rows(const RetentionRule& rule, RetentionSearch& search, const Job& job);
    Result<void> go_on(const Job& job, std::int64_t done, std::string_view doing);

    RetentionServices m_services;
    JobQueue* m_jobs{nullptr};
    std::atomic<bool> m_stopping{false};
    std::mutex m_running; // held by a job while it runs
};

} // namespace mortise::host
