#include "base/json.hpp"
#include "jobs/job_queue.hpp"
#include "plugins/guard.hpp"
#include "plugins/host_functions.hpp"
#include "plugins/instance.hpp"
#include "records/records.hpp"

#include <mortise/abi/jobs.h>

#include <boost/json/value.hpp>

namespace mortise::host {

Result<void> HostJobs::bind(Caller& caller, std::string_view name, std::uint64_t tag)
{
    return caller.instance().bind(Instance::BindingKind::job, name, tag);
}

Result<void> HostJobs::start(
    Caller& caller,
    std::uint64_t work,
    std::string_view name,
    ValueView arguments,
    const mortise_job_options* options,
    std::uint64_t& job
)
{
    const JobDeclaration* declared = caller.instance().manifest().find_job(name);
    if (!declared)
        return Error{
            .code = ErrorCode::not_found,
            .message = "plugin.json of " + caller.instance().id() + " does not declare the job \""
                + std::string{name} + "\"",
            .key = "plugin.not_declared",
            .where = std::string{name},
            .hint = "declare it under \"jobs\"",
        };
    OpenUnit* unit = work == 0 ? nullptr : caller.in_frame().find_unit(work);
    if (work != 0 && !unit) return no_unit(work);

    JobDraft draft;
    draft.plugin = caller.instance().id();
    draft.name = declared->name;
    const Value given = arguments.value();
    draft.arguments = given.get_or(Map{});
    draft.attempts = declared->attempts;
    draft.cause = caller.context().cause;
    draft.user = caller.context().principal.user;
    draft.actor = caller.context().principal.name();
    if (options) {
        draft.key = border::view(options->key);
        if (options->attempts != 0) draft.attempts = options->attempts;
        draft.due = Instant{options->due};
    }
    if (declared->arguments)
        if (auto valid = declared->arguments->validate(json_of(draft.arguments)); !valid)
            return std::move(valid).error();
    MORTISE_TRY(const Id id, m_tools.services.records.reserve(1));
    draft.id = id.number;
    if (unit) {
        job = static_cast<std::uint64_t>(draft.id);
        unit->jobs.push_back(std::move(draft));
        return {};
    }
    MORTISE_TRY(const std::int64_t queued, m_tools.services.jobs.add(draft));
    job = static_cast<std::uint64_t>(queued);
    return {};
}

Result<void> HostJobs::progress(
    Caller& caller, std::uint64_t job, std::uint64_t done, std::uint64_t total, std::string_view text
)
{
    return m_tools.services.jobs.progress(
        caller.instance().id(), static_cast<std::int64_t>(job), done, total, text
    );
}

Result<void> HostJobs::cancelled(Caller& caller, std::uint64_t job, std::uint32_t& yes)
{
    MORTISE_TRY(
        const bool asked,
        m_tools.services.jobs.is_cancelled(caller.instance().id(), static_cast<std::int64_t>(job))
    );
    yes = asked ? 1 : 0;
    return {};
}

Result<void> HostJobs::cancel(Caller& caller, std::uint64_t job)
{
    return m_tools.services.jobs.cancel(caller.instance().id(), static_cast<std::int64_t>(job));
}

} // namespace mortise::host
