/* Binds what plugin.json declares, and answers the host's calls. What is decided is in greeting.c. */

#include "greeting.h"
#include "values.h"

#include <stdlib.h>
#include <string.h>

/* The plugin's own numbers for what it binds; the host gives them back. */
enum { TAG_CREATE_CONTACT = 1, TAG_CONTACT_CREATED, TAG_GREET };

enum { MAX_WORD = 100, MAX_GREETING = 400 };

typedef struct plugin {
    mortise_self self;
    const mortise_records* records;
    const mortise_events* events;
    const mortise_commands* commands;
    const mortise_settings* settings;
} plugin;

/* Where one greeting is made: first the word from the settings, then the whole text, once a contact was
 * found. */
typedef struct greeting {
    char word[MAX_WORD];
    char text[MAX_GREETING];
    size_t size;
    bool is_found;
} greeting;

static mortise_status fail(mortise_error* error, mortise_status status, const char* key, const char* message)
{
    if (error != NULL && MORTISE_HAS(mortise_error, error, message)) {
        error->code = status;
        strncpy(error->key, key, sizeof error->key - 1);
        strncpy(error->message, message, sizeof error->message - 1);
    }
    return status;
}

/* Receives the setting `greeting`. A sink copies: what it is given is gone afterwards. */
static mortise_status take_word(void* context, mortise_tree item)
{
    greeting* out = context;
    const mortise_text word = values_text(item.root);
    const uint64_t size = word.size < sizeof out->word ? word.size : sizeof out->word - 1;
    memcpy(out->word, word.data, size);
    out->word[size] = '\0';
    return MORTISE_OK;
}

/* Receives the row of the contact. */
static mortise_status take_contact(void* context, mortise_tree item)
{
    greeting* out = context;
    const mortise_text name = values_text(values_find(item.root, "name"));
    out->size = my_plugin_greeting(out->text, sizeof out->text, out->word, name.data, name.size);
    out->is_found = true;
    return MORTISE_OK;
}

/* Greets a contact; `out->is_found` tells whether there is one. */
static mortise_status greet(const plugin* self, uint64_t contact, greeting* out, mortise_error* error)
{
    static const char* const name_only[] = {"name"};
    values_buffer fields;
    memset(out, 0, sizeof *out);
    if (!values_make_texts(&fields, name_only, 1)) return MORTISE_E_INTERNAL;
    const mortise_sink word = {out, &take_word};
    const mortise_status status = self->settings->get(self->self, values_literal("greeting"), word, error);
    if (status < 0) return status;
    const mortise_sink row = {out, &take_contact};
    const mortise_text type = values_literal("contact");
    return self->records->get(self->self, type, &contact, 1, values_tree(&fields), row, error);
}

/* A hook sees changes before they are written. It is a pure function, called on many threads at once. */
static mortise_status on_hook(
    void* impl,
    uint64_t tag,
    const mortise_context* context,
    mortise_tree settings,
    const mortise_draft* drafts,
    uint64_t drafts_count,
    mortise_sink verdicts,
    mortise_error* error
)
{
    (void)impl, (void)context, (void)error;
    if (tag != TAG_CREATE_CONTACT) return MORTISE_E_NOT_FOUND;
    if (!values_is_true(values_find(settings.root, "email_required"))) return MORTISE_OK;
    for (uint64_t i = 0; i < drafts_count; ++i) {
        /* A later host may know larger drafts: step by the size that it says. */
        const mortise_draft* draft
            = (const mortise_draft*)(const void*)((const char*)drafts + i * drafts->size);
        const mortise_text kind = values_text(values_find(draft->after.root, "kind"));
        const mortise_text email = values_text(values_find(draft->after.root, "email"));
        if (!my_plugin_lacks_email(kind.data, kind.size, email.size)) continue;
        static const char key[] = "my_plugin.email_needed";
        static const char message[] = "a person needs an e-mail address";
        const values_pair reason[] = {
            {.key = "field", .text = "email", .text_size = 5},
            {.key = "key", .text = key, .text_size = sizeof key - 1},
            {.key = "message", .text = message, .text_size = sizeof message - 1},
        };
        values_buffer refuse;
        values_buffer verdict;
        if (!values_make_map(&refuse, reason, 3)) return MORTISE_E_INTERNAL;
        const values_pair whole[]
            = {{.key = "index", .number = (int64_t)i}, {.key = "refuse", .map = &refuse}};
        if (!values_make_map(&verdict, whole, 2)) return MORTISE_E_INTERNAL;
        const mortise_status status = verdicts.write(verdicts.context, values_tree(&verdict));
        if (status < 0) return status;
    }
    return MORTISE_OK;
}

