#include "values.h"

#include <string.h>

/* FNV-1a, as mortise_entry.key_hash wants it. */
static uint32_t hash(const char* key)
{
    uint32_t hash = 2166136261U;
    for (; *key != '\0'; ++key)
        hash = (hash ^ (unsigned char)*key) * 16777619U;
    return hash;
}

/* Adds bytes (zeros without `data`) and zeros up to a multiple of 8. Gives where they begin, 0 if there is no
 * room. */
static uint64_t append(values_buffer* out, const void* data, uint64_t size)
{
    const uint64_t at = out->used;
    if (size > sizeof out->room.bytes - at) return 0;
    if (data != NULL && size > 0) memcpy(out->room.bytes + at, data, size);
    out->used = at + (size + 7) / 8 * 8; /* the room is a multiple of 8 itself */
    return at;
}

/* Begins a list or a map. */
static void begin(values_buffer* out, uint8_t kind, uint32_t count)
{
    memset(out, 0, sizeof *out);
    out->room.root.kind = kind;
    out->room.root.count = count;
    out->room.root.as.offset = sizeof(mortise_value);
    out->used = sizeof(mortise_value);
}

mortise_text values_literal(const char* text)
{
    const mortise_text out = {text, strlen(text)};
    return out;
}

const mortise_value* values_find(const mortise_value* map, const char* key)
{
    if (map == NULL || map->kind != MORTISE_KIND_MAP) return NULL;
    const size_t size = strlen(key);
    const char* first = (const char*)map + map->as.offset;
    for (uint32_t i = 0; i < map->count; ++i) {
        const mortise_entry* entry = (const mortise_entry*)(const void*)first + i;
        if (entry->key_size == size && memcmp((const char*)entry + entry->key_offset, key, size) == 0)
            return &entry->value;
    }
    return NULL;
}

mortise_text values_text(const mortise_value* value)
{
    mortise_text text = {"", 0};
    if (value != NULL && value->kind == MORTISE_KIND_TEXT && value->count > 0) {
        text.data = (const char*)value + value->as.offset;
        text.size = value->count;
    }
    return text;
}

bool values_is_true(const mortise_value* value)
{
    return value != NULL && value->kind == MORTISE_KIND_BOOL && value->as.integer != 0;
}

uint64_t values_id(const mortise_value* value)
{
    if (value == NULL) return 0;
    if (value->kind == MORTISE_KIND_ID || value->kind == MORTISE_KIND_INT)
        return value->as.integer > 0 ? (uint64_t)value->as.integer : 0;
    const mortise_text text = values_text(value);
    uint64_t id = 0;
    for (uint64_t i = 0; i < text.size; ++i) {
        if (text.data[i] < '0' || text.data[i] > '9' || id > (uint64_t)INT64_MAX / 10 - 1) return 0;
        id = id * 10 + (uint64_t)(text.data[i] - '0');
    }
    return id;
}

/* Puts what a pair holds into the node at `at`; its payload follows what is there already. */
static bool put(values_buffer* out, uint64_t at, const values_pair* pair)
{
    mortise_value* node = (mortise_value*)(void*)(out->room.bytes + at);
    const int64_t offset = (int64_t)(out->used - at);
    if (pair->map != NULL) {
        *node = pair->map->room.root;
        node->as.offset = offset;
        return append(out, &pair->map->room.root + 1, pair->map->used - sizeof(mortise_value)) != 0;
    }
    if (pair->text != NULL) {
        node->kind = MORTISE_KIND_TEXT;
        node->count = (uint32_t)pair->text_size;
        node->as.offset = offset;
        return append(out, pair->text, pair->text_size) != 0;
    }
    node->kind = MORTISE_KIND_INT;
    node->as.integer = pair->number;
    return true;
}

bool values_make_map(values_buffer* out, const values_pair* pairs, uint32_t count)
{
    begin(out, MORTISE_KIND_MAP, count);
    const uint64_t entries = append(out, NULL, count * sizeof(mortise_entry));
    if (entries == 0) return false;
    mortise_entry* first = (mortise_entry*)(void*)(out->room.bytes + entries);
    for (uint32_t i = 0; i < count; ++i) {
        const uint64_t key = append(out, pairs[i].key, strlen(pairs[i].key));
        if (key == 0) return false;
        first[i].key_hash = hash(pairs[i].key);
        first[i].key_size = (uint32_t)strlen(pairs[i].key);
        first[i].key_offset = (int64_t)(key - (entries + i * sizeof(mortise_entry)));
    }
    for (uint32_t i = 0; i < count; ++i) {
        const uint64_t node = entries + i * sizeof(mortise_entry) + offsetof(mortise_entry, value);
        if (!put(out, node, &pairs[i])) return false;
    }
    return true;
}

bool values_make_texts(values_buffer* out, const char* const* texts, uint32_t count)
{
    begin(out, MORTISE_KIND_LIST, count);
    const uint64_t items = append(out, NULL, count * sizeof(mortise_value));
    if (items == 0) return false;
    for (uint32_t i = 0; i < count; ++i) {
        const values_pair pair = {.text = texts[i], .text_size = strlen(texts[i])};
        if (!put(out, items + i * sizeof(mortise_value), &pair)) return false;
    }
    return true;
}

mortise_tree values_tree(const values_buffer* buffer)
{
    const mortise_tree tree = {&buffer->room.root, buffer->used};
    return tree;
}
