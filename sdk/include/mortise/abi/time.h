/* Generated from sdk/interfaces/time.toml; do not edit. */
#ifndef MORTISE_ABI_TIME_H
#define MORTISE_ABI_TIME_H

/** \file
 *  mortise.time/1, experimental, since 0.1.
 *
 *  Time zones: what a clock on the wall shows somewhere, where a day begins and ends there, when a rule comes
 *  round next. A zone is an IANA name such as "Europe/Zurich", or "UTC"; the zones are those of the system that
 *  the host runs on. Never compute with offsets of your own: they change by law.
 *
 *  A *wall time* is what the clock on the wall shows, as one number: microseconds since 1970-01-01T00:00:00
 *  read off that clock. Divided by 86,400,000,000 and rounded down it gives the day, the rest the time of day;
 *  the time minus the wall time is the offset of the zone. When clocks are put back some wall times happen
 *  twice, when they are put forward some never: `choice` says what is meant.
 *
 *  Times lie in the years 1 to 9999. What the law will be in years to come nobody knows: the present rules go
 *  on.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which time is meant by a wall time that happens twice, or never. */
enum mortise_wall_choice {
    /** twice: the first of both. Never: as much later as the clocks are put forward, as calendars do */
    MORTISE_WALL_EARLIER = 0,
    MORTISE_WALL_LATER = 1,   /**< twice: the second of both. Never: as `earlier` */
    MORTISE_WALL_EXACT = 2    /**< twice or never: refused */
};

/** A stretch of the calendar. */
enum mortise_calendar_unit {
    /** from midnight to midnight; where there is no midnight, from the first moment of the day */
    MORTISE_UNIT_DAY = 1,
    MORTISE_UNIT_WEEK = 2,    /**< from Monday on */
    MORTISE_UNIT_MONTH = 3,   /**< from the first day on */
    MORTISE_UNIT_QUARTER = 4, /**< three months, from January, April, July and October on */
    MORTISE_UNIT_YEAR = 5     /**< from January on */
};

#define MORTISE_TIME_ID "mortise.time/1"

/** The table of mortise.time/1; the file's comment says what it is for. */
typedef struct mortise_time {
    mortise_interface head; /**< size and revision */

    /** Tells what the clocks of a zone show at some times. No times at all only asks whether there is such a
     *  zone.
     *
     *  Thread: any.  Since 0.1.
     *    zone   the zone
     *    times  microseconds since 1970, UTC; at most 4,096
     *    walls  receives one value, bytes: a wall time (i64) for each, in order; nothing if there are no times
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such zone
     *    MORTISE_E_INVALID    a time outside the years 1 to 9999
     *    MORTISE_E_LIMIT      too many times
     *    MORTISE_E_CANCELLED  the sink stopped it
     */
    mortise_status (*to_wall)(
        mortise_self self,
        mortise_text zone,
        const int64_t* times,
        uint64_t times_count,
        mortise_sink walls,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Tells at which times the clocks of a zone show some wall times: the way back from `to_wall`.
     *
     *  Thread: any.  Since 0.1.
     *    zone    the zone
     *    walls   wall times; at most 4,096
     *    choice  a `mortise_wall_choice`
     *    times   receives one value, bytes: a time (i64, microseconds since 1970, UTC) for each, in order
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such zone
     *    MORTISE_E_INVALID    no such choice, a wall time outside the years 1 to 9999, or with `exact` one that
     *                         happens twice or never; `where` is its index
     *    MORTISE_E_LIMIT      too many wall times
     *    MORTISE_E_CANCELLED  the sink stopped it
     */
    mortise_status (*to_time)(
        mortise_self self,
        mortise_text zone,
        const int64_t* walls,
        uint64_t walls_count,
        uint32_t choice,
        mortise_sink times,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Gives the day, week, month, quarter or year of a zone in which a time lies. A day has 23 or 25 hours
     *  where clocks are changed, so take its bounds from here and never add 24 hours.
     *
     *  Thread: any.  Since 0.1.
     *    zone   the zone
     *    time   microseconds since 1970, UTC
     *    unit   a `mortise_calendar_unit`
     *    step   0 for the one that holds `time`, 1 for the next, -1 for the one before, and so on; -100,000 to
     *           100,000
     *    start  its first moment, microseconds since 1970, UTC (written on success)
     *    end    the first moment behind it (written on success)
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such zone
     *    MORTISE_E_INVALID    no such unit, a step out of range, or a time outside the years 1 to 9999
     */
    mortise_status (*bounds)(
        mortise_self self,
        mortise_text zone,
        int64_t time,
        uint32_t unit,
        int64_t step,
        int64_t* start,
        int64_t* end,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Tells when a rule comes round next: five fields (minute, hour, day of month, month, day of week) as in
     *  crontab, read off the clock of the zone. Each field takes `*`, numbers, `a-b`, `/step` and lists; if
     *  both days are restricted, either will do. A moment that never comes (clocks are put forward) is the
     *  first one behind the gap; one that comes twice is the first.
     *
     *  Thread: any.  Since 0.1.
     *    zone   the zone
     *    rule   such as "30 8 * * mon-fri"
     *    after  the first moment is later than this; microseconds since 1970, UTC
     *    limit  how many moments, 1 to 1,000
     *    times  receives one value, bytes: a time (i64) for each, in order; fewer, or none, if the rule never
     *           comes round in 40 years
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such zone
     *    MORTISE_E_INVALID    a rule that is none, a limit out of range, or a time outside the years 1 to 9999
     *    MORTISE_E_CANCELLED  the sink stopped it
     */
    mortise_status (*next)(
        mortise_self self,
        mortise_text zone,
        mortise_text rule,
        int64_t after,
        uint64_t limit,
        mortise_sink times,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Lists the zones, for people to choose from.
     *
     *  Thread: any.  Since 0.1.
     *    names  receives one value, a list of texts in the order of the alphabet
     *  Errors:
     *    MORTISE_E_CANCELLED  the sink stopped it
     */
    mortise_status (*zones)(mortise_self self, mortise_sink names, mortise_error* error) MORTISE_NOEXCEPT;
} mortise_time;

#ifdef __cplusplus
}
#endif

#endif
