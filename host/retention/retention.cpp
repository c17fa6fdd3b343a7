#include "retention/retention.hpp"

#include "base/json.hpp"
#include "events/event_log.hpp"
#include "jobs/job_queue.hpp"
#include "privacy/erasure.hpp"
#include "records/audit/act_scope.hpp"
#include "records/audit/erased_records.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "retention/retention_search.hpp"
#include "retention/rule_table.hpp"
#include "store/database.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::size_t most_samples = 5;
constexpr std::size_t most_reasons = 3;
constexpr std::size_t rows_at_once = 500;
constexpr std::int64_t day = 86'400'000'000;
constexpr std::string_view daily_job = "daily";
constexpr std::string_view apply_job = "apply";

Result<void> may_keep_rules(const Principal& principal)
{
    if (!principal.plugin && principal.can(Capability::erase)) return {};
    return Error{
        .code = ErrorCode::denied,
        .message = principal.name() + " may not say what is kept for how long",
        .key = "retention.denied",
        .where = "erase",
        .hint = "it takes the capability \"erase\"; ask an administrator",
    };
}

Map kept_of(const RetentionKept& kept)
{
    return Map{{"restricted", kept.restricted}, {"unread", kept.unread}, {"proof", kept.proof}};
}

Map sample_of(const RecordType& type, const Row& row)
{
    return Map{
        {"id", row.id}, {"title", value_of(type, row, type.title_field)}, {"created_at", row.created_at}
    };
}

Map sample_of(const ExpiredEvent& event)
{
    Map map{{"number", event.number}, {"type", event.type}, {"recorded", event.recorded}};
    if (event.subject) map.set("subject", event.subject);
    return map;
}

Map sample_of(const ExpiredRow& row)
{
    return Map{{"id", row.id}, {"name", row.name}, {"since", row.since}};
}

void keep_sample(List& samples, Map sample)
{
    if (samples.size() < most_samples) samples.emplace_back(std::move(sample));
}

/// In whose name the work of a job is done.
AuditAct act_of(const Job& job)
{
    AuditAct act;
    act.actor = job.draft.actor.empty() ? "system" : job.draft.actor;
    act.client = "retention";
    act.way = "retention.apply";
    act.tells = false; // what it takes away is told by itself
    return act;
}

} // namespace

Result<void> Retention::open()
{
    return m_services.writer.run([](Connection& connection) { return open_rule_table(connection); });
}

Result<void> Retention::attach(JobQueue& jobs)
{
    m_jobs = &jobs;
    jobs.attach(owner, [this](const Job& job) { return run(job); });
    return queue_daily();
}

void Retention::stop()
{
    m_stopping = true;
    const std::scoped_lock waiting{m_running};
}

Result<std::vector<RetentionRule>> Retention::rules(const Principal& principal)
{
    MORTISE_CHECK(may_keep_rules(principal));
    const ReadLease reader = m_services.database.read();
    return read_rules(*reader);
}

/// All, or the one of that number.
Result<std::vector<RetentionRule>> Retention::some(std::int64_t rule)
{
    const ReadLease reader = m_services.database.read();
    MORTISE_TRY(std::vector<RetentionRule> all, read_rules(*reader));
    if (rule == 0) return all;
    std::erase_if(all, [rule](const RetentionRule& one) { return one.id != rule; });
    if (!all.empty()) return all;
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no rule " + std::to_string(rule),
        .key = "retention.no_rule",
        .where = std::to_string(rule),
        .hint = "\"mortise retention list\" shows them",
    };
}

Result<RetentionRule> Retention::add(const CallContext& context, const Map& given)
{
    MORTISE_CHECK(may_keep_rules(context.principal));
    MORTISE_TRY(RetentionRule rule, parse_retention_rule(given));
    MORTISE_CHECK(check_retention_rule(rule, *m_services.records.schema()));
    if (rule.subject == RetentionSubject::records) // a filter that cannot be read is told now
        MORTISE_CHECK(m_services.records.list(
            Principal::system(),
            rule.type,
            {.sort = {}, .limit = 1, .after = {}, .deleted = false, .where = rule.where}
        ));
    rule.added_by = context.principal.name();
    rule.added = m_services.clock.now();
    if (context.dry_run) return rule;
    MORTISE_CHECK(m_services.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(rule.id, insert_rule(connection, rule));
        return {};
    }));
    return rule;
}

