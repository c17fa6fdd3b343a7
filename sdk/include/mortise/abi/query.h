/* Generated from sdk/interfaces/query.toml; do not edit. */
#ifndef MORTISE_ABI_QUERY_H
#define MORTISE_ABI_QUERY_H

/** \file
 *  mortise.query/1, experimental, since 0.1.
 *
 *  Reads by SQL, against the views that the record types make. Answers come in column batches: at most 4,096
 *  rows or 256 KiB each, every batch one value:
 *
 *    { rows: int, columns: [ { name: text, kind: int, nulls: bytes?, data: bytes?, offsets: bytes?, scale: int?,
 *                              unit: int?, values: list? } ] }
 *
 *  `kind` is a `mortise_kind`. `nulls` has one bit per row, lowest first, 1 for null; absent when no row is
 *  null. By kind:
 *    bool                   `data` has one byte per row
 *    int, double, id        `data` has 8 bytes per row
 *    decimal, money, time   `data` has 8 bytes per row; `scale` and `unit` hold for the whole column
 *    text, bytes            `offsets` has rows + 1 u32, starting at 0; `data` has all the bytes one behind another
 *    null                   neither: every row is null
 *    list                   `values` has one value per row, of any kind: for lists, maps and columns of mixed kinds
 *  Numbers are little-endian and 8-byte aligned. Where a row is null its place in `data` is zero. The first
 *  batch is always given, even with no rows, so that the columns are known.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How to run a query. */
typedef struct mortise_query_options {
    uint32_t size; /**< sizeof(mortise_query_options) as the writer knows it */
    uint32_t deadline_ms; /**< stop after this time; 0 for the plugin's quota */
    /** show records as they were then, microseconds since 1970, UTC; 0 for the context's, which is mostly now
     */
    int64_t as_of;
    /** a commit's token: wait until that commit can be seen, up to the deadline; 0 for none */
    uint64_t at_least;
    uint64_t max_rows; /**< stop after this many rows; 0 for the plugin's quota */
} mortise_query_options;
#define MORTISE_QUERY_OPTIONS_MIN_SIZE 32 /* as of its first release */

#define MORTISE_QUERY_ID "mortise.query/1"

/** The table of mortise.query/1; the file's comment says what it is for. */
typedef struct mortise_query {
    mortise_interface head; /**< size and revision */

    /** Runs one SELECT with the plugin's rights (or the user's, when it runs on their behalf).
     *
     *  Thread: init, strand, job.  Since 0.1.
     *    sql         one statement in the common subset of the SQL guide
     *    parameters  a map of names (`:name` in the statement) or a list (`?1`, `?2`) (may be none)
     *    options     how to run it (may be null)
     *    snapshot    the last commit that the answer has seen (may be null; written on success)
     *    batches     receives column batches; its negative answer stops the query
     *  Errors:
     *    MORTISE_E_INVALID    not one SELECT, or a parameter is missing or left over; `message` has the place
     *    MORTISE_E_DENIED     it reads what the caller may not see
     *    MORTISE_E_NOT_FOUND  `at_least` is no commit of this database, nor one that comes before the deadline
     *    MORTISE_E_TIMEOUT    the deadline passed
     *    MORTISE_E_LIMIT      more rows or bytes than the quota
     *    MORTISE_E_CANCELLED  the sink stopped it
     */
    mortise_status (*run)(
        mortise_self self,
        mortise_text sql,
        mortise_tree parameters,
        const mortise_query_options* options,
        uint64_t* snapshot,
        mortise_sink batches,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Runs a query of the plugin's manifest; its columns have the kinds declared there.
     *
     *  Thread: init, strand, job.  Since 0.1.
     *    name        the query's name
     *    parameters  a map of names (may be none)
     *    options     how to run it (may be null)
     *    snapshot    the last commit that the answer has seen (may be null; written on success)
     *    batches     receives column batches; its negative answer stops the query
     *  Errors:
     *    MORTISE_E_NOT_FOUND  the manifest declares no such query
     *    MORTISE_E_INVALID    a parameter is missing or left over
     *    MORTISE_E_DENIED     it reads what the caller may not see
     *    MORTISE_E_TIMEOUT    the deadline passed
     *    MORTISE_E_LIMIT      more rows or bytes than the quota
     *    MORTISE_E_CANCELLED  the sink stopped it
     */
    mortise_status (*named)(
        mortise_self self,
        mortise_text name,
        mortise_tree parameters,
        const mortise_query_options* options,
        uint64_t* snapshot,
        mortise_sink batches,
        mortise_error* error
    ) MORTISE_NOEXCEPT;
} mortise_query;

#ifdef __cplusplus
}
#endif

#endif
