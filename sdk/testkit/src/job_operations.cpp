#include "base/json.hpp"
#include "box.hpp"
#include "jobs/job_queue.hpp"

#include <boost/json/value.hpp>

#include <algorithm>

namespace mortise::testkit {

namespace {

constexpr std::size_t most_jobs = 1000;

Map map_of(const host::Job& job)
{
    return {
        {"id", Id{job.draft.id}},
        {"plugin", job.draft.plugin},
        {"name", job.draft.name},
        {"state", host::name_of(job.state)},
        {"tries", static_cast<std::int64_t>(job.tries)},
        {"arguments", job.draft.arguments},
        {"result", job.result},
        {"error", job.error},
        {"due", job.draft.due},
        {"done", static_cast<std::int64_t>(job.done)},
        {"total", static_cast<std::int64_t>(job.total)},
    };
}

Result<Value> list(Box& box, const Map&)
{
    MORTISE_TRY(auto jobs, box.host().jobs().list({}, most_jobs));
    std::ranges::reverse(jobs);
    List all;
    for (const host::Job& job : jobs)
        all.emplace_back(map_of(job));
    return Value{std::move(all)};
}

/// Runs what is due by the kit's clock, and gives the jobs as they are then.
Result<Value> run(Box& box, const Map& arguments)
{
    MORTISE_CHECK(box.settle());
    if (!box.host().jobs().run_due(Box::patience))
        return Error{
            .code = ErrorCode::timeout,
            .message = "jobs did not end within 10 seconds",
            .key = "testkit.restless",
            .hint = "a job looks at Job::cancelled() and ends",
        };
    return list(box, arguments);
}

Result<Value> cancel(Box& box, const Map& arguments)
{
    MORTISE_TRY(const Id id, need_id(arguments, "id"));
    MORTISE_CHECK(box.host().jobs().cancel(box.plugin_of(arguments), id.number));
    return Value{};
}

/// Starts the job of a schedule, as if its time had come.
Result<Value> run_schedule(Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string name, need_text(arguments, "name"));
    const std::string id = box.plugin_of(arguments);
    MORTISE_TRY(const auto manifest, box.plugins().manifest(id));
    const auto found = std::ranges::find(manifest->schedules, name, &host::ScheduleDeclaration::name);
    if (found == manifest->schedules.end())
        return Error{
            .code = ErrorCode::not_found,
            .message = "plugin.json of " + id + " declares no schedule \"" + name + '"',
            .key = "plugin.not_declared",
            .where = name,
        };
    host::JobDraft draft;
    draft.plugin = id;
    draft.name = found->job;
    draft.arguments = host::value_of(found->arguments);
    if (const auto* job = manifest->find_job(found->job)) draft.attempts = job->attempts;
    MORTISE_TRY(const Id reserved, box.host().records().reserve(1));
    draft.id = reserved.number;
    MORTISE_CHECK(box.host().jobs().add(draft));
    return run(box, arguments);
}

} // namespace

void add_job_operations(Box& box)
{
    box.add_reading("jobs.list", list);
    box.add("jobs.run", run);
    box.add("jobs.cancel", cancel);
    box.add("schedules.run", run_schedule);
}

} // namespace mortise::testkit
