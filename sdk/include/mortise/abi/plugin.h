/* Generated from sdk/interfaces/plugin.toml; do not edit. */
#ifndef MORTISE_ABI_PLUGIN_H
#define MORTISE_ABI_PLUGIN_H

/** \file
 *  mortise.plugin/1, stable, since 0.1.
 *
 *  What a plugin offers to the host: mortise_plugin_open_v1 fills this table. A function that is null is not
 *  offered; the host then acts as if it had returned MORTISE_E_UNSUPPORTED, but activate, quiesce and
 *  settings_changed count as done. A plugin may return any code that is not the host's alone. Handlers may run
 *  several times before one of their units commits: keep no truth in memory.
 */

#include <mortise/abi/records.h>
#include <mortise/abi/events.h>
#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** On whose behalf, and how, the host calls: what commands, hooks and jobs are told. It only tells: the rights
 *  of a person go with the call by themselves, and nothing that a plugin writes into a context gives it any.
 */
typedef struct mortise_context {
    uint32_t size; /**< sizeof(mortise_context) as the writer knows it */
    uint32_t preview; /**< 1 for a dry run: do everything, the host commits nothing */
    mortise_text actor; /**< who asks: "user:NAME", "plugin:ID" or "host" */
    uint64_t user; /**< the user's record; 0 for none */
    mortise_text key; /**< idempotency key of the call; may be empty */
    int64_t time; /**< the time of the call, microseconds since 1970, UTC */
    int64_t deadline; /**< when the answer is of no more use, microseconds since 1970, UTC; 0 for never */
    uint64_t correlation; /**< the same number in everything that follows from one cause */
    uint64_t causation; /**< sequence of the event that led here; 0 for none */
    /** the client's own name for what it asked, the same in all that the host does for it; may be empty */
    mortise_text request;
    mortise_text client; /**< the program that asks: "cli", "console", "plugin com.acme.score"; may be empty */
    /** how it came in: "console", "api", "agent", "public", "import", "plugin" or "host" */
    mortise_text channel;
    mortise_text locale; /**< language of whoever asks, a BCP 47 tag: "en", "de-CH" */
    uint64_t version; /**< the version that the record at hand must still have; 0 for any */
    /** show things as they were then, microseconds since 1970, UTC; 0 for now. Queries that name no time take
     *  it
     */
    int64_t as_of;
} mortise_context;
#define MORTISE_CONTEXT_MIN_SIZE 160 /* as of its first release */

#define MORTISE_PLUGIN_ID "mortise.plugin/1"

/** The table of mortise.plugin/1; the file's comment says what it is for. */
struct mortise_plugin {
    mortise_interface head; /**< size and revision */
    void* impl; /**< the plugin's own, passed to each function */

    /** Gets ready: binds what the manifest declares. Called once, before any other function.
     *
     *  Thread: init.  Since 0.1.
     *  Errors:
     *    MORTISE_E_UNSUPPORTED  this host lacks something that the plugin cannot do without; `message` names it
     */
    mortise_status (*activate)(void* impl, mortise_error* error) MORTISE_NOEXCEPT;

    /** Winds up: nothing new arrives after it, and running jobs were asked to stop.
     *
     *  Thread: strand.  Since 0.1.
     */
    mortise_status (*quiesce)(void* impl, mortise_error* error) MORTISE_NOEXCEPT;

    /** Frees the instance, the last call; threads of the plugin have ended when it returns. Always returns
     *  MORTISE_OK.
     *
     *  Thread: strand.  Since 0.1.
     */
    mortise_status (*destroy)(void* impl, mortise_error* error) MORTISE_NOEXCEPT;

