/* Small helps for the C ABI. */
#ifndef MORTISE_ABI_MACROS_H
#define MORTISE_ABI_MACROS_H

/** \file
 *  MORTISE_ABI_TARGET, MORTISE_HAS, MORTISE_EXPORT, MORTISE_NOEXCEPT. Define MORTISE_ABI_TARGET before the first
 *  header to compile against an older release of the contract than the headers at hand.
 */

#include <mortise/abi/version.h>

#include <stddef.h>
#include <stdint.h>

#if UINTPTR_MAX != UINT64_MAX
#error "the contract is for 64-bit platforms"
#endif

/** Release of the contract that is compiled against: major * 1000 + minor. */
#ifndef MORTISE_ABI_TARGET
#define MORTISE_ABI_TARGET (MORTISE_VERSION_MAJOR * 1000 + MORTISE_VERSION_MINOR)
#endif

/** Whether `member` lies within the table or struct at `pointer`, whose first member is its size in bytes:
 *  `if (MORTISE_HAS(mortise_event, event, causation)) ...`. For functions also compare with null. */
#define MORTISE_HAS(type, pointer, member)                                                                         \
    (offsetof(type, member) + sizeof(((const type*)0)->member) <= *(const uint32_t*)(const void*)(pointer))

#ifdef __cplusplus
#define MORTISE_NOEXCEPT noexcept
#else
#define MORTISE_NOEXCEPT
#endif

#define MORTISE_EXPORT __attribute__((visibility("default")))

#endif
