/* Generated from sdk/interfaces/jobs.toml; do not edit. */
#ifndef MORTISE_ABI_JOBS_H
#define MORTISE_ABI_JOBS_H

/** \file
 *  mortise.jobs/1, experimental, since 0.1.
 *
 *  Jobs: work that takes longer than a callback may. A job is kept in the database, runs on a thread of its own
 *  beside the plugin's strand, and starts again from its arguments when the host ended before it did.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How to run a job. */
typedef struct mortise_job_options {
    uint32_t size; /**< sizeof(mortise_job_options) as the writer knows it */
    uint32_t attempts; /**< how often to try, with back-off; 0 for 5 */
    mortise_text key; /**< at most one job of this name and key waits or runs at a time; may be empty */
    int64_t due; /**< not before this time, microseconds since 1970, UTC; 0 for now */
} mortise_job_options;
#define MORTISE_JOB_OPTIONS_MIN_SIZE 32 /* as of its first release */

#define MORTISE_JOBS_ID "mortise.jobs/1"

/** The table of mortise.jobs/1; the file's comment says what it is for. */
typedef struct mortise_jobs {
    mortise_interface head; /**< size and revision */

    /** Says that the plugin runs jobs or schedules of its manifest. They arrive at on_job with the same tag.
     *
     *  Thread: init.  Since 0.1.
     *    name  the job's or schedule's name in the manifest
     *    tag   the plugin's own number
     *  Errors:
     *    MORTISE_E_NOT_FOUND  the manifest declares no such job
     *    MORTISE_E_EXISTS     bound already
     *    MORTISE_E_STATE      only inside activate
     */
    mortise_status (*bind)(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Queues a job. With a unit of work it exists once that commits; with 0 it exists when the call returns.
     *
     *  Thread: strand, job.  Since 0.1.
     *    work       the unit, or 0
     *    name       the job's name
     *    arguments  a map (may be none)
     *    options    how to run it (may be null)
     *    job        the job; the one that waits already if there is one with that key (written on success)
     *  Errors:
     *    MORTISE_E_NOT_FOUND  the manifest declares no such job, or no open unit of that number
     *    MORTISE_E_BUSY       too many are queued
     */
    mortise_status (*start)(
        mortise_self self,
        uint64_t work,
        mortise_text name,
        mortise_tree arguments,
        const mortise_job_options* options,
        uint64_t* job,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Tells people how far a job is. Cheap: call it as often as you like, the host keeps the last.
     *
     *  Thread: job.  Since 0.1.
     *    job    the job that runs
     *    done   how much is done, in any unit
     *    total  of how much; 0 when nobody knows
     *    text   what it does at the moment; may be empty
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such job runs in this plugin
     */
    mortise_status (*progress)(
        mortise_self self,
        uint64_t job,
        uint64_t done,
        uint64_t total,
        mortise_text text,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Tells whether somebody asked the job to stop. Return MORTISE_E_CANCELLED from on_job then.
     *
     *  Thread: job.  Since 0.1.
     *    job  the job that runs
     *    yes  1 if it shall stop (written on success)
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such job runs in this plugin
     */
    mortise_status (*cancelled)(
        mortise_self self,
        uint64_t job,
        uint32_t* yes,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Asks a job of this plugin to stop; one that waits never starts.
     *
     *  Thread: strand, job.  Since 0.1.
     *    job  the job
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such job waits or runs
     */
    mortise_status (*cancel)(mortise_self self, uint64_t job, mortise_error* error) MORTISE_NOEXCEPT;
} mortise_jobs;

#ifdef __cplusplus
}
#endif

#endif
