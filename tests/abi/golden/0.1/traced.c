/* The plugin of the matrix, in what C11 and C++17 have in common, with the C ABI alone: does what traced.cpp does, so
 * that their traces are the same. TRACED_NAME is the last part of its id. */
#include <mortise/abi/mortise.h>

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { tag_echo = 1, tag_do, tag_hook, tag_handler, tag_job };

static mortise_self self;
static const mortise_log* logs;
static const mortise_records* records;
static const mortise_events* events;
static const mortise_commands* commands;
static const mortise_jobs* jobs;
static const mortise_query* queries;
static char greeting[64];

static mortise_text text_of(const char* text)
{
    mortise_text result = {text, strlen(text)};
    return result;
}

/* Reading values */

static const mortise_value* find(const mortise_value* map, const char* key)
{
    if (map == NULL || map->kind != MORTISE_KIND_MAP) return NULL;
    const mortise_entry* entries = (const mortise_entry*)(const void*)((const char*)map + map->as.offset);
    for (uint32_t i = 0; i < map->count; ++i)
        if (entries[i].key_size == strlen(key)
            && memcmp((const char*)&entries[i] + entries[i].key_offset, key, entries[i].key_size) == 0)
            return &entries[i].value;
    return NULL;
}

static int is_text(const mortise_value* value, const char* text)
{
    return value != NULL && value->kind == MORTISE_KIND_TEXT && value->count == strlen(text)
        && memcmp((const char*)value + value->as.offset, text, value->count) == 0;
}

/* Writing values: a map of texts, numbers and such maps, or one of these. */

typedef struct item {
    const char* key;
    const char* text; /* else */
    int64_t number; /* else */
    const struct item* items;
    uint32_t count;
} item;

typedef struct block {
    uint64_t words[128];
    uint64_t used; /* bytes */
} block;

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
    if (given->text != NULL) {
        node->kind = MORTISE_KIND_TEXT;
        node->count = (uint32_t)strlen(given->text);
        node->as.offset = (int64_t)(out->used - place);
        put_text(out, given->text);
    } else if (given->items != NULL) {
        const uint64_t entries = out->used;
        node->kind = MORTISE_KIND_MAP;
        node->count = given->count;
        node->as.offset = (int64_t)(entries - place);
        out->used += given->count * sizeof(mortise_entry);
        for (uint32_t i = 0; i < given->count; ++i) {
            mortise_entry* entry = (mortise_entry*)(void*)((char*)out->words + entries) + i;
            entry->key_hash = hash_of(given->items[i].key);
            entry->key_size = (uint32_t)strlen(given->items[i].key);
            entry->key_offset = (int64_t)(out->used - entries - i * sizeof *entry);
            put_text(out, given->items[i].key);
        }
        for (uint32_t i = 0; i < given->count; ++i)
            put(out, entries + i * sizeof(mortise_entry) + offsetof(mortise_entry, value), &given->items[i]);
    } else {
        node->kind = MORTISE_KIND_INT;
        node->as.integer = given->number;
    }
}

static mortise_tree tree_of(block* out, const item* given)
{
    memset(out, 0, sizeof *out);
    out->used = sizeof(mortise_value);
    put(out, 0, given);
    mortise_tree tree = {(const mortise_value*)(const void*)out->words, out->used};
    return tree;
}

static item text_item(const char* key, const char* text)
{
    item result = {key, text, 0, NULL, 0};
    return result;
}

static item number_item(const char* key, int64_t number)
{
    item result = {key, NULL, number, NULL, 0};
    return result;
}

static item map_item(const char* key, const item* items, uint32_t count)
{
    item result = {key, NULL, 0, items, count};
    return result;
}

static mortise_status answer(mortise_sink result, const char* text)
{
    block out;
    const item given = text_item(NULL, text);
    const mortise_tree tree = tree_of(&out, &given);
    return result.write(result.context, tree);
}

static void copy(char* to, size_t size, const char* text)
{
    size_t length = strlen(text);
    if (length >= size) length = size - 1;
    memcpy(to, text, length);
    to[length] = '\0';
}

static mortise_status fail(mortise_error* error, mortise_status status, const char* key, const char* message)
{
    if (error != NULL && MORTISE_HAS(mortise_error, error, message)) {
        error->code = status;
        copy(error->key, sizeof error->key, key);
        error->where[0] = '\0';
        copy(error->message, sizeof error->message, message);
    }
    return status;
}

/* What the host calls */

static mortise_status activate(void* impl, mortise_error* error) MORTISE_NOEXCEPT
{
    (void)impl;
    mortise_status status = records->bind_hook(self, text_of("contact.create"), tag_hook, error);
    if (status >= 0) status = events->bind(self, text_of("contact.created"), tag_handler, error);
    if (status >= 0) status = commands->bind(self, text_of(TRACED_NAME ".echo"), tag_echo, error);
    if (status >= 0) status = commands->bind(self, text_of(TRACED_NAME ".do"), tag_do, error);
    if (status >= 0) status = jobs->bind(self, text_of("count"), tag_job, error);
    return status;
}

