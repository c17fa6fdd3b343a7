#include "jobs/job_table.hpp"

#include "base/json.hpp"
#include "store/connection.hpp"

#include <boost/json.hpp>

#include <array>

namespace mortise::host {

namespace {

constexpr std::string_view columns = "id, plugin, name, key, arguments, attempts, due, cause, state, tries, "
                                     "result, error, created, finished, user, actor, done, total, doing";
constexpr std::array<std::string_view, 5> state_names{"waiting", "running", "done", "failed", "cancelled"};

JobState parse_state(std::string_view name) noexcept
{
    for (std::size_t i = 0; i < state_names.size(); ++i)
        if (state_names[i] == name) return static_cast<JobState>(i);
    return JobState::failed;
}

std::string plugin_list(const std::vector<std::string>& plugins)
{
    boost::json::array list;
    for (const std::string& plugin : plugins)
        list.emplace_back(plugin);
    return to_json(list);
}

/// Adds a column that tables of before do not have.
Result<void> add_column(Connection& connection, std::string_view name, const std::string& declared)
{
    MORTISE_TRY(
        Statement has, connection.prepare("SELECT 1 FROM pragma_table_info('mt$job') WHERE name = ?")
    );
    has.bind(1, name);
    MORTISE_TRY(const bool found, has.step());
    has.reset();
    if (found) return {};
    return connection.execute("ALTER TABLE \"mt$job\" ADD COLUMN " + std::string{name} + ' ' + declared);
}

} // namespace

std::string_view name_of(JobState state) noexcept
{
    return state_names[static_cast<std::size_t>(state)];
}

Result<void> open_job_table(Connection& connection, Instant now)
{
    MORTISE_CHECK(connection.execute(R"(
        CREATE TABLE IF NOT EXISTS "mt$job" (id INTEGER PRIMARY KEY, plugin TEXT NOT NULL, name TEXT NOT NULL,
            key TEXT NOT NULL, arguments TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL,
            cause INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, result TEXT, error TEXT,
            created INTEGER NOT NULL, finished INTEGER NOT NULL DEFAULT 0,
            user INTEGER NOT NULL DEFAULT 0, actor TEXT NOT NULL DEFAULT '',
            done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, doing TEXT NOT NULL DEFAULT '');
        CREATE INDEX IF NOT EXISTS "mt$job_due" ON "mt$job" (due) WHERE state = 'waiting';
        CREATE UNIQUE INDEX IF NOT EXISTS "mt$job_key" ON "mt$job" (plugin, name, key)
            WHERE key <> '' AND state IN ('waiting', 'running');
    )"));
    MORTISE_CHECK(add_column(connection, "user", "INTEGER NOT NULL DEFAULT 0"));
    MORTISE_CHECK(add_column(connection, "actor", "TEXT NOT NULL DEFAULT ''"));
    MORTISE_CHECK(add_column(connection, "done", "INTEGER NOT NULL DEFAULT 0"));
    MORTISE_CHECK(add_column(connection, "total", "INTEGER NOT NULL DEFAULT 0"));
    MORTISE_CHECK(add_column(connection, "doing", "TEXT NOT NULL DEFAULT ''"));
    MORTISE_TRY(
        Statement * again,
        connection.cached(
            R"(UPDATE "mt$job" SET state = 'waiting', due = ?1, error = 'the host ended while it ran' WHERE state = 'running')"
        )
    );
    again->bind(1, now.microseconds);
    return again->run();
}

Result<std::int64_t> insert_job(Connection& connection, const JobDraft& draft, Instant now)
{
    if (!draft.key.empty()) {
        MORTISE_TRY(
            Statement * find,
            connection.cached(
                R"(SELECT id FROM "mt$job" WHERE plugin = ?1 AND name = ?2 AND key = ?3 AND state IN ('waiting', 'running'))"
            )
        );
        find->bind(1, draft.plugin);
        find->bind(2, draft.name);
        find->bind(3, draft.key);
        MORTISE_TRY(const bool found, find->step());
        const std::int64_t id = found ? find->integer(0) : 0;
        find->reset();
        if (found) return id;
    }
    MORTISE_TRY(
        Statement * insert,
        connection.cached(
            R"(INSERT INTO "mt$job" (id, plugin, name, key, arguments, attempts, due, cause, state, created, user, actor)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'waiting', ?9, ?10, ?11))"
        )
    );
    insert->bind(1, draft.id);
    insert->bind(2, draft.plugin);
    insert->bind(3, draft.name);
    insert->bind(4, draft.key);
    insert->bind(5, json_text(draft.arguments));
    insert->bind(6, std::int64_t{draft.attempts});
    insert->bind(7, draft.due.microseconds);
    insert->bind(8, draft.cause);
    insert->bind(9, now.microseconds);
    insert->bind(10, draft.user.number);
    insert->bind(11, draft.actor);
    MORTISE_CHECK(insert->run());
    return draft.id;
}

Result<std::optional<Job>>
claim_job(Connection& connection, const std::vector<std::string>& plugins, Instant now)
{
    MORTISE_TRY(
        Statement * claim,
        connection.cached(
            R"(UPDATE "mt$job" SET state = 'running', tries = tries + 1 WHERE id = (SELECT id FROM "mt$job"
               WHERE state = 'waiting' AND due <= ?1 AND plugin IN (SELECT value FROM json_each(?2))
               ORDER BY due, id LIMIT 1) RETURNING )"
            + std::string{columns}
        )
    );
    claim->bind(1, now.microseconds);
    claim->bind(2, plugin_list(plugins));
    MORTISE_TRY(const bool found, claim->step());
    std::optional<Job> job;
    if (found) {
        auto read = read_job(*claim);
        if (read) job = *std::move(read);
    }
    claim->reset();
    return job;
}

