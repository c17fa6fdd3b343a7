/* Generated from sdk/interfaces/commands.toml; do not edit. */
#ifndef MORTISE_ABI_COMMANDS_H
#define MORTISE_ABI_COMMANDS_H

/** \file
 *  mortise.commands/1, experimental, since 0.1.
 *
 *  Commands: what can be done, by name. A command has its own unit of work and idempotency key and never joins
 *  its caller's.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How to call a command. */
typedef struct mortise_call_options {
    uint32_t size; /**< sizeof(mortise_call_options) as the writer knows it */
    uint32_t preview; /**< 1 for a dry run; UNSUPPORTED unless the command declares one */
    mortise_text key; /**< idempotency key, at most 200 bytes; may be empty */
    uint64_t timeout_ms; /**< give up waiting after this time; 0 for the plugin's quota (2,000) */
    /** the version that the record at hand must still have, for commands that look at it; 0 for any */
    uint64_t version;
    /** show things as they were then, for commands that read; microseconds since 1970, UTC; 0 for now */
    int64_t as_of;
    mortise_text locale; /**< language of the answer, a BCP 47 tag; empty for the caller's own */
} mortise_call_options;
#define MORTISE_CALL_OPTIONS_MIN_SIZE 64 /* as of its first release */

#define MORTISE_COMMANDS_ID "mortise.commands/1"

/** The table of mortise.commands/1; the file's comment says what it is for. */
typedef struct mortise_commands {
    mortise_interface head; /**< size and revision */

    /** Says that the plugin runs a command of its manifest. Calls arrive at on_command with the same tag.
     *
     *  Thread: init.  Since 0.1.
     *    name  the command's name in the manifest
     *    tag   the plugin's own number
     *  Errors:
     *    MORTISE_E_NOT_FOUND  the manifest declares no such command
     *    MORTISE_E_EXISTS     bound already
     *    MORTISE_E_STATE      only inside activate
     */
    mortise_status (*bind)(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Runs a command and waits for its answer. Only the host's own commands and those of plugins that the
     *  manifest `requires`; everything else is `post`.
     *
     *  Thread: strand, job.  Since 0.1.
     *    name       the command
     *    arguments  a map (may be none)
     *    options    how to call it (may be null)
     *    result     receives the answer, at most once
     *  Errors:
     *    MORTISE_E_NOT_FOUND        no such command, or its plugin is not enabled
     *    MORTISE_E_DENIED           the caller may not run it, or the manifest does not require its plugin
     *    MORTISE_E_INVALID          arguments that its schema does not take; `where` is a JSON pointer
     *    MORTISE_E_STATE            a unit of work with staged changes is open, or the command changes nothing by
     *                               its declaration and did
     *    MORTISE_E_REFUSED          the command said no; `key` names the reason
     *    MORTISE_E_CONFLICT         a record changed meanwhile
     *    MORTISE_E_BUSY             too many calls wait for that plugin
     *    MORTISE_E_TIMEOUT          no answer in time
     *    MORTISE_E_CRASHED          the plugin that runs it ended
     *    MORTISE_E_DEADLOCK         that plugin waits for this one
     *    MORTISE_E_OUTCOME_UNKNOWN  it may have happened: call again with the same key
     */
    mortise_status (*call)(
        mortise_self self,
        mortise_text name,
        mortise_tree arguments,
        const mortise_call_options* options,
        mortise_sink result,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Asks for a command and does not wait: the answer arrives at on_answer with the same tag, once.
     *
     *  Thread: any.  Since 0.1.
     *    name       the command
     *    arguments  a map (may be none)
     *    options    how to call it (may be null)
     *    tag        the plugin's own number; 0 asks for no answer
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such command
     *    MORTISE_E_BUSY       too many are queued; nothing was queued
     */
    mortise_status (*post)(
        mortise_self self,
        mortise_text name,
        mortise_tree arguments,
        const mortise_call_options* options,
        uint64_t tag,
        mortise_error* error
    ) MORTISE_NOEXCEPT;
} mortise_commands;

#ifdef __cplusplus
}
#endif

#endif