Result<void> Retention::remove(const CallContext& context, std::int64_t rule)
{
    MORTISE_CHECK(may_keep_rules(context.principal));
    return m_services.writer.run([&](Connection& connection) { return delete_rule(connection, rule); });
}

Result<Map> Retention::daily(const Principal& principal)
{
    MORTISE_CHECK(may_keep_rules(principal));
    const ReadLease reader = m_services.database.read();
    MORTISE_TRY(const RetentionDaily daily, read_daily(*reader));
    Map told{{"on", daily.is_on}};
    if (daily.last.microseconds != 0) told.set("last", daily.last);
    return told;
}

Result<void> Retention::set_daily(const CallContext& context, bool is_on)
{
    MORTISE_CHECK(may_keep_rules(context.principal));
    MORTISE_CHECK(m_services.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(RetentionDaily daily, read_daily(connection));
        daily.is_on = is_on;
        return write_daily(connection, daily);
    }));
    return queue_daily();
}

Result<std::int64_t>
Retention::queue(const CallContext& context, std::string_view name, Instant due, std::int64_t rule)
{
    if (!m_jobs)
        return Error{.code = ErrorCode::state, .message = "jobs do not run yet", .key = "retention.not_open"};
    JobDraft draft;
    MORTISE_TRY(const Id id, m_services.records.reserve(1));
    draft.id = id.number;
    draft.plugin = owner;
    draft.name = name;
    // The daily one queues the next while it runs itself: a key for each day.
    draft.key = name == daily_job ? "day " + std::to_string(due.microseconds / day)
                                  : "rule " + std::to_string(rule);
    draft.arguments = Map{{"now", due}, {"rule", rule}};
    draft.due = due;
    draft.user = context.principal.user;
    draft.actor = context.principal.name();
    return m_jobs->add(draft);
}

Result<void> Retention::queue_daily()
{
    if (!m_jobs) return {};
    RetentionDaily daily;
    {
        const ReadLease reader = m_services.database.read();
        MORTISE_TRY(daily, read_daily(*reader));
    }
    if (!daily.is_on) return {};
    const Instant now = m_services.clock.now();
    const Instant due{std::max(now.microseconds, daily.last.microseconds + day)};
    CallContext context;
    context.principal = Principal::system();
    MORTISE_CHECK(queue(context, daily_job, due, 0));
    return {};
}

Result<Map> Retention::preview(const Principal& principal, std::int64_t rule)
{
    MORTISE_CHECK(may_keep_rules(principal));
    MORTISE_TRY(const std::vector<RetentionRule> wanted, some(rule));
    const Instant now = m_services.clock.now();
    RetentionSearch search{m_services.database, m_services.records, now};
    List told;
    for (const RetentionRule& one : wanted) {
        MORTISE_TRY(Map each, preview_one(one, search));
        told.emplace_back(std::move(each));
    }
    return Map{{"at", now}, {"rules", std::move(told)}};
}

Result<Map> Retention::preview_one(const RetentionRule& rule, RetentionSearch& search)
{
    RetentionKept kept;
    std::int64_t count = 0;
    List samples;
    if (rule.subject == RetentionSubject::records) {
        MORTISE_CHECK(search.records(rule, kept, [&](const RecordType& type, const Row& row) -> Result<void> {
            ++count;
            keep_sample(samples, sample_of(type, row));
            return {};
        }));
    } else if (rule.subject == RetentionSubject::events) {
        for (std::int64_t after = 0;;) {
            MORTISE_TRY(const ExpiredEvents found, search.events(rule, after, kept));
            count += std::ssize(found.events);
            for (const ExpiredEvent& event : found.events)
                keep_sample(samples, sample_of(event));
            if (found.is_last) break;
            after = found.to;
        }
    } else {
        MORTISE_TRY(const std::vector<ExpiredRow> rows, search.rows(rule));
        count = std::ssize(rows);
        for (const ExpiredRow& row : rows)
            keep_sample(samples, sample_of(row));
    }
    return Map{
        {"rule", rule.id},
        {"words", words_of(rule)},
        {"count", count},
        {"samples", std::move(samples)},
        {"kept", kept_of(kept)}
    };
}

Result<std::int64_t> Retention::apply(const CallContext& context, std::int64_t rule)
{
    MORTISE_CHECK(may_keep_rules(context.principal));
    MORTISE_CHECK(some(rule));
    return queue(context, apply_job, m_services.clock.now(), rule);
}

