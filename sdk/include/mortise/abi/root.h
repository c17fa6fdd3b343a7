/* Generated from sdk/interfaces/root.toml; do not edit. */
#ifndef MORTISE_ABI_ROOT_H
#define MORTISE_ABI_ROOT_H

/** \file
 *  mortise.root/1, stable, since 0.1.
 *
 *  The root of the contract. A plugin is a shared library with one exported function, `mortise_plugin_open_v1`;
 *  the host hands it one table, `mortise_host`, which gives the others by id.
 *
 *  What holds for every call of every interface:
 *  - Memory. Arguments belong to the caller and live until the call returns; keep a copy, never the pointer.
 *    Results go into a struct or number that the caller allocated, or through a sink that copies. Nothing
 *    allocated on one side is freed on the other.
 *  - Text is a pointer and a length, UTF-8 without U+0000, not zero-terminated. A span is a pointer and a
 *    count; an array of structs steps by the `size` of its first item, which is the same for all.
 *  - Growth. Tables and structs grow only at their end; use a member only if MORTISE_HAS says that it is there.
 *  - Status. Negative is an error; `error` may be null. Numbers behind `out` pointers are what the caller put
 *    there unless the function wrote them.
 *  - Threads. Each function names from where it may be called: `strand` (a callback of the plugin that is not a
 *    hook), `hook` (inside on_hook), `job` (inside on_job or migrate), `init` (inside mortise_plugin_open_v1 or
 *    activate), `any` (everywhere, own threads of the plugin included; it never waits). One thread at a time is
 *    in `strand` and `init`.
 *  - Inside a sink's `write` the host may not be called at all: every function answers MORTISE_E_THREAD there.
 *  - Any call may also return MORTISE_E_REVOKED, _THREAD, _NULL, _SIZE, _INVALID (text that is not UTF-8, a
 *    broken value), _LIMIT (quota), _DENIED (permission), _UNSUPPORTED and _INTERNAL.
 *  - No exception and no longjmp crosses, in either direction.
 */

#include <mortise/abi/macros.h>
#include <mortise/abi/error.h>
#include <mortise/abi/value.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Who calls: 64 random bits, the first argument of every call to the host; keep it secret */
typedef uint64_t mortise_self;

/** Borrowed text: UTF-8 without U+0000, not zero-terminated. Empty text may have a null pointer. */
typedef struct mortise_text {
    const char* data; /**< the bytes */
    uint64_t size; /**< their number */
} mortise_text;

/** What each table begins with. */
typedef struct mortise_interface {
    uint32_t size; /**< bytes of the table as its owner knows it */
    uint32_t revision; /**< the release, as MORTISE_ABI_TARGET counts, in which the table last grew */
} mortise_interface;

/** Where results go. `write` takes one value and copies what it needs before it returns; a negative answer asks
 *  the producer to stop, which it may learn some writes later. `write` calls nothing of the host or of a
 *  plugin, and the sink dies with the call it was given to.
 */
typedef struct mortise_sink {
    void* context; /**< passed to `write` */
    mortise_status (*write)(void* context, mortise_tree item) MORTISE_NOEXCEPT; /**< takes one value */
} mortise_sink;

/** The root table. */
typedef struct mortise_host {
    mortise_interface head; /**< size and revision */
    /** gives the table named `id`, such as "mortise.log/1". Thread: any. The table lives as long as the plugin.
     *  Errors: MORTISE_E_UNSUPPORTED no such interface in this host (`out` becomes null); MORTISE_E_DENIED
     *  experimental and not named in the manifest
     */
    mortise_status (*query)(
        mortise_self self,
        mortise_text id,
        const mortise_interface** out,
        mortise_error* error
    ) MORTISE_NOEXCEPT;
} mortise_host;

typedef struct mortise_plugin mortise_plugin;

/** The one function that a plugin's library exports. It makes one instance of the plugin and writes its
 *  functions into `out`, which the host has zeroed but for `head.size`: what the host knows of the table. Set
 *  `impl` and each function that MORTISE_HAS finds room for; what stays null is not offered. Nothing but
 *  `query` and functions tagged `init` may be called here. `host` lives as long as the plugin; `self` is valid
 *  until destroy. On failure nothing is kept.
 */
MORTISE_EXPORT mortise_status mortise_plugin_open_v1(
    const mortise_host* host,
    mortise_self self,
    mortise_plugin* out,
    mortise_error* error
) MORTISE_NOEXCEPT;

/** The type of that function. */
typedef mortise_status (*mortise_plugin_open)(
    const mortise_host* host,
    mortise_self self,
    mortise_plugin* out,
    mortise_error* error
) MORTISE_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