    /** Handles a batch of events of one subscription, in order. MORTISE_OK acknowledges the first `done` of
     *  them together with the unit of work; the others come again. On an error the unit is abandoned, and
     *  `done` tells how many went well before the one that failed, so that the host can get round it.
     *
     *  Thread: strand.  Since 0.1.
     *    tag     as bound
     *    work    a unit of work for this batch; the host commits it
     *    events  1 to 64
     *    done    how many were handled, 0 before the call (written on success)
     *  Errors:
     *    MORTISE_E_RETRY    try again later, with back-off
     *    MORTISE_E_REFUSED  this event can never be handled: put it among the dead letters
     */
    mortise_status (*on_events)(
        void* impl,
        uint64_t tag,
        uint64_t work,
        const mortise_event* events,
        uint64_t events_count,
        uint64_t* done,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Looks at changes before they are written. It is a pure function: the same drafts give the same verdicts,
     *  on any thread, at the same time as other calls of the plugin. It writes one verdict for each draft that
     *  it amends or refuses: {index: int, set: {field: value}} or {index: int, refuse: {field: text, key: text,
     *  message: text}}.
     *
     *  Thread: hook.  Since 0.1.
     *    tag       as bound
     *    context   who makes the change, and how; the same for all drafts
     *    settings  the plugin's settings, a map
     *    drafts    1 to 4,096
     *    verdicts  receives verdicts, in any order
     */
    mortise_status (*on_hook)(
        void* impl,
        uint64_t tag,
        const mortise_context* context,
        mortise_tree settings,
        const mortise_draft* drafts,
        uint64_t drafts_count,
        mortise_sink verdicts,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Runs a command. Its unit of work commits with the answer when it returns MORTISE_OK.
     *
     *  Thread: strand.  Since 0.1.
     *    tag        as bound
     *    context    on whose behalf
     *    work       a unit of work for this call; the host commits it
     *    arguments  a map that fits the declared schema, defaults filled in
     *    result     receives the answer, at most once; nothing counts as null
     */
    mortise_status (*on_command)(
        void* impl,
        uint64_t tag,
        const mortise_context* context,
        uint64_t work,
        mortise_tree arguments,
        mortise_sink result,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Brings the answer to a command that was posted.
     *
     *  Thread: strand.  Since 0.1.
     *    tag     as posted
     *    status  what commands.call would have returned
     *    result  the answer; with an error {key: text, where: text, message: text} (may be none)
     */
    mortise_status (*on_answer)(
        void* impl,
        uint64_t tag,
        int32_t status,
        mortise_tree result,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Runs a job, on a thread of its own, beside the strand. It may run again from the start after a crash.
     *
     *  Thread: job.  Since 0.1.
     *    tag        as bound
     *    context    who started the job, when; `key` is the job's
     *    job        for progress and cancelled
     *    arguments  a map
     *    result     receives the result, at most once
     *  Errors:
     *    MORTISE_E_RETRY      try again later, with back-off
     *    MORTISE_E_CANCELLED  it stopped because it was asked to
     */
    mortise_status (*on_job)(
        void* impl,
        uint64_t tag,
        const mortise_context* context,
        uint64_t job,
        mortise_tree arguments,
        mortise_sink result,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Tells that settings have changed and what they are now.
     *
     *  Thread: strand.  Since 0.1.
     *    settings  all of them, a map
     */
    mortise_status (*settings_changed)(
        void* impl,
        mortise_tree settings,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Rewrites records of one type after an upgrade, in batches: reads some records behind `after`, stages
     *  their new values and says how far it came. The host commits each batch with its place, and calls again
     *  until `next` is 0.
     *
     *  Thread: job.  Since 0.1.
     *    type   name of the record type
     *    from   version of the plugin that wrote them
     *    to     version of the plugin now
     *    work   a unit of work for this batch; the host commits it
     *    after  the last id that is done; 0 at the start
     *    next   the last id of this batch; 0 when no record is left (written on success)
     */
    mortise_status (*migrate)(
        void* impl,
        mortise_text type,
        mortise_text from,
        mortise_text to,
        uint64_t work,
        uint64_t after,
        uint64_t* next,
        mortise_error* error
    ) MORTISE_NOEXCEPT;
};

#ifdef __cplusplus
}
#endif

#endif
