#include "base/json.hpp"
#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "jobs/job_queue.hpp"

namespace mortise::host {
namespace {

boost::json::object job_json(const Job& job)
{
    boost::json::object json{
        {"id", number_text(job.draft.id)},
        {"plugin", job.draft.plugin},
        {"name", job.draft.name},
        {"state", name_of(job.state)},
        {"tries", job.tries},
        {"attempts", job.draft.attempts},
        {"due", format_instant(job.draft.due)},
        {"created", format_instant(job.created)},
        {"done", job.done},
        {"total", job.total},
        {"doing", job.doing},
        {"cancel_asked", job.cancel_asked},
        {"arguments", json_of(job.draft.arguments)},
    };
    if (!job.draft.key.empty()) json["key"] = job.draft.key;
    if (job.finished.microseconds != 0) json["finished"] = format_instant(job.finished);
    if (!job.error.empty()) json["error"] = job.error;
    if (!job.result.is_null()) json["result"] = json_of(job.result);
    return json;
}

} // namespace

void add_job_methods(Api& api, Host& host)
{
    JobQueue& jobs = host.jobs();
    const Param id_param{"id", ParamKind::id, "the job", true};
    api.add({
        .name = "jobs.list",
        .help = "Lists jobs, the newest first",
        .params = {
            {"plugin", ParamKind::text, "only jobs of this plugin"},
            {"limit", ParamKind::integer, "at most so many, 100 without it"},
        },
        .result = "{jobs: [{id, plugin, name, state, tries, done, total, doing, error, ...}]}",
        .handler = [&jobs](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            MORTISE_TRY(const auto list, jobs.list(arguments.text("plugin"), arguments.count("limit", 100, 1000)));
            boost::json::array json;
            for (const Job& job : list)
                json.emplace_back(job_json(job));
            return boost::json::value(boost::json::object{{"jobs", std::move(json)}});
        },
    });
    api.add({
        .name = "jobs.get",
        .help = "Reads one job",
        .params = {id_param},
        .result = "as in jobs.list",
        .handler = [&jobs](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            MORTISE_TRY(const Job job, jobs.find(arguments.id("id").number));
            return boost::json::value(job_json(job));
        },
    });
    api.add({
        .name = "jobs.cancel",
        .help = "Asks a job to stop; one that waits never starts",
        .params = {id_param},
        .result = "the job",
        .effect = Effect::destructive,
        .handler = [&jobs](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            MORTISE_TRY(const Job job, jobs.find(arguments.id("id").number));
            MORTISE_CHECK(jobs.cancel(job.draft.plugin, job.draft.id));
            MORTISE_TRY(const Job now, jobs.find(job.draft.id));
            return boost::json::value(job_json(now));
        },
    });
}

} // namespace mortise::host
