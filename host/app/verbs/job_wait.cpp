#include "app/verbs/job_wait.hpp"

#include "app/progress_bar.hpp"
#include "base/json.hpp"

namespace mortise::host {

namespace {

constexpr int look_every_ms = 50;

std::uint64_t count_of(const boost::json::object& object, std::string_view path)
{
    const boost::json::value& value = at_path(object, path);
    return value.is_number() ? value.to_number<std::uint64_t>() : 0;
}

} // namespace

Result<boost::json::value> wait_for_job(Program& program, const JobWait& wait)
{
    StopSignals& signals = program.stop_signals();
    ProgressBar bar{!program.output().is_json()};
    for (;;) {
        MORTISE_TRY(boost::json::value given, program.call(wait.method, {{wait.param, wait.job}}));
        const boost::json::object& now = given.as_object();
        const std::string state = cell_text(at_path(now, "state"));
        if (state != "waiting" && state != "running") {
            bar.clear();
            return given;
        }
        bar.show_step(cell_text(at_path(now, "doing")), count_of(now, "done"), count_of(now, "total"));
        if (!signals.wait(look_every_ms)) continue;
        bar.clear();
        return Error{
            ErrorCode::cancelled,
            wait.unfinished,
            "cli.interrupted",
            wait.job,
            "a serving host goes on with it, and otherwise the next one; \"mortise jobs cancel " + wait.job
                + "\" ends it"
        };
    }
}

} // namespace mortise::host