/// Between two pieces of a job: what was done before is done, and the next try does the rest.
Result<void> Retention::go_on(const Job& job, std::int64_t done, std::string_view doing)
{
    if (m_stopping)
        return Error{.code = ErrorCode::retry, .message = "the host was stopped", .key = "jobs.no_plugin"};
    static_cast<void>(m_jobs->progress(owner, job.draft.id, static_cast<std::uint64_t>(done), 0, doing));
    MORTISE_TRY(const bool is_cancelled, m_jobs->is_cancelled(owner, job.draft.id));
    if (!is_cancelled) return {};
    return Error{
        .code = ErrorCode::cancelled,
        .message = "retention was asked to stop; what it had taken away by then is gone",
        .key = "retention.stopped"
    };
}

/// Queues the next one before anything is done, so that one that fails or is cancelled is not the last.
/// False: it was turned off since this one was queued.
Result<bool> Retention::begin_daily(Instant now)
{
    bool is_on = false;
    MORTISE_CHECK(m_services.writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(RetentionDaily daily, read_daily(connection));
        is_on = daily.is_on;
        if (!is_on) return {};
        daily.last = now;
        return write_daily(connection, daily);
    }));
    if (is_on) MORTISE_CHECK(queue_daily());
    return is_on;
}

Result<Value> Retention::run(const Job& job)
{
    const std::scoped_lock running{m_running};
    const AuditAct act = act_of(job);
    const ActScope scope{&act};
    const Instant now = job.draft.arguments["now"].get_or(job.draft.due);
    if (job.draft.name == daily_job) {
        MORTISE_TRY(const bool is_wanted, begin_daily(now));
        if (!is_wanted) return Value{Map{{"at", now}, {"rules", List{}}}};
    }
    auto wanted = some(job.draft.arguments["rule"].get_or<std::int64_t>(0));
    if (!wanted && wanted.error().code != ErrorCode::not_found) return wanted.error();
    List told;
    RetentionSearch search{m_services.database, m_services.records, now};
    for (const RetentionRule& rule : wanted ? *wanted : std::vector<RetentionRule>{}) {
        MORTISE_TRY(Map each, apply_one(rule, search, job));
        told.emplace_back(std::move(each));
    }
    return Value{Map{{"at", now}, {"rules", std::move(told)}}};
}

Result<Map> Retention::apply_one(const RetentionRule& rule, RetentionSearch& search, const Job& job)
{
    switch (rule.subject) {
    case RetentionSubject::records:
        return apply_to_records(rule, search, job);
    case RetentionSubject::events:
        return apply_to_events(rule, search, job);
    case RetentionSubject::jobs:
    case RetentionSubject::dead_letters:
        break;
    }
    return apply_to_rows(rule, search, job);
}

/// One unit of work for each record, so that what refuses one keeps no other; the version says that it is
/// still the record that was looked at.
Result<Map> Retention::apply_to_records(const RetentionRule& rule, RetentionSearch& search, const Job& job)
{
    RetentionKept kept;
    std::int64_t removed = 0;
    std::int64_t refused = 0;
    List reasons;
    CallContext context;
    context.principal = Principal::system();
    context.client = "retention " + std::to_string(rule.id);
    const auto end = [&](const RecordType& type, const Row& row) -> Result<void> {
        if (rule.end == RetentionEnd::erase) {
            auto erased = m_services.erasure.erase(
                context, row.id, "older than " + std::to_string(rule.older_than_days) + " days"
            );
            return erased ? Result<void>{} : Result<void>{std::move(erased).error()};
        }
        UnitOfWork unit;
        unit.changes.push_back(
            {.operation = Operation::remove,
             .type = type.name,
             .id = row.id,
             .version = row.version,
             .values = {}}
        );
        auto deleted = m_services.records.commit(context, unit);
        return deleted ? Result<void>{} : Result<void>{std::move(deleted).error()};
    };
    MORTISE_CHECK(search.records(rule, kept, [&](const RecordType& type, const Row& row) -> Result<void> {
        MORTISE_CHECK(go_on(job, removed, words_of(rule)));
        const auto done = end(type, row);
        if (done) {
            ++removed;
            return {};
        }
        const Error& error = done.error();
        if (error.code == ErrorCode::io || error.code == ErrorCode::outcome_unknown
            || error.code == ErrorCode::internal || error.key == "privacy.ledger")
            return error;
        if (error.code == ErrorCode::not_found) return {}; // it went with another
        ++refused;
        if (reasons.size() < most_reasons)
            reasons.emplace_back(type.name + " " + std::to_string(row.id.number) + ": " + error.message);
        return {};
    }));
    return Map{
        {"rule", rule.id},
        {"words", words_of(rule)},
        {"removed", removed},
        {"refused", refused},
        {"reasons", std::move(reasons)},
        {"kept", kept_of(kept)}
    };
}

