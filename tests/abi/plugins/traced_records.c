/* Records, units of work, queries and the migration of the plugin in C. */
#include "traced.h"

#include <stdio.h>
#include <string.h>

#define THING TRACED_NAME "_thing"

static const mortise_tree nothing = {NULL, 0};

static mortise_operation
operation(uint32_t kind, const char* type, uint64_t id, uint64_t version, mortise_tree values)
{
    mortise_operation result;
    memset(&result, 0, sizeof result);
    result.size = sizeof result;
    result.kind = kind;
    result.type = text_of(type);
    result.id = id;
    result.version = version;
    result.values = values;
    return result;
}

/* One change in a unit of its own; `words` is what is published with it, if anything. */
static mortise_status commit(
    uint32_t kind, uint64_t id, uint64_t version, const char* text, const char* words, mortise_error* error
)
{
    block out;
    uint64_t work = 0;
    uint64_t token = 0;
    const item value = text_item("text", text);
    const mortise_tree values = text != NULL ? map_of(&out, &value, 1) : nothing;
    const mortise_operation change = operation(kind, THING, id, version, values);
    mortise_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    mortise_status status = host.records->begin(host.self, &unit, &work, error);
    if (status >= 0) status = host.records->stage(host.self, work, &change, 1, error);
    if (status >= 0 && words != NULL) status = publish_words(work, id, words, error);
    if (status < 0) return status;
    status = host.records->commit(host.self, work, &token, error);
    return status >= 0 && token == 0 ? MORTISE_E_INTERNAL : status;
}

static void say_thing(uint64_t id, saying* to)
{
    block out;
    kept row;
    char text[32];
    mortise_error error = new_error();
    const item name = text_item(NULL, "text");
    const item names = list_item(NULL, &name, 1);
    const mortise_status status
        = host.records->get(host.self, text_of(THING), &id, 1, tree_of(&out, &names), keep_in(&row), &error);
    if (status < 0)
        say_failure(to, status, &error);
    else if (row.count == 0)
        say(to, "gone");
    else {
        text_from(text, sizeof text, find(root_of(&row), "text"));
        say(to, "%s %d", text, (int)find(root_of(&row), "version")->as.integer);
    }
    say(to, ", ");
}

mortise_status change_records(uint64_t work, saying* to, mortise_error* error)
{
    uint64_t id = 0;
    uint64_t unit = 0;
    uint64_t token = 0;
    block out;
    kept row;
    mortise_status status = host.records->reserve(host.self, 1, &id, error);
    if (status >= 0) status = commit(MORTISE_OPERATION_CREATE, id, 0, "first", "in a unit", error);
    if (status < 0) return status;
    say_thing(id, to);
    status = commit(MORTISE_OPERATION_UPDATE, id, 1, "second", NULL, error);
    if (status < 0) return status;
    say_thing(id, to);

    mortise_error conflict = new_error();
    say_failure(to, commit(MORTISE_OPERATION_UPDATE, id, 1, "too late", NULL, &conflict), &conflict);
    say(to, ", ");
    const item text = text_item("text", "abandoned");
    const mortise_operation change
        = operation(MORTISE_OPERATION_UPDATE, THING, id, 0, map_of(&out, &text, 1));
    status = host.records->begin(host.self, NULL, &unit, error);
    if (status >= 0) status = host.records->stage(host.self, unit, &change, 1, error);
    if (status >= 0) status = host.records->abandon(host.self, unit, error);
    if (status < 0) return status;
    say_thing(id, to);

    status = commit(MORTISE_OPERATION_DELETE, id, 0, NULL, NULL, error);
    if (status < 0) return status;
    say_thing(id, to);
    status = commit(MORTISE_OPERATION_RESTORE, id, 0, NULL, NULL, error);
    if (status < 0) return status;
    say_thing(id, to);

    const item sought = text_item(NULL, "second");
    status = host.records->find(
        host.self, text_of(THING), text_of("text"), tree_of(&out, &sought), 64, nothing, keep_in(&row), error
    );
    if (status < 0) return status;
    say(to, "found %u, ", (unsigned)row.count);
    mortise_error refused = new_error();
    say_failure(to, host.records->commit(host.self, work, &token, &refused), &refused);
    return MORTISE_OK;
}

