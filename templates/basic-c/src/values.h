#ifndef MY_PLUGIN_VALUES_H
#define MY_PLUGIN_VALUES_H

/** \file
 *  Reading and making values (mortise/abi/value.h tells their layout). Reading copies nothing: what is found
 * lives as long as the value that it was found in.
 */

#include <mortise/abi/mortise.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A text for a call. */
mortise_text values_literal(const char* text);

/** What stands under a key of a map; null if it is no map, or has no such key. */
const mortise_value* values_find(const mortise_value* map, const char* key);
/** The text of a value; an empty one if it is none. */
mortise_text values_text(const mortise_value* value);
/** Whether a value is true. */
bool values_is_true(const mortise_value* value);
/** A record's number: an id, or its digits as they come out of JSON; 0 if it is none. */
uint64_t values_id(const mortise_value* value);

/** Room for a value that is being made. */
typedef struct values_buffer {
    uint64_t used; /**< bytes; a multiple of 8 */
    union {
        mortise_value root;
        unsigned char bytes[2048];
    } room;
} values_buffer;

/** What to put under a key: a text, a whole number, or a map that was made before. */
typedef struct values_pair {
    const char* key;
    const char* text;
    size_t text_size;
    int64_t number;
    const values_buffer* map;
} values_pair;

/** Makes a map. False if it does not fit. */
bool values_make_map(values_buffer* out, const values_pair* pairs, uint32_t count);
/** Makes a list of texts. False if it does not fit. */
bool values_make_texts(values_buffer* out, const char* const* texts, uint32_t count);
/** What was made, for a call. */
mortise_tree values_tree(const values_buffer* buffer);

#endif