/// What an event said goes; that it happened stays, as behind an erasure. The entry in the same transaction
/// says which events may say nothing any more.
Result<Map> Retention::apply_to_events(const RetentionRule& rule, RetentionSearch& search, const Job& job)
{
    RetentionKept kept;
    std::int64_t removed = 0;
    const Instant limit = rule.limit(job.draft.arguments["now"].get_or(job.draft.due));
    for (std::int64_t after = 0;;) {
        MORTISE_CHECK(go_on(job, removed, words_of(rule)));
        MORTISE_TRY(const ExpiredEvents found, search.events(rule, after, kept));
        if (!found.events.empty()) {
            const std::string detail = json_text(Value{
                Map{{"rule", rule.id},
                    {"types", rule.types},
                    {"class", static_cast<std::int64_t>(rule.event_class)},
                    {"before", limit.microseconds},
                    {"after", found.after},
                    {"to", found.to},
                    {"but", List(found.kept.begin(), found.kept.end())},
                    {"events", static_cast<std::int64_t>(found.events.size())}}
            });
            MORTISE_CHECK(
                m_services.writer.run(Writer::Work{[&](WriteTransaction& transaction) -> Result<void> {
                    MORTISE_TRY(const bool are_free, search.are_free(transaction.connection, found));
                    if (!are_free)
                        return Error{
                            .code = ErrorCode::retry,
                            .message = "somebody was restricted meanwhile",
                            .key = "retention.changed_meanwhile"
                        };
                    MORTISE_TRY(
                        Statement * empty,
                        transaction.connection.cached(R"(DELETE FROM "mt$event_data" WHERE number = ?1)")
                    );
                    for (const ExpiredEvent& event : found.events) {
                        empty->bind(1, event.number);
                        MORTISE_CHECK(empty->run());
                    }
                    return transaction.events.tell(
                        transaction.connection, audit_expired, detail, transaction.now
                    );
                }})
            );
            m_services.log.forget_recent();
            removed += std::ssize(found.events);
        }
        if (found.is_last) break;
        after = found.to;
    }
    return Map{{"rule", rule.id}, {"words", words_of(rule)}, {"removed", removed}, {"kept", kept_of(kept)}};
}

Result<Map> Retention::apply_to_rows(const RetentionRule& rule, RetentionSearch& search, const Job& job)
{
    MORTISE_TRY(const std::vector<ExpiredRow> rows, search.rows(rule));
    const char* sql = rule.subject == RetentionSubject::jobs
        ? R"(DELETE FROM "mt$job" WHERE id = ?1 AND state IN ('done', 'failed', 'cancelled'))"
        : R"(DELETE FROM "mt$parked" WHERE number = ?1 AND subscription = ?2 AND dead = 1)";
    std::int64_t removed = 0;
    for (std::size_t at = 0; at < rows.size(); at += rows_at_once) {
        MORTISE_CHECK(go_on(job, removed, words_of(rule)));
        std::int64_t gone = 0;
        MORTISE_CHECK(m_services.writer.run(Writer::Work{[&](WriteTransaction& transaction) -> Result<void> {
            gone = 0;
            for (std::size_t i = at; i < std::min(rows.size(), at + rows_at_once); ++i) {
                MORTISE_TRY(Statement * remove, transaction.connection.cached(sql));
                remove->bind(1, rows[i].id);
                if (rule.subject == RetentionSubject::dead_letters) remove->bind(2, rows[i].subscription);
                MORTISE_CHECK(remove->run());
                gone += transaction.connection.changes();
            }
            return transaction.events.tell(
                transaction.connection,
                "retention.removed",
                json_text(Value{Map{{"rule", rule.id}, {"what", map_of(rule)["what"]}, {"removed", gone}}}),
                transaction.now
            );
        }}));
        removed += gone;
    }
    return Map{{"rule", rule.id}, {"words", words_of(rule)}, {"removed", removed}, {"kept", kept_of({})}};
}

} // namespace mortise::host
