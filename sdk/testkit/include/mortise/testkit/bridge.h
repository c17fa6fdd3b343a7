/* The C border of the test kit's library. */
#ifndef MORTISE_TESTKIT_BRIDGE_H
#define MORTISE_TESTKIT_BRIDGE_H

/** \file
 *  Everything of libmortise-testkit.so that others can see: three C functions, so that tests may be built by
 * any compiler and with any standard library. In C++ use `mortise/testkit.hpp`, which is built on them.
 */

#include <mortise/abi/root.h>
#include <mortise/abi/value.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A plugin for the kit. Memory belongs to the caller and is read during the call. */
typedef struct mortise_testkit_plugin {
    mortise_text folder; /**< where plugin.json is, with the library beside it unless `entry` is given */
    mortise_plugin_open entry; /**< null, or the entry of a plugin that is linked into the test */
} mortise_testkit_plugin;

/** A host in a box. */
typedef struct mortise_testkit mortise_testkit;

/** Makes a host in memory with these plugins enabled, in their order; the first is the one under test.
 *  `options` is a map or {NULL, 0}: now (instant), grants (false: nothing that a manifest asks for is
 * granted). Answers MORTISE_OK and writes `kit`; or a negative status, and writes a map {error, story} into
 * `trouble`.
 */
MORTISE_EXPORT mortise_status mortise_testkit_open(
    const mortise_testkit_plugin* plugins,
    uint64_t count,
    mortise_tree options,
    mortise_testkit** kit,
    mortise_sink trouble
) MORTISE_NOEXCEPT;

/** Does `what` (such as "records.create") with `arguments`, a map or {NULL, 0}. Writes one map into `answer`:
 *  {value} if it went well, {error, story} if not, where `story` is the text for whoever reads the test's
 * result. Calls for one kit come from one thread at a time. Answers MORTISE_OK, or MORTISE_E_NULL.
 */
MORTISE_EXPORT mortise_status mortise_testkit_do(
    mortise_testkit* kit, mortise_text what, mortise_tree arguments, mortise_sink answer
) MORTISE_NOEXCEPT;

/** Ends the host and frees the kit; null is allowed. */
MORTISE_EXPORT void mortise_testkit_close(mortise_testkit* kit) MORTISE_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
