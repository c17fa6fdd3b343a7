/* Generated from sdk/interfaces/log.toml; do not edit. */
#ifndef MORTISE_ABI_LOG_H
#define MORTISE_ABI_LOG_H

/** \file
 *  mortise.log/1, stable, since 0.1.
 *
 *  The plugin's log. Lines carry the plugin's id, the time and the record at hand; never write personal data or
 *  secrets.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How much a line matters. */
enum mortise_level {
    MORTISE_LEVEL_DEBUG = 1,   /**< for the plugin's developer; off by default */
    MORTISE_LEVEL_INFO = 2,    /**< worth knowing */
    MORTISE_LEVEL_WARNING = 3, /**< something is odd, work goes on */
    MORTISE_LEVEL_ERROR = 4    /**< something failed that a person should look at */
};

#define MORTISE_LOG_ID "mortise.log/1"

/** The table of mortise.log/1; the file's comment says what it is for. */
typedef struct mortise_log {
    mortise_interface head; /**< size and revision */

    /** Writes one line. More lines a second than the quota are counted instead of kept, and the call still
     *  succeeds.
     *
     *  Thread: any.  Since 0.1.
     *    level    a `mortise_level`
     *    key      stable name of the case, such as "sync.started"; may be empty
     *    message  one sentence
     *    fields   a map with details (may be none)
     *  Errors:
     *    MORTISE_E_INVALID  unknown level
     */
    mortise_status (*write)(
        mortise_self self,
        uint32_t level,
        mortise_text key,
        mortise_text message,
        mortise_tree fields,
        mortise_error* error
    ) MORTISE_NOEXCEPT;
} mortise_log;

#ifdef __cplusplus
}
#endif

#endif