static mortise_status destroy(void* impl, mortise_error* error) MORTISE_NOEXCEPT
{
    (void)impl;
    (void)error;
    return MORTISE_OK;
}

static mortise_status on_hook(
    void* impl,
    uint64_t tag,
    const mortise_context* context,
    mortise_tree settings,
    const mortise_draft* drafts,
    uint64_t drafts_count,
    mortise_sink verdicts,
    mortise_error* error
) MORTISE_NOEXCEPT
{
    (void)impl;
    (void)tag;
    (void)context;
    (void)error;
    for (uint64_t i = 0; i < drafts_count; ++i) {
        const mortise_draft* draft = (const mortise_draft*)(const void*)((const char*)drafts + i * drafts->size);
        const mortise_value* name = find(draft->after.root, "name");
        block out;
        char wanted[64];
        mortise_status status = MORTISE_OK;
        if (is_text(name, "refuse " TRACED_NAME)) {
            item why[3];
            why[0] = text_item("field", "name");
            why[1] = text_item("key", "traced.refused");
            why[2] = text_item("message", "not this name");
            item verdict[2];
            verdict[0] = number_item("index", (int64_t)i);
            verdict[1] = map_item("refuse", why, 3);
            const item given = map_item(NULL, verdict, 2);
            status = verdicts.write(verdicts.context, tree_of(&out, &given));
        } else if (is_text(name, "amend " TRACED_NAME)) {
            const mortise_value* words = find(settings.root, "greeting");
            if (words == NULL || words->count >= sizeof wanted) return MORTISE_E_INVALID;
            memcpy(wanted, (const char*)words + words->as.offset, words->count);
            wanted[words->count] = '\0';
            const item set = text_item("nickname", wanted);
            item verdict[2];
            verdict[0] = number_item("index", (int64_t)i);
            verdict[1] = map_item("set", &set, 1);
            const item given = map_item(NULL, verdict, 2);
            status = verdicts.write(verdicts.context, tree_of(&out, &given));
        }
        if (status < 0) return status;
    }
    return MORTISE_OK;
}

static mortise_status on_events(
    void* impl,
    uint64_t tag,
    uint64_t work,
    const mortise_event* given,
    uint64_t given_count,
    uint64_t* done,
    mortise_error* error
) MORTISE_NOEXCEPT
{
    (void)impl;
    (void)tag;
    for (*done = 0; *done < given_count; ++*done) {
        const mortise_event* event = (const mortise_event*)(const void*)((const char*)given + *done * given->size);
        if (!is_text(find(find(event->data.root, "record"), "name"), "handle " TRACED_NAME)) continue;
        block out;
        const item field = text_item("nickname", "handled");
        const item values = map_item(NULL, &field, 1);
        mortise_operation change;
        memset(&change, 0, sizeof change);
        change.size = sizeof change;
        change.kind = MORTISE_OPERATION_UPDATE;
        change.type = text_of("contact");
        change.id = event->subject;
        change.values = tree_of(&out, &values);
        const mortise_status status = records->stage(self, work, &change, 1, error);
        if (status < 0) return status;
    }
    return MORTISE_OK;
}

static mortise_status take_nothing(void* context, mortise_tree row) MORTISE_NOEXCEPT
{
    (void)context;
    (void)row;
    return MORTISE_OK;
}

static void* other_thread(void* context)
{
    char* said = (char*)context;
    uint64_t first = 0;
    block out;
    const item mail = text_item(NULL, "a@example.org");
    const mortise_tree none = {NULL, 0};
    const mortise_sink ignore = {NULL, take_nothing};
    const mortise_status reserved = records->reserve(self, 1, &first, NULL);
    const mortise_status found = records->find(
        self, text_of("contact"), text_of("email"), tree_of(&out, &mail), 64, none, ignore, NULL
    );
    snprintf(said, 64, "%s, find answers %d", reserved >= 0 ? "reserved" : "not reserved", (int)found);
    return NULL;
}

static mortise_status count_rows(void* context, mortise_tree batch) MORTISE_NOEXCEPT
{
    const mortise_value* rows = find(batch.root, "rows");
    if (rows != NULL) *(int64_t*)context += rows->as.integer;
    return MORTISE_OK;
}

static mortise_status ask(mortise_sink result, mortise_error* error)
{
    block out;
    int64_t rows = 0;
    char words[32];
    const item name = text_item("name", "made by " TRACED_NAME);
    const item parameters = map_item(NULL, &name, 1);
    const mortise_sink sink = {&rows, count_rows};
    const mortise_status status = queries->run(
        self, text_of("SELECT name FROM contact WHERE name = :name"), tree_of(&out, &parameters), NULL, NULL, sink, error
    );
    if (status < 0) return status;
    snprintf(words, sizeof words, "%d rows", (int)rows);
    return answer(result, words);
}

