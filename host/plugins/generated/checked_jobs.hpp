// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.jobs/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/jobs.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedJobs {
    static mortise_status bind(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::jobs_bind, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().jobs->bind(enter.caller(), border::view(name), tag);
        });
    }

    static mortise_status start(
        mortise_self self,
        uint64_t work,
        mortise_text name,
        mortise_tree arguments,
        const mortise_job_options* options,
        uint64_t* job,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::jobs_start, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")
              && check.optional_value(arguments, "arguments")
              && (options == nullptr || check_struct(check, *options, "options"))
              && check.pointer(job, "job")))
            return enter.refuse(check.fault());
        const mortise_job_options options_known = border::widened_or_empty(options);
        return enter.run([&] {
            return enter.calls().jobs->start(
                enter.caller(),
                work,
                border::view(name),
                ValueView{arguments},
                options != nullptr ? &options_known : nullptr,
                *job
            );
        });
    }

    static mortise_status progress(
        mortise_self self,
        uint64_t job,
        uint64_t done,
        uint64_t total,
        mortise_text text,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::jobs_progress, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(text, "text")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().jobs->progress(enter.caller(), job, done, total, border::view(text));
        });
    }

    static mortise_status cancelled(
        mortise_self self,
        uint64_t job,
        uint32_t* yes,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::jobs_cancelled, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.pointer(yes, "yes")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().jobs->cancelled(enter.caller(), job, *yes);
        });
    }

    static mortise_status cancel(mortise_self self, uint64_t job, mortise_error* error) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::jobs_cancel, error};
        if (!enter.ok()) return enter.status();
        return enter.run([&] {
            return enter.calls().jobs->cancel(enter.caller(), job);
        });
    }

    static constexpr mortise_jobs table{
        {sizeof(mortise_jobs), 1},
        &CheckedJobs::bind,
        &CheckedJobs::start,
        &CheckedJobs::progress,
        &CheckedJobs::cancelled,
        &CheckedJobs::cancel,
    };
};

} // namespace mortise::host