Result<std::optional<Instant>> next_due(Connection& connection, const std::vector<std::string>& plugins)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached(
            R"(SELECT min(due) FROM "mt$job" WHERE state = 'waiting' AND plugin IN (SELECT value FROM json_each(?1)))"
        )
    );
    select->bind(1, plugin_list(plugins));
    MORTISE_TRY(const bool found, select->step());
    std::optional<Instant> due;
    if (found && !select->is_null(0)) due = Instant{select->integer(0)};
    select->reset();
    return due;
}

Result<void> settle_job(
    Connection& connection,
    const Job& job,
    const Result<Value>& outcome,
    std::optional<Instant> next,
    Instant now
)
{
    JobState state = JobState::done;
    if (!outcome)
        state = next                                       ? JobState::waiting
            : outcome.error().code == ErrorCode::cancelled ? JobState::cancelled
                                                           : JobState::failed;
    MORTISE_TRY(
        Statement * update,
        connection.cached(
            R"(UPDATE "mt$job" SET state = ?2, due = ?3, result = ?4, error = ?5, finished = ?6,
               done = ?7, total = ?8, doing = ?9
               WHERE id = ?1 AND state = 'running')"
        )
    );
    update->bind(1, job.draft.id);
    update->bind(2, name_of(state));
    update->bind(3, next.value_or(job.draft.due).microseconds);
    if (outcome) update->bind(4, json_text(*outcome));
    if (!outcome) update->bind(5, outcome.error().message);
    update->bind(6, state == JobState::waiting ? std::int64_t{0} : now.microseconds);
    update->bind(7, static_cast<std::int64_t>(job.done));
    update->bind(8, static_cast<std::int64_t>(job.total));
    update->bind(9, job.doing);
    return update->run();
}

Result<bool> cancel_waiting(Connection& connection, std::string_view plugin, std::int64_t id, Instant now)
{
    MORTISE_TRY(
        Statement * update,
        connection.cached(
            R"(UPDATE "mt$job" SET state = 'cancelled', finished = ?3 WHERE id = ?1 AND plugin = ?2 AND state = 'waiting')"
        )
    );
    update->bind(1, id);
    update->bind(2, plugin);
    update->bind(3, now.microseconds);
    MORTISE_CHECK(update->run());
    return connection.changes() == 1;
}

std::string select_jobs(std::string_view rest)
{
    return "SELECT " + std::string{columns} + " FROM \"mt$job\" " + std::string{rest};
}

Result<Job> read_job(const Statement& row)
{
    Job job;
    job.draft.id = row.integer(0);
    job.draft.plugin = row.text(1);
    job.draft.name = row.text(2);
    job.draft.key = row.text(3);
    MORTISE_TRY(job.draft.arguments, parse_value(row.text(4), "arguments of a job"));
    job.draft.attempts = static_cast<std::uint32_t>(row.integer(5));
    job.draft.due = {row.integer(6)};
    job.draft.cause = row.integer(7);
    job.state = parse_state(row.text(8));
    job.tries = static_cast<std::uint32_t>(row.integer(9));
    if (!row.is_null(10)) {
        MORTISE_TRY(job.result, parse_value(row.text(10), "result of a job"));
    }
    job.error = row.text(11);
    job.created = {row.integer(12)};
    job.finished = {row.integer(13)};
    job.draft.user = Id{row.integer(14)};
    job.draft.actor = row.text(15);
    job.done = static_cast<std::uint64_t>(row.integer(16));
    job.total = static_cast<std::uint64_t>(row.integer(17));
    job.doing = row.text(18);
    return job;
}

} // namespace mortise::host
