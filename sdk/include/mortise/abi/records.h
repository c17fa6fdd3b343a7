/* Generated from sdk/interfaces/records.toml; do not edit. */
#ifndef MORTISE_ABI_RECORDS_H
#define MORTISE_ABI_RECORDS_H

/** \file
 *  mortise.records/1, experimental, since 0.1.
 *
 *  Records by id, and changes in units of work. A unit is a set of changes and events that commit together or
 *  not at all. Event handlers and commands are given an open unit, which the host commits with the
 *  acknowledgement or the answer when they return MORTISE_OK and abandons when they fail; jobs open their own
 *  with `begin`.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What an operation does to its record. */
enum mortise_operation_kind {
    MORTISE_OPERATION_CREATE = 1,  /**< makes it; `id` comes from `reserve`, or is 0 and the host picks one */
    MORTISE_OPERATION_UPDATE = 2,  /**< sets the fields given, leaves the others */
    MORTISE_OPERATION_DELETE = 3,  /**< takes it out of sight; it can be restored */
    MORTISE_OPERATION_RESTORE = 4  /**< undoes a delete */
};

/** One change of a unit of work. */
typedef struct mortise_operation {
    uint32_t size; /**< sizeof(mortise_operation) as the writer knows it */
    uint32_t kind; /**< a `mortise_operation_kind` */
    mortise_text type; /**< name of the record type */
    uint64_t id; /**< the record */
    uint64_t version; /**< the version that it must still have; 0 for any */
    mortise_tree values; /**< create, update: a map of field to value (may be none) */
} mortise_operation;
#define MORTISE_OPERATION_MIN_SIZE 56 /* as of its first release */

/** A change as a hook sees it: before it is written. */
typedef struct mortise_draft {
    uint32_t size; /**< sizeof(mortise_draft) as the writer knows it */
    uint32_t kind; /**< a `mortise_operation_kind` */
    mortise_text type; /**< name of the record type */
    uint64_t id; /**< the record */
    mortise_tree before; /**< the record as it is, a map; none with create (may be none) */
    mortise_tree after; /**< the record as it would become, a map; with delete as it is */
    /** a map of what the manifest's `reads` named: field to the record it refers to, a map, or null (may be
     *  none)
     */
    mortise_tree related;
    /** when the change happens, microseconds since 1970, UTC: a pure function has no other clock */
    int64_t time;
} mortise_draft;
#define MORTISE_DRAFT_MIN_SIZE 88 /* as of its first release */

/** What a new unit of work is about. */
typedef struct mortise_unit {
    uint32_t size; /**< sizeof(mortise_unit) as the writer knows it */
    uint32_t flags; /**< none yet, 0 */
    /** idempotency key, at most 200 bytes: a unit whose key has committed before gives the first answer again;
     *  may be empty
     */
    mortise_text key;
    uint64_t cause; /**< sequence of the event that it follows from; 0 for none */
} mortise_unit;
#define MORTISE_UNIT_MIN_SIZE 32 /* as of its first release */

#define MORTISE_RECORDS_ID "mortise.records/1"

