#ifndef TRACED_H
#define TRACED_H

/* The parts of the plugin in C: traced.c is what the host calls, traced_values.c reads and writes values,
 * the others do what a test asks for. TRACED_NAME is the last part of the plugin's id. */
#include <mortise/abi/mortise.h>

/* Values */

/* A map of texts, numbers, ids, lists and such maps, or one of these. */
typedef struct item {
    const char* key;
    uint8_t kind; /* a mortise_kind: TEXT, INT, ID, DECIMAL (of two digits), LIST or MAP */
    const char* text;
    int64_t number;
    const struct item* items;
    uint32_t count;
} item;

typedef struct block {
    uint64_t words[128];
    uint64_t used; /* bytes */
} block;

/* The last value that a sink was given, and how many it was given. */
typedef struct kept {
    uint64_t words[8192];
    uint64_t bytes;
    uint32_t count;
} kept;

/* What is answered, bit by bit. */
typedef struct saying {
    char text[1024];
} saying;

mortise_text text_of(const char* text);
item text_item(const char* key, const char* text);
item number_item(const char* key, uint8_t kind, int64_t number);
item map_item(const char* key, const item* items, uint32_t count);
item list_item(const char* key, const item* items, uint32_t count);
/* A value that lives as long as the block. */
mortise_tree tree_of(block* out, const item* given);
mortise_tree map_of(block* out, const item* items, uint32_t count);

const mortise_value* find(const mortise_value* map, const char* key);
int is_text(const mortise_value* value, const char* text);
/* The bytes of a text, a list of bytes or nothing; `text_from` also ends them with a zero. */
const char* bytes_of(const mortise_value* value);
void text_from(char* to, size_t size, const mortise_value* value);
void append(char* to, size_t size, const char* text);

mortise_sink keep_in(kept* place);
const mortise_value* root_of(const kept* place);

void say(saying* to, const char* format, ...) __attribute__((format(printf, 2, 3)));
/* "-7 plugin.not_declared" */
void say_failure(saying* to, mortise_status status, const mortise_error* error);
mortise_error new_error(void);
mortise_status answer(mortise_sink result, const char* text);

/* The host */

typedef struct host_tables {
    mortise_self self;
    const mortise_log* log;
    const mortise_clock* clock;
    const mortise_time* time;
    const mortise_records* records;
    const mortise_query* query;
    const mortise_events* events;
    const mortise_commands* commands;
    const mortise_jobs* jobs;
    const mortise_settings* settings;
    const mortise_secrets* secrets;
    const mortise_blobs* blobs;
    const mortise_net* net;
    const mortise_consent* consent;
} host_tables;

extern host_tables host;

/* What a test asks for: each says in its words what came of it. */

/* traced_records.c */
mortise_status change_records(uint64_t work, saying* to, mortise_error* error);
mortise_status create_things(uint64_t work, mortise_error* error);
mortise_status create_contact(uint64_t work, mortise_error* error);
mortise_status handle_contact(uint64_t work, uint64_t contact, mortise_error* error);
mortise_status count_contacts(saying* to, mortise_error* error);
mortise_status ask_by_name(saying* to, mortise_error* error);
void read_in_hook(char* found, size_t size);
mortise_status rewrite_things(
    void* impl,
    mortise_text type,
    mortise_text from,
    mortise_text to,
    uint64_t work,
    uint64_t after,
    uint64_t* next,
    mortise_error* error
) MORTISE_NOEXCEPT;

/* traced_host.c */
void ask_clock(const mortise_context* context, saying* to);
void ask_zones(saying* to);
void ask_settings(saying* to);
void ask_secret(saying* to);
void call_commands(int64_t contact, int64_t point, saying* to);
mortise_status post_commands(mortise_error* error);
mortise_status publish_words(uint64_t work, uint64_t subject, const char* words, mortise_error* error);
void ask_consent(int64_t contact, int64_t point, saying* to);
mortise_status
write_line(uint32_t level, const char* key, const char* message, int64_t n, mortise_error* error);

/* traced_blobs.c */
mortise_status keep_file(saying* to, mortise_error* error);

/* traced_net.c */
mortise_status talk(uint32_t port, saying* to, mortise_error* error);

#endif