static mortise_status create(uint64_t work, mortise_error* error)
{
    block out;
    const item name = text_item("name", "made by " TRACED_NAME);
    const item values = map_item(NULL, &name, 1);
    mortise_operation change;
    memset(&change, 0, sizeof change);
    change.size = sizeof change;
    change.kind = MORTISE_OPERATION_CREATE;
    change.type = text_of("contact");
    change.values = tree_of(&out, &values);
    return records->stage(self, work, &change, 1, error);
}

static mortise_status on_command(
    void* impl,
    uint64_t tag,
    const mortise_context* context,
    uint64_t work,
    mortise_tree arguments,
    mortise_sink result,
    mortise_error* error
) MORTISE_NOEXCEPT
{
    (void)impl;
    (void)context;
    if (tag == tag_echo) return result.write(result.context, arguments);
    const mortise_value* what = find(arguments.root, "what");
    if (is_text(what, "refuse")) return fail(error, MORTISE_E_REFUSED, "traced.no", "it was asked to refuse");
    if (is_text(what, "busy")) return fail(error, MORTISE_E_BUSY, "traced.busy", "it was asked to be busy");
    if (is_text(what, "throw")) return fail(error, MORTISE_E_EXCEPTION, "", "thrown on purpose");
    if (is_text(what, "greeting")) return answer(result, greeting);
    if (is_text(what, "query")) return ask(result, error);
    if (is_text(what, "create")) {
        const mortise_status status = create(work, error);
        return status < 0 ? status : answer(result, "done create");
    }
    if (is_text(what, "log")) {
        block out;
        const item n = number_item("n", 7);
        const item fields = map_item(NULL, &n, 1);
        const mortise_status status = logs->write(
            self, MORTISE_LEVEL_WARNING, text_of("traced.line"), text_of("a line"), tree_of(&out, &fields), error
        );
        return status < 0 ? status : answer(result, "done log");
    }
    if (is_text(what, "job")) {
        uint64_t job = 0;
        const mortise_tree none = {NULL, 0};
        const mortise_status status = jobs->start(self, 0, text_of("count"), none, NULL, &job, error);
        return status < 0 ? status : answer(result, job != 0 ? "1" : "0");
    }
    if (is_text(what, "thread")) {
        pthread_t other;
        char said[64] = "no thread";
        if (pthread_create(&other, NULL, other_thread, said) == 0) pthread_join(other, NULL);
        return answer(result, said);
    }
    return answer(result, "done nothing");
}

static mortise_status on_job(
    void* impl,
    uint64_t tag,
    const mortise_context* context,
    uint64_t job,
    mortise_tree arguments,
    mortise_sink result,
    mortise_error* error
) MORTISE_NOEXCEPT
{
    (void)impl;
    (void)tag;
    (void)context;
    (void)arguments;
    const mortise_status status = jobs->progress(self, job, 3, 3, text_of("counting"), error);
    return status < 0 ? status : answer(result, "counted to 3");
}

static mortise_status settings_changed(void* impl, mortise_tree settings, mortise_error* error) MORTISE_NOEXCEPT
{
    (void)impl;
    (void)error;
    const mortise_value* words = find(settings.root, "greeting");
    if (words == NULL || words->count >= sizeof greeting) return MORTISE_E_INVALID;
    memcpy(greeting, (const char*)words + words->as.offset, words->count);
    greeting[words->count] = '\0';
    return MORTISE_OK;
}

static const void* table(const mortise_host* host, const char* id, mortise_error* error)
{
    const mortise_interface* found = NULL;
    return host->query(self, text_of(id), &found, error) >= 0 ? found : NULL;
}

mortise_status mortise_plugin_open_v1(
    const mortise_host* host, mortise_self given, mortise_plugin* out, mortise_error* error
) MORTISE_NOEXCEPT
{
    self = given;
    logs = (const mortise_log*)table(host, MORTISE_LOG_ID, error);
    records = (const mortise_records*)table(host, MORTISE_RECORDS_ID, error);
    events = (const mortise_events*)table(host, MORTISE_EVENTS_ID, error);
    commands = (const mortise_commands*)table(host, MORTISE_COMMANDS_ID, error);
    jobs = (const mortise_jobs*)table(host, MORTISE_JOBS_ID, error);
    queries = (const mortise_query*)table(host, MORTISE_QUERY_ID, error);
    if (!logs || !records || !events || !commands || !jobs || !queries) return MORTISE_E_UNSUPPORTED;
    out->activate = activate;
    out->destroy = destroy;
    out->on_events = on_events;
    out->on_hook = on_hook;
    out->on_command = on_command;
    out->on_job = on_job;
    out->settings_changed = settings_changed;
    return MORTISE_OK;
}