mortise_status create_things(uint64_t work, mortise_error* error)
{
    block out[3];
    mortise_operation changes[3];
    uint64_t first = 0;
    item values[4];
    const mortise_status status = host.records->reserve(host.self, 3, &first, error);
    if (status < 0) return status;
    for (unsigned i = 0; i < 3; ++i) {
        static const char* const texts[] = {"a", "b", "c"};
        values[0] = text_item("text", texts[i]);
        values[1] = number_item("number", MORTISE_KIND_INT, (int64_t)i + 1);
        values[2] = number_item("price", MORTISE_KIND_DECIMAL, 1050 * ((int64_t)i + 1));
        values[3] = text_item("label", "bee");
        changes[i] = operation(
            MORTISE_OPERATION_CREATE, THING, first + i, 0, map_of(&out[i], values, i == 1 ? 4 : 3)
        );
    }
    return host.records->stage(host.self, work, changes, 3, error);
}

mortise_status create_contact(uint64_t work, mortise_error* error)
{
    block out;
    const item name = text_item("name", "made by " TRACED_NAME);
    const mortise_operation change
        = operation(MORTISE_OPERATION_CREATE, "contact", 0, 0, map_of(&out, &name, 1));
    return host.records->stage(host.self, work, &change, 1, error);
}

mortise_status handle_contact(uint64_t work, uint64_t contact, mortise_error* error)
{
    block out;
    const item name = text_item("nickname", "handled");
    const mortise_operation change
        = operation(MORTISE_OPERATION_UPDATE, "contact", contact, 0, map_of(&out, &name, 1));
    return host.records->stage(host.self, work, &change, 1, error);
}

/* The label of the thing "b", found from inside a hook. */
void read_in_hook(char* found, size_t size)
{
    block out;
    kept row;
    const item sought = text_item(NULL, "b");
    found[0] = '\0';
    mortise_status status = host.records->find(
        host.self, text_of(THING), text_of("text"), tree_of(&out, &sought), 1, nothing, keep_in(&row), NULL
    );
    if (status < 0 || row.count != 1) return;
    const uint64_t id = (uint64_t)find(root_of(&row), "id")->as.integer;
    status = host.records->get(host.self, text_of(THING), &id, 1, nothing, keep_in(&row), NULL);
    if (status >= 0 && row.count == 1) text_from(found, size, find(root_of(&row), "label"));
}

/* Batches */

static mortise_status count_rows(void* context, mortise_tree batch) MORTISE_NOEXCEPT
{
    const mortise_value* rows = find(batch.root, "rows");
    if (rows != NULL) *(int64_t*)context += rows->as.integer;
    return MORTISE_OK;
}

static mortise_status stop(void* context, mortise_tree batch) MORTISE_NOEXCEPT
{
    (void)batch;
    ++*(int*)context;
    return MORTISE_E_CANCELLED;
}

static int64_t number_at(const mortise_value* bytes, uint32_t row)
{
    int64_t number = 0;
    memcpy(&number, bytes_of(bytes) + row * sizeof number, sizeof number);
    return number;
}

static void say_cell(saying* to, const mortise_value* column, uint32_t row)
{
    const mortise_value* nulls = find(column, "nulls");
    const mortise_value* data = find(column, "data");
    const int64_t kind = find(column, "kind")->as.integer;
    uint32_t ends[2];
    if (kind == MORTISE_KIND_NULL || (nulls != NULL && (bytes_of(nulls)[row / 8] >> (row % 8) & 1) != 0))
        say(to, "-");
    else if (kind == MORTISE_KIND_TEXT) {
        memcpy(ends, bytes_of(find(column, "offsets")) + row * sizeof ends[0], sizeof ends);
        say(to, "%.*s", (int)(ends[1] - ends[0]), bytes_of(data) + ends[0]);
    } else if (kind == MORTISE_KIND_DECIMAL)
        say(to, "%lld/%d", (long long)number_at(data, row), (int)find(column, "scale")->as.integer);
    else
        say(to, "%lld", (long long)number_at(data, row));
}

static mortise_status say_rows(void* context, mortise_tree batch) MORTISE_NOEXCEPT
{
    saying* to = (saying*)context;
    const mortise_value* columns = find(batch.root, "columns");
    const uint32_t rows = (uint32_t)find(batch.root, "rows")->as.integer;
    for (uint32_t row = 0; row < rows; ++row)
        for (uint32_t i = 0; i < columns->count; ++i) {
            const mortise_value* column = (const mortise_value*)(const void*)bytes_of(columns) + i;
            say_cell(to, column, row);
            say(to, i + 1 < columns->count ? " " : ", ");
        }
    return MORTISE_OK;
}

