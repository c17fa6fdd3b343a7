/* Generated from sdk/interfaces/clock.toml; do not edit. */
#ifndef MORTISE_ABI_CLOCK_H
#define MORTISE_ABI_CLOCK_H

/** \file
 *  mortise.clock/1, experimental, since 0.1.
 *
 *  The time. Ask here and not the system, so that tests can own the clock.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MORTISE_CLOCK_ID "mortise.clock/1"

/** The table of mortise.clock/1; the file's comment says what it is for. */
typedef struct mortise_clock {
    mortise_interface head; /**< size and revision */

    /** Gives the time of the host.
     *
     *  Thread: any.  Since 0.1.
     *    time  microseconds since 1970-01-01T00:00:00Z (written on success)
     */
    mortise_status (*now)(mortise_self self, int64_t* time, mortise_error* error) MORTISE_NOEXCEPT;
} mortise_clock;

#ifdef __cplusplus
}
#endif

#endif
