/* A plugin in plain C11: a command that doubles a number, and nothing else. */

#include <mortise/abi/mortise.h>

#include <string.h>

/* The example keeps one instance; a real one allocates its own. */
typedef struct plain {
    const mortise_commands* commands;
    mortise_self self;
} plain;

static plain instance;

/* Writes an error if the caller wants one; gives the status. */
static mortise_status fail(mortise_error* error, mortise_status status, const char* key)
{
    if (error != NULL && MORTISE_HAS(mortise_error, error, key)) {
        error->code = status;
        strncpy(error->key, key, sizeof error->key - 1);
    }
    return status;
}

static mortise_status activate(void* impl, mortise_error* error)
{
    const plain* self = impl;
    const mortise_text name = {"plain.double", 12};
    return self->commands->bind(self->self, name, 7, error);
}

static mortise_status destroy(void* impl, mortise_error* error)
{
    (void)error;
    memset(impl, 0, sizeof(plain));
    return MORTISE_OK;
}

/* The value under a key of a map, or null. */
static const mortise_value* find(const mortise_value* map, const char* key)
{
    const mortise_entry* entries = (const mortise_entry*)(const void*)((const char*)map + map->as.offset);
    for (uint32_t i = 0; i < map->count; ++i)
        if (entries[i].key_size == strlen(key)
            && memcmp((const char*)&entries[i] + entries[i].key_offset, key, entries[i].key_size) == 0)
            return &entries[i].value;
    return NULL;
}

static mortise_status on_command(
    void* impl,
    uint64_t tag,
    const mortise_context* context,
    uint64_t work,
    mortise_tree arguments,
    mortise_sink result,
    mortise_error* error
)
{
    (void)impl, (void)context, (void)work;
    const mortise_value* number = tag == 7 ? find(arguments.root, "number") : NULL;
    if (number == NULL || number->kind != MORTISE_KIND_INT)
        return fail(error, MORTISE_E_INVALID, "plain.no_number");
    const mortise_value answer = {.kind = MORTISE_KIND_INT, .as = {.integer = 2 * number->as.integer}};
    const mortise_tree tree = {&answer, sizeof answer};
    return result.write(result.context, tree);
}

mortise_status
plain_plugin_open(const mortise_host* host, mortise_self self, mortise_plugin* out, mortise_error* error)
{
    const mortise_text id = {MORTISE_COMMANDS_ID, sizeof(MORTISE_COMMANDS_ID) - 1};
    const mortise_interface* commands = NULL;
    const mortise_status status = host->query(self, id, &commands, error);
    if (status < 0) return status;
    instance.commands = (const mortise_commands*)(const void*)commands;
    instance.self = self;
    out->impl = &instance;
    out->activate = &activate;
    out->destroy = &destroy;
    if (MORTISE_HAS(mortise_plugin, out, on_command)) out->on_command = &on_command;
    return MORTISE_OK;
}
