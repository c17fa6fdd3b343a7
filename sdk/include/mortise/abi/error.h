/* Generated from sdk/interfaces/error.toml; do not edit. */
#ifndef MORTISE_ABI_ERROR_H
#define MORTISE_ABI_ERROR_H

/** \file
 *  mortise.error/1, stable, since 0.1.
 *
 *  Status codes and the error that a caller allocates. A call that succeeds returns MORTISE_OK or a positive
 *  number; anything negative is one of the codes below. A code that a reader does not know counts as
 *  MORTISE_E_INTERNAL. Codes and keys are the contract; texts are for people and may be translated.
 */

#include <mortise/abi/macros.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** MORTISE_OK, or a negative `mortise_code` */
typedef int32_t mortise_status;

/** Every code, with who may return it: `both` sides, or only the `host` (from a plugin it counts as INVALID).
 */
enum mortise_code {
    MORTISE_OK = 0,                  /**< it worked */
    MORTISE_E_INVALID = -1,          /**< an argument or a value breaks a rule that its description states */
    MORTISE_E_NULL = -2,             /**< a pointer that must not be null is null */
    MORTISE_E_SIZE = -3,             /**< a struct, table or value is smaller than its first release */
    /** the function may not be called from this thread or from inside this callback (host only) */
    MORTISE_E_THREAD = -4,
    MORTISE_E_REVOKED = -5,          /**< `self` is stale or forged: the plugin was closed (host only) */
    MORTISE_E_REFUSED = -6,          /**< a hook, a rule or a command said no; `key` names the reason */
    MORTISE_E_NOT_FOUND = -7,        /**< no such record, name or thing */
    MORTISE_E_CONFLICT = -8,         /**< the record has another version than the one expected */
    MORTISE_E_DENIED = -9,           /**< the caller has no right to it; `where` names the permission */
    MORTISE_E_LIMIT = -10,           /**< a quota is used up or a value is too large */
    MORTISE_E_BUSY = -11,            /**< too much is waiting already; nothing happened, ask again later */
    MORTISE_E_RETRY = -12,           /**< nothing happened, and the same call may work if it is run again */
    MORTISE_E_OUTCOME_UNKNOWN = -13, /**< it may have happened: ask for the unit of work by its key */
    MORTISE_E_UNSUPPORTED = -14,     /**< this side does not have the interface, function or option */
    MORTISE_E_CANCELLED = -15,       /**< the caller, or the receiver of a sink, stopped it */
    MORTISE_E_TIMEOUT = -16,         /**< the callee did not answer in time (host only) */
    MORTISE_E_IO = -17,              /**< disk, network or another system failed */
    MORTISE_E_EXCEPTION = -18,       /**< code threw what nobody caught; the message has its text */
    MORTISE_E_CRASHED = -19,         /**< the plugin's process ended during the call (host only) */
    /** waiting would close a circle of plugins that wait for each other (host only) */
    MORTISE_E_DEADLOCK = -20,
    MORTISE_E_STATE = -21,           /**< right call, wrong moment: see the function's words */
    MORTISE_E_EXISTS = -22,          /**< there is one with that name or unique value already */
    MORTISE_E_INTERNAL = -23         /**< a bug in the callee */
};

/** What went wrong, allocated by the caller. The caller sets `size` to sizeof(mortise_error) and leaves the
 *  rest; the callee writes only on failure, only what `size` covers, and ends each text with a zero byte.
 */
typedef struct mortise_error {
    uint32_t size; /**< sizeof(mortise_error) as the caller knows it */
    mortise_status code; /**< the status that the call returned */
    char key[64]; /**< stable name of the case, such as "welcome.email_needed"; may be empty */
    char where[128]; /**< the place: a field, an argument, a JSON pointer; may be empty */
    char message[312]; /**< one sentence, lower case, no full stop, UTF-8 */
} mortise_error;

#ifdef __cplusplus
}
#endif

#endif
