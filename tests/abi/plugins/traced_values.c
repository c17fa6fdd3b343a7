/* Values of the plugin in C, read and written with the C ABI alone. */
#include "traced.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

mortise_text text_of(const char* text)
{
    mortise_text result = {text, strlen(text)};
    return result;
}

/* Reading */

const mortise_value* find(const mortise_value* map, const char* key)
{
    if (map == NULL || map->kind != MORTISE_KIND_MAP) return NULL;
    const mortise_entry* entries = (const mortise_entry*)(const void*)((const char*)map + map->as.offset);
    for (uint32_t i = 0; i < map->count; ++i)
        if (entries[i].key_size == strlen(key)
            && memcmp((const char*)&entries[i] + entries[i].key_offset, key, entries[i].key_size) == 0)
            return &entries[i].value;
    return NULL;
}

const char* bytes_of(const mortise_value* value)
{
    return (const char*)value + value->as.offset;
}

int is_text(const mortise_value* value, const char* text)
{
    return value != NULL && value->kind == MORTISE_KIND_TEXT && value->count == strlen(text)
        && memcmp(bytes_of(value), text, value->count) == 0;
}

void text_from(char* to, size_t size, const mortise_value* value)
{
    size_t length = 0;
    if (value != NULL && (value->kind == MORTISE_KIND_TEXT || value->kind == MORTISE_KIND_BYTES))
        length = value->count < size ? value->count : size - 1;
    if (length > 0) memcpy(to, bytes_of(value), length);
    to[length] = '\0';
}

void append(char* to, size_t size, const char* text)
{
    const size_t used = strlen(to);
    size_t length = strlen(text);
    if (used + length >= size) length = size - used - 1;
    memcpy(to + used, text, length);
    to[used + length] = '\0';
}

static mortise_status keep(void* context, mortise_tree given) MORTISE_NOEXCEPT
{
    kept* place = (kept*)context;
    if (given.bytes > sizeof place->words) return MORTISE_E_LIMIT;
    memcpy(place->words, given.root, given.bytes);
    place->bytes = given.bytes;
    ++place->count;
    return MORTISE_OK;
}

mortise_sink keep_in(kept* place)
{
    place->bytes = 0;
    place->count = 0;
    mortise_sink sink = {place, keep};
    return sink;
}

const mortise_value* root_of(const kept* place)
{
    return place->count == 0 ? NULL : (const mortise_value*)(const void*)place->words;
}

/* Writing */

static void put_text(block* out, const char* text)
{
    const size_t size = strlen(text);
    memcpy((char*)out->words + out->used, text, size);
    out->used += (size + 7) / 8 * 8;
}

static uint32_t hash_of(const char* text)
{
    uint32_t hash = 2166136261U;
    for (; *text != '\0'; ++text)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash;
}

static void put(block* out, uint64_t place, const item* given)
{
    mortise_value* node = (mortise_value*)(void*)((char*)out->words + place);
    const uint64_t payload = out->used;
    node->kind = given->kind;
    switch (given->kind) {
    case MORTISE_KIND_TEXT:
        node->count = (uint32_t)strlen(given->text);
        node->as.offset = (int64_t)(payload - place);
        put_text(out, given->text);
        return;
    case MORTISE_KIND_LIST:
        node->count = given->count;
        node->as.offset = (int64_t)(payload - place);
        out->used += given->count * sizeof(mortise_value);
        for (uint32_t i = 0; i < given->count; ++i)
            put(out, payload + i * sizeof(mortise_value), &given->items[i]);
        return;
    case MORTISE_KIND_MAP:
        node->count = given->count;
        node->as.offset = (int64_t)(payload - place);
        out->used += given->count * sizeof(mortise_entry);
        for (uint32_t i = 0; i < given->count; ++i) {
            mortise_entry* entry = (mortise_entry*)(void*)((char*)out->words + payload) + i;
            entry->key_hash = hash_of(given->items[i].key);
            entry->key_size = (uint32_t)strlen(given->items[i].key);
            entry->key_offset = (int64_t)(out->used - payload - i * sizeof *entry);
            put_text(out, given->items[i].key);
        }
        for (uint32_t i = 0; i < given->count; ++i)
            put(out, payload + i * sizeof(mortise_entry) + offsetof(mortise_entry, value), &given->items[i]);
        return;
    default:
        if (given->kind == MORTISE_KIND_DECIMAL) node->scale = 2;
        node->as.integer = given->number;
    }
}

mortise_tree tree_of(block* out, const item* given)
{
    memset(out, 0, sizeof *out);
    out->used = sizeof(mortise_value);
    put(out, 0, given);
    mortise_tree tree = {(const mortise_value*)(const void*)out->words, out->used};
    return tree;
}

mortise_tree map_of(block* out, const item* items, uint32_t count)
{
    const item given = map_item(NULL, items, count);
    return tree_of(out, &given);
}

item text_item(const char* key, const char* text)
{
    item result = {key, MORTISE_KIND_TEXT, text, 0, NULL, 0};
    return result;
}

item number_item(const char* key, uint8_t kind, int64_t number)
{
    item result = {key, kind, NULL, number, NULL, 0};
    return result;
}

item map_item(const char* key, const item* items, uint32_t count)
{
    item result = {key, MORTISE_KIND_MAP, NULL, 0, items, count};
    return result;
}

item list_item(const char* key, const item* items, uint32_t count)
{
    item result = {key, MORTISE_KIND_LIST, NULL, 0, items, count};
    return result;
}

/* Answers */

void say(saying* to, const char* format, ...)
{
    va_list arguments;
    const size_t used = strlen(to->text);
    va_start(arguments, format);
    vsnprintf(to->text + used, sizeof to->text - used, format, arguments);
    va_end(arguments);
}

void say_failure(saying* to, mortise_status status, const mortise_error* error)
{
    say(to, "%d", (int)status);
    if (status < 0 && error->key[0] != '\0') say(to, " %s", error->key);
}

mortise_error new_error(void)
{
    mortise_error error;
    memset(&error, 0, sizeof error);
    error.size = sizeof error;
    return error;
}

mortise_status answer(mortise_sink result, const char* text)
{
    block out;
    const item given = text_item(NULL, text);
    return result.write(result.context, tree_of(&out, &given));
}