mortise_status count_contacts(saying* to, mortise_error* error)
{
    block out;
    int64_t rows = 0;
    const item name = text_item("name", "made by " TRACED_NAME);
    const mortise_sink sink = {&rows, count_rows};
    const mortise_status status = host.query->run(
        host.self,
        text_of("SELECT name FROM contact WHERE name = :name"),
        map_of(&out, &name, 1),
        NULL,
        NULL,
        sink,
        error
    );
    say(to, "%d rows", (int)rows);
    return status;
}

mortise_status ask_by_name(saying* to, mortise_error* error)
{
    block out;
    uint64_t snapshot = 0;
    int batches = 0;
    const item least = number_item("least", MORTISE_KIND_INT, 1);
    const mortise_sink rows = {to, say_rows};
    const mortise_status status = host.query->named(
        host.self, text_of(TRACED_NAME ".things"), map_of(&out, &least, 1), NULL, &snapshot, rows, error
    );
    if (status < 0) return status;
    const item two = number_item(NULL, MORTISE_KIND_INT, 2);
    const item parameters = list_item(NULL, &two, 1);
    const mortise_sink stopping = {&batches, stop};
    mortise_query_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.at_least = snapshot;
    options.max_rows = 100;
    const mortise_status stopped = host.query->run(
        host.self,
        text_of("SELECT text FROM " THING " WHERE number >= ?1"),
        tree_of(&out, &parameters),
        &options,
        NULL,
        stopping,
        NULL
    );
    say(to, "%s, ", stopped == MORTISE_E_CANCELLED && batches == 1 ? "stopped" : "not stopped");
    mortise_error unknown = new_error();
    const mortise_status refused
        = host.query->named(host.self, text_of(TRACED_NAME ".nothing"), nothing, NULL, NULL, rows, &unknown);
    say_failure(to, refused, &unknown);
    return MORTISE_OK;
}

/* Migration: each thing is told which versions it went between, two at a time. */

typedef struct id_list {
    uint64_t ids[2];
    uint32_t count;
} id_list;

static mortise_status take_ids(void* context, mortise_tree batch) MORTISE_NOEXCEPT
{
    id_list* list = (id_list*)context;
    const mortise_value* columns = find(batch.root, "columns");
    const uint32_t rows = (uint32_t)find(batch.root, "rows")->as.integer;
    for (uint32_t row = 0; row < rows && list->count < 2; ++row)
        list->ids[list->count++]
            = (uint64_t)number_at(find((const mortise_value*)(const void*)bytes_of(columns), "data"), row);
    return MORTISE_OK;
}

mortise_status rewrite_things(
    void* impl,
    mortise_text type,
    mortise_text from,
    mortise_text to,
    uint64_t work,
    uint64_t after,
    uint64_t* next,
    mortise_error* error
) MORTISE_NOEXCEPT
{
    block out;
    char label[64];
    id_list found = {{0, 0}, 0};
    (void)impl;
    *next = 0;
    if (type.size != strlen(THING) || memcmp(type.data, THING, type.size) != 0) return MORTISE_OK;
    const item behind = number_item("after", MORTISE_KIND_INT, (int64_t)after);
    const mortise_sink ids = {&found, take_ids};
    mortise_status status = host.query->run(
        host.self,
        text_of("SELECT id FROM " THING " WHERE id > :after ORDER BY id LIMIT 2"),
        map_of(&out, &behind, 1),
        NULL,
        NULL,
        ids,
        error
    );
    snprintf(label, sizeof label, "%.*s to %.*s", (int)from.size, from.data, (int)to.size, to.data);
    const item value = text_item("label", label);
    const mortise_tree values = map_of(&out, &value, 1);
    for (uint32_t i = 0; i < found.count && status >= 0; ++i) {
        const mortise_operation change = operation(MORTISE_OPERATION_UPDATE, THING, found.ids[i], 0, values);
        status = host.records->stage(host.self, work, &change, 1, error);
        *next = found.ids[i];
    }
    if (status >= 0)
        status = write_line(MORTISE_LEVEL_INFO, "traced.migrated", "a batch", (int64_t)found.count, error);
    return status;
}
