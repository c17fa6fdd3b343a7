/* Generated from sdk/interfaces/events.toml; do not edit. */
#ifndef MORTISE_ABI_EVENTS_H
#define MORTISE_ABI_EVENTS_H

/** \file
 *  mortise.events/1, experimental, since 0.1.
 *
 *  Events: immutable facts, kept in order. Subscriptions are durable: at least once, in order per subject, with
 *  retry and back-off.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How long an event is kept and what for. */
enum mortise_event_class {
    MORTISE_EVENT_DECLARED = 0,  /**< as the manifest declares it */
    MORTISE_EVENT_AUDIT = 1,     /**< who did what: longest */
    MORTISE_EVENT_HISTORY = 2,   /**< what happened to a record: shows on its timeline */
    MORTISE_EVENT_TELEMETRY = 3  /**< measurements: shortest */
};

/** An event as it is delivered. */
typedef struct mortise_event {
    uint32_t size; /**< sizeof(mortise_event) as the writer knows it */
    uint32_t version; /**< N of the schema NAME/N of its data */
    uint32_t kind; /**< a `mortise_event_class` */
    uint32_t flags; /**< 1: it tells of something that left the house and cannot be undone; other bits are 0 */
    uint64_t sequence; /**< its place in the log; without holes */
    mortise_text id; /**< unique within its source (CloudEvents id) */
    mortise_text source; /**< the database that it happened in, with its incarnation (CloudEvents source) */
    mortise_text type; /**< such as "contact.created" */
    uint64_t subject; /**< the record that it is about; 0 for none */
    mortise_text subject_type; /**< that record's type; may be empty */
    int64_t time; /**< when it happened, microseconds since 1970, UTC */
    int64_t recorded; /**< when it got its place; never goes back along the log */
    mortise_text actor; /**< who did it: "user:NAME", "plugin:ID" or "host" */
    mortise_text client; /**< the program that it was done with: "cli", "import 17"; may be empty */
    uint64_t correlation; /**< the same number in everything that follows from one cause; opaque */
    uint64_t causation; /**< sequence of the event in whose handler it was published; 0 for none */
    mortise_tree links; /**< a map of role to id, or to a list of ids, of further records (may be none) */
    mortise_tree data; /**< a map (may be none) */
} mortise_event;
#define MORTISE_EVENT_MIN_SIZE 192 /* as of its first release */

/** An event to be published. Its schema version is the one that the manifest declares. */
typedef struct mortise_event_draft {
    uint32_t size; /**< sizeof(mortise_event_draft) as the writer knows it */
    uint32_t kind; /**< a `mortise_event_class` */
    mortise_text type; /**< declared in the manifest */
    uint64_t subject; /**< the record that it is about; 0 for none */
    int64_t time; /**< when it happened, microseconds since 1970, UTC; 0 for now */
    mortise_tree links; /**< a map of role to id, or to a list of ids (may be none) */
    mortise_tree data; /**< a map (may be none) */
} mortise_event_draft;
#define MORTISE_EVENT_DRAFT_MIN_SIZE 72 /* as of its first release */

#define MORTISE_EVENTS_ID "mortise.events/1"

/** The table of mortise.events/1; the file's comment says what it is for. */
typedef struct mortise_events {
    mortise_interface head; /**< size and revision */

    /** Says that the plugin handles a subscription of its manifest. Its events arrive at on_events with the
     *  same tag.
     *
     *  Thread: init.  Since 0.1.
     *    name  the subscription's name in the manifest (its pattern, unless named otherwise)
     *    tag   the plugin's own number
     *  Errors:
     *    MORTISE_E_NOT_FOUND  the manifest declares no such subscription
     *    MORTISE_E_EXISTS     bound already
     *    MORTISE_E_STATE      only inside activate
     */
    mortise_status (*bind)(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Publishes events, in order. With a unit of work they commit with it (callable as records.stage is); with
     *  0 they form a unit of their own, which is queued: the call does not wait until it is durable.
     *
     *  Thread: any.  Since 0.1.
     *    work    the unit, or 0
     *    events  what happened
     *  Errors:
     *    MORTISE_E_NOT_FOUND  the manifest declares no such event, or no open unit of that number
     *    MORTISE_E_INVALID    data that its schema does not take
     *    MORTISE_E_LIMIT      events caused by events are more than 16 deep
     *    MORTISE_E_BUSY       too many are queued; nothing was published
     */
    mortise_status (*publish)(
        mortise_self self,
        uint64_t work,
        const mortise_event_draft* events,
        uint64_t events_count,
        mortise_error* error
    ) MORTISE_NOEXCEPT;
} mortise_events;

#ifdef __cplusplus
}
#endif

#endif