/** The table of mortise.records/1; the file's comment says what it is for. */
typedef struct mortise_records {
    mortise_interface head; /**< size and revision */

    /** Reserves ids for records to be created. Ids come from one sequence across all types; unused ones are
     *  simply gaps.
     *
     *  Thread: any.  Since 0.1.
     *    count  how many, 1 to 10,000
     *    first  the first; the others follow it (written on success)
     *  Errors:
     *    MORTISE_E_INVALID  a count out of range
     */
    mortise_status (*reserve)(
        mortise_self self,
        uint64_t count,
        uint64_t* first,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Gives records by id, one row per record found, in the order of `ids`. A row is a map that always has
     *  `id` and `version`. Ids that do not exist, are deleted or out of the caller's sight give no row. Rows
     *  show what is committed, not what is staged.
     *
     *  Thread: init, strand, hook, job.  Since 0.1.
     *    type    name of the record type
     *    ids     at most 4,096
     *    fields  a list of field names; none gives every field (may be none)
     *    row     receives each row
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such record type, or no such field in `fields`
     *    MORTISE_E_CANCELLED  the sink stopped it
     */
    mortise_status (*get)(
        mortise_self self,
        mortise_text type,
        const uint64_t* ids,
        uint64_t ids_count,
        mortise_tree fields,
        mortise_sink row,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Gives the records whose `field` has this value, by id: rows as `get` gives them. The field must be
     *  unique, indexed or a reference. Deleted records and those out of the caller's sight are left out. For
     *  hooks it is the only way to records that the draft does not name.
     *
     *  Thread: init, strand, hook, job.  Since 0.1.
     *    type    name of the record type
     *    field   the field
     *    value   what it must have, in any form that the field takes
     *    limit   at most so many, 1 to 4,096
     *    fields  a list of field names; none gives every field (may be none)
     *    row     receives each row
     *  Errors:
     *    MORTISE_E_NOT_FOUND    no such record type, or no such field
     *    MORTISE_E_INVALID      a value that the field does not take, or a limit out of range
     *    MORTISE_E_UNSUPPORTED  the field has no index
     *    MORTISE_E_CANCELLED    the sink stopped it
     */
    mortise_status (*find)(
        mortise_self self,
        mortise_text type,
        mortise_text field,
        mortise_tree value,
        uint64_t limit,
        mortise_tree fields,
        mortise_sink row,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Opens a unit of work. Commit or abandon it before the callback returns; what is left open is abandoned.
     *
     *  Thread: strand, job.  Since 0.1.
     *    unit  about the unit; none gives an anonymous one (may be null)
     *    work  the unit (written on success)
     *  Errors:
     *    MORTISE_E_LIMIT  more than 16 units are open
     */
    mortise_status (*begin)(
        mortise_self self,
        const mortise_unit* unit,
        uint64_t* work,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Adds changes to a unit of work, in order. Names and kinds are checked at once; hooks, versions and
     *  constraints at the commit. On an error nothing of this call is staged, and `where` is "operation N:
     *  FIELD".
     *
     *  Thread: strand, job.  Since 0.1.
     *    work        the unit
     *    operations  what to do
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such record type or field, or no open unit of that number
     *    MORTISE_E_INVALID    a value that its field does not take, or the same field twice
     *    MORTISE_E_LIMIT      more than 10,000 records in one unit
     */
    mortise_status (*stage)(
        mortise_self self,
        uint64_t work,
        const mortise_operation* operations,
        uint64_t operations_count,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Commits a unit opened with `begin`: all of it becomes durable, or none. Hooks run first. The unit is
     *  closed whatever the answer.
     *
     *  Thread: strand, job.  Since 0.1.
     *    work   the unit
     *    token  the commit; give it to a query's `at_least` to see at least this (written on success)
     *  Errors:
     *    MORTISE_E_NOT_FOUND        no open unit of that number
     *    MORTISE_E_STATE            the unit belongs to the host: it commits when the callback returns
     *    MORTISE_E_REFUSED          a hook or a constraint said no; `key` and `where` say why
     *    MORTISE_E_CONFLICT         a record has another version than the one expected, or is gone
     *    MORTISE_E_EXISTS           a unique value is taken
     *    MORTISE_E_RETRY            nothing happened; the same unit may work if it is built again
     *    MORTISE_E_OUTCOME_UNKNOWN  it may have committed: begin a unit with the same key to find out
     */
    mortise_status (*commit)(
        mortise_self self,
        uint64_t work,
        uint64_t* token,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Drops a unit opened with `begin`; nothing of it happens.
     *
     *  Thread: strand, job.  Since 0.1.
     *    work  the unit
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no open unit of that number
     *    MORTISE_E_STATE      the unit belongs to the host: return an error to abandon it
     */
    mortise_status (*abandon)(mortise_self self, uint64_t work, mortise_error* error) MORTISE_NOEXCEPT;

    /** Says that the plugin answers a hook of its manifest. Its drafts arrive at on_hook with the same tag.
     *
     *  Thread: init.  Since 0.1.
     *    name  the hook's name in the manifest (what it is `on`, unless named otherwise)
     *    tag   the plugin's own number
     *  Errors:
     *    MORTISE_E_NOT_FOUND  the manifest declares no such hook
     *    MORTISE_E_EXISTS     bound already
     *    MORTISE_E_STATE      only inside activate
     */
    mortise_status (*bind_hook)(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) MORTISE_NOEXCEPT;
} mortise_records;

#ifdef __cplusplus
}
#endif

#endif
