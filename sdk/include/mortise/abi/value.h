/* Generated from sdk/interfaces/value.toml; do not edit. */
#ifndef MORTISE_ABI_VALUE_H
#define MORTISE_ABI_VALUE_H

/** \file
 *  mortise.value/1, stable, since 0.1.
 *
 *  Values: one contiguous read-only block, 8-byte aligned, little-endian, read in place. A block starts with
 *  the root node (16 bytes). What does not fit into a node (text, bytes, the items of a list, the entries of a
 *  map) is its payload, found `offset` bytes from the node itself, always behind it.
 *
 *  Order, one way only: each payload starts exactly where the one before ended, rounded up to 8 with zero
 *  bytes.
 *    text, bytes   `count` bytes
 *    list          `count` nodes, then the payload of each item in order
 *    map           `count` entries, then every key in order, then the payload of each value in order
 *  So one forward pass proves a stranger's block: no cycle, no overlap, nothing outside. A payload of no bytes
 *  has the offset that it would have with some. Whatever a kind does not use is zero. Keys and text are UTF-8
 *  without U+0000; keys of a map differ; doubles are finite; depth is at most 32 (a scalar root has depth 0).
 */

#include <mortise/abi/macros.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a node holds. */
enum mortise_kind {
    MORTISE_KIND_NULL = 0,    /**< nothing */
    MORTISE_KIND_BOOL = 1,    /**< `integer` is 0 or 1 */
    MORTISE_KIND_INT = 2,     /**< `integer` */
    MORTISE_KIND_DOUBLE = 3,  /**< `real`, finite */
    MORTISE_KIND_DECIMAL = 4, /**< `integer` / 10^`scale`, scale 0 to 18 */
    /** `integer` in minor units; `unit` is the ISO 4217 number (1 to 999), `scale` its minor digits (0 to 4) */
    MORTISE_KIND_MONEY = 5,
    MORTISE_KIND_TEXT = 6,    /**< `count` bytes of UTF-8 at `offset` */
    MORTISE_KIND_BYTES = 7,   /**< `count` bytes at `offset` */
    MORTISE_KIND_TIME = 8,    /**< `integer`; `unit` is a `mortise_time_unit` */
    MORTISE_KIND_ID = 9,      /**< `integer` is a record's number; 0 is no record */
    MORTISE_KIND_LIST = 10,   /**< `count` nodes at `offset` */
    MORTISE_KIND_MAP = 11     /**< `count` entries at `offset` */
};

/** What the number of a time counts. */
enum mortise_time_unit {
    MORTISE_TIME_INSTANT = 0,  /**< microseconds since 1970-01-01T00:00:00Z */
    MORTISE_TIME_DATE = 1,     /**< days since 1970-01-01 */
    MORTISE_TIME_OF_DAY = 2,   /**< microseconds since midnight */
    MORTISE_TIME_DURATION = 3  /**< microseconds */
};

/** A node. Never copy one by itself: its offset counts from its own address. */
typedef struct mortise_value {
    uint8_t kind; /**< a `mortise_kind` */
    uint8_t scale; /**< decimal, money: digits behind the point */
    uint16_t unit; /**< money: currency; time: a `mortise_time_unit` */
    uint32_t count; /**< text, bytes: length; list: items; map: entries */
    union { int64_t integer; double real; int64_t offset; } as; /**< by kind */
} mortise_value;

/** One entry of a map. */
typedef struct mortise_entry {
    uint32_t key_hash; /**< FNV-1a, 32 bits, of the key's bytes */
    uint32_t key_size; /**< bytes of the key */
    int64_t key_offset; /**< bytes from this entry to its key */
    mortise_value value; /**< what stands under the key */
} mortise_entry;

/** A value as it is passed: `bytes` from `root` on hold all of it. No value at all is {null, 0}. */
typedef struct mortise_tree {
    const mortise_value* root; /**< 8-byte aligned; null is no value */
    uint64_t bytes; /**< size of the whole block, a multiple of 8 */
} mortise_tree;

#ifdef __cplusplus
}
#endif

#endif
