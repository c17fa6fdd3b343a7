#include "bundles/journal.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace mortise::host {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 6> state_names{
    "applying", "applied", "taking_back", "taken_back", "rolling_back", "rolled_back"
};

RunState run_state(std::string_view name) noexcept
{
    const auto found = std::ranges::find(state_names, name);
    return found == state_names.end() ? RunState::taken_back
                                      : static_cast<RunState>(found - state_names.begin());
}

Result<json::object> parse_object(std::string_view text, std::string_view what)
{
    MORTISE_TRY(const json::value parsed, parse_json(text, what));
    return parsed.is_object() ? parsed.get_object() : json::object{};
}

bool is_over(RunState state) noexcept
{
    return state == RunState::applied || state == RunState::taken_back || state == RunState::rolled_back;
}

} // namespace

std::string_view name_of(RunState state) noexcept
{
    return state_names[static_cast<std::size_t>(state)];
}

BundleJournal::BundleJournal(Database& database, Writer& writer, const Clock& clock)
    : m_database{database},
      m_writer{writer},
      m_clock{clock}
{
}

Result<void> BundleJournal::open()
{
    return m_writer.run([](Connection& connection) {
        return connection.execute(R"(
            CREATE TABLE IF NOT EXISTS "mt$bundle_run$" (id INTEGER PRIMARY KEY, bundle TEXT NOT NULL,
                version TEXT NOT NULL, state TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL,
                actor TEXT NOT NULL, digest TEXT NOT NULL, lock TEXT NOT NULL, problem TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS "mt$bundle_step$" (run INTEGER NOT NULL, number INTEGER NOT NULL,
                state INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, what TEXT NOT NULL,
                prior TEXT NOT NULL, PRIMARY KEY (run, number)) WITHOUT ROWID;
        )");
    });
}

Result<std::int64_t> BundleJournal::begin(const BundleRun& run, const std::vector<BundleStep>& steps)
{
    std::int64_t id = 0;
    MORTISE_CHECK(m_writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(
            Statement * insert,
            connection.cached(
                R"(INSERT INTO "mt$bundle_run$" (bundle, version, state, started, ended, actor, digest, lock,
                   problem) VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ''))"
            )
        );
        insert->bind(1, run.bundle);
        insert->bind(2, run.version);
        insert->bind(3, name_of(run.state));
        insert->bind(4, m_clock.now().microseconds);
        insert->bind(5, run.by);
        insert->bind(6, run.digest);
        insert->bind(7, to_json(json_of(run.lock)));
        MORTISE_CHECK(insert->run());
        id = connection.last_insert_id();
        JournalStep step{.run = id, .number = 0, .state = StepState::planned, .step = {}, .before = {}};
        for (const BundleStep& planned : steps) {
            step.step = planned;
            MORTISE_CHECK(note(connection, step));
            ++step.number;
        }
        return {};
    }));
    return id;
}

Result<void> BundleJournal::set_run(std::int64_t run, RunState state, const std::string& problem)
{
    return m_writer.run([&](Connection& connection) -> Result<void> {
        MORTISE_TRY(
            Statement * update,
            connection.cached(
                R"(UPDATE "mt$bundle_run$" SET state = ?2, ended = ?3, problem = ?4 WHERE id = ?1)"
            )
        );
        update->bind(1, run);
        update->bind(2, name_of(state));
        update->bind(3, is_over(state) ? m_clock.now().microseconds : 0);
        update->bind(4, problem);
        return update->run();
    });
}

Result<std::vector<BundleRun>> BundleJournal::runs()
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement select,
        reader->prepare(
            R"(SELECT id, bundle, version, state, started, ended, actor, digest, lock, problem
               FROM "mt$bundle_run$" ORDER BY id DESC)"
        )
    );
    std::vector<BundleRun> runs;
    while (true) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) return runs;
        BundleRun run;
        run.id = select.integer(0);
        run.bundle = select.text(1);
        run.version = select.text(2);
        run.state = run_state(select.text(3));
        run.started = {select.integer(4)};
        run.ended = {select.integer(5)};
        run.by = select.text(6);
        run.digest = select.text(7);
        MORTISE_TRY(const json::object lock, parse_object(select.text(8), "lock of a bundle"));
        MORTISE_TRY(run.lock, parse_lock(lock));
        run.problem = select.text(9);
        runs.push_back(std::move(run));
    }
}

Result<std::vector<JournalStep>> BundleJournal::steps(std::int64_t run)
{
    const ReadLease reader = m_database.read();
    MORTISE_TRY(
        Statement select,
        reader->prepare(
            R"(SELECT number, state, kind, text, what, prior FROM "mt$bundle_step$" WHERE run = ?
               ORDER BY number)"
        )
    );
    select.bind(1, run);
    std::vector<JournalStep> steps;
    while (true) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) return steps;
        JournalStep step{.run = run, .number = select.integer(0), .step = {}, .before = {}};
        step.state = static_cast<StepState>(select.integer(1));
        const auto kind = parse_step_kind(select.text(2));
        if (!kind)
            return Error{
                .code = ErrorCode::unsupported,
                .message = "a bundle took the unknown step \"" + std::string{select.text(2)} + '"',
                .key = "bundles.newer_database",
                .where = {},
                .hint = "the database was written by a newer host: open it with that one",
            };
        step.step.kind = *kind;
        step.step.text = select.text(3);
        MORTISE_TRY(step.step.what, parse_object(select.text(4), "step of a bundle"));
        MORTISE_TRY(step.before, parse_object(select.text(5), "step of a bundle"));
        steps.push_back(std::move(step));
    }
}

Result<void> BundleJournal::note(const JournalStep& step)
{
    return m_writer.run([&](Connection& connection) { return note(connection, step); });
}

Result<void> BundleJournal::note(Connection& connection, const JournalStep& step)
{
    MORTISE_TRY(
        Statement * upsert,
        connection.cached(
            R"(INSERT INTO "mt$bundle_step$" (run, number, state, kind, text, what, prior)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (run, number) DO UPDATE SET state = ?3, prior = ?7)"
        )
    );
    upsert->bind(1, step.run);
    upsert->bind(2, step.number);
    upsert->bind(3, static_cast<std::int64_t>(step.state));
    upsert->bind(4, name_of(step.step.kind));
    upsert->bind(5, step.step.text);
    upsert->bind(6, to_json(step.step.what));
    upsert->bind(7, to_json(step.before));
    return upsert->run();
}

} // namespace mortise::host