/* A handler sees what has happened. What it writes commits together with its acknowledgement. */
static mortise_status on_events(
    void* impl,
    uint64_t tag,
    uint64_t work,
    const mortise_event* events,
    uint64_t events_count,
    uint64_t* done,
    mortise_error* error
)
{
    const plugin* self = impl;
    if (tag != TAG_CONTACT_CREATED) return MORTISE_E_NOT_FOUND;
    for (uint64_t i = 0; i < events_count; ++i) {
        const mortise_event* event
            = (const mortise_event*)(const void*)((const char*)events + i * events->size);
        greeting made;
        mortise_status status = greet(self, event->subject, &made, error);
        /* Not there, and no error: deleted meanwhile. An error is handed on, and the event comes again. */
        if (status >= 0 && made.is_found) {
            const values_pair text = {.key = "text", .text = made.text, .text_size = made.size};
            values_buffer data;
            if (!values_make_map(&data, &text, 1)) return MORTISE_E_INTERNAL;
            const mortise_event_draft draft = {
                .size = sizeof draft,
                .type = values_literal("my_plugin.greeted"),
                .subject = event->subject,
                .data = values_tree(&data),
            };
            status = self->events->publish(self->self, work, &draft, 1, error);
        }
        if (status < 0) return status;
        *done = i + 1;
    }
    return MORTISE_OK;
}

/* A command is what people, programs and other plugins can ask for. */
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
    const plugin* self = impl;
    (void)context, (void)work;
    if (tag != TAG_GREET) return MORTISE_E_NOT_FOUND;
    greeting made;
    const uint64_t contact = values_id(values_find(arguments.root, "contact"));
    const mortise_status status = greet(self, contact, &made, error);
    if (status < 0) return status;
    if (!made.is_found)
        return fail(error, MORTISE_E_NOT_FOUND, "my_plugin.no_contact", "there is no such contact");
    const values_pair text = {.key = "text", .text = made.text, .text_size = made.size};
    values_buffer answer;
    if (!values_make_map(&answer, &text, 1)) return MORTISE_E_INTERNAL;
    return result.write(result.context, values_tree(&answer));
}

static mortise_status activate(void* impl, mortise_error* error)
{
    const plugin* self = impl;
    mortise_status status
        = self->records->bind_hook(self->self, values_literal("contact.create"), TAG_CREATE_CONTACT, error);
    if (status < 0) return status;
    status = self->events->bind(self->self, values_literal("contact.created"), TAG_CONTACT_CREATED, error);
    if (status < 0) return status;
    return self->commands->bind(self->self, values_literal("my_plugin.greet"), TAG_GREET, error);
}

static mortise_status destroy(void* impl, mortise_error* error)
{
    (void)error;
    free(impl);
    return MORTISE_OK;
}

/* Asks the host for one of its tables. */
static mortise_status find_table(
    const mortise_host* host, mortise_self self, const char* id, const void** out, mortise_error* error
)
{
    const mortise_interface* found = NULL;
    const mortise_status status = host->query(self, values_literal(id), &found, error);
    *out = found;
    return status;
}

mortise_status
mortise_plugin_open_v1(const mortise_host* host, mortise_self self, mortise_plugin* out, mortise_error* error)
{
    plugin* made = calloc(1, sizeof *made);
    if (made == NULL) return fail(error, MORTISE_E_LIMIT, "my_plugin.memory", "there is no memory left");
    const void* tables[4] = {NULL, NULL, NULL, NULL};
    static const char* const ids[4]
        = {MORTISE_RECORDS_ID, MORTISE_EVENTS_ID, MORTISE_COMMANDS_ID, MORTISE_SETTINGS_ID};
    for (int i = 0; i < 4; ++i) {
        const mortise_status status = find_table(host, self, ids[i], &tables[i], error);
        if (status >= 0) continue;
        free(made);
        return status;
    }
    made->self = self;
    made->records = tables[0];
    made->events = tables[1];
    made->commands = tables[2];
    made->settings = tables[3];
    out->impl = made;
    out->activate = &activate;
    out->destroy = &destroy;
    out->on_hook = &on_hook;
    out->on_events = &on_events;
    out->on_command = &on_command;
    return MORTISE_OK;
}
