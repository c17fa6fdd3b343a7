/* The plugin of the matrix, in what C11 and C++17 have in common, with the C ABI alone: does what traced.cpp
 * does, so that their traces are the same. Together with its other files it uses every function of the
 * contract (contract_used_test.cpp). */
#include "traced.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { tag_echo = 1, tag_do, tag_hook, tag_created, tag_said, tag_count, tag_endless, tag_talk };

host_tables host;
static char greeting[64];
static char answers[2][64]; /* to what was posted with the tags 1 and 2 */
static char heard[2][256]; /* published alone, and in a unit */
static uint64_t endless; /* the job that ran last */

static void copy(char* to, size_t size, const char* text)
{
    to[0] = '\0';
    append(to, size, text);
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
    const mortise_self self = host.self;
    mortise_status status = host.records->bind_hook(self, text_of("contact.create"), tag_hook, error);
    if (status >= 0) status = host.events->bind(self, text_of("contact.created"), tag_created, error);
    if (status >= 0) status = host.events->bind(self, text_of(TRACED_NAME ".said"), tag_said, error);
    if (status >= 0) status = host.commands->bind(self, text_of(TRACED_NAME ".echo"), tag_echo, error);
    if (status >= 0) status = host.commands->bind(self, text_of(TRACED_NAME ".do"), tag_do, error);
    if (status >= 0) status = host.jobs->bind(self, text_of("count"), tag_count, error);
    if (status >= 0) status = host.jobs->bind(self, text_of("endless"), tag_endless, error);
    if (status >= 0) status = host.jobs->bind(self, text_of("talk"), tag_talk, error);
    return status;
}

static mortise_status quiesce(void* impl, mortise_error* error) MORTISE_NOEXCEPT
{
    (void)impl;
    return write_line(MORTISE_LEVEL_INFO, "traced.quiesce", "winding up", 0, error);
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
        const mortise_draft* draft
            = (const mortise_draft*)(const void*)((const char*)drafts + i * drafts->size);
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
            verdict[0] = number_item("index", MORTISE_KIND_INT, (int64_t)i);
            verdict[1] = map_item("refuse", why, 3);
            const item given = map_item(NULL, verdict, 2);
            status = verdicts.write(verdicts.context, tree_of(&out, &given));
        } else if (is_text(name, "amend " TRACED_NAME) || is_text(name, "look " TRACED_NAME)) {
            if (is_text(name, "amend " TRACED_NAME))
                text_from(wanted, sizeof wanted, find(settings.root, "greeting"));
            else
                read_in_hook(wanted, sizeof wanted);
            const item set = text_item("nickname", wanted);
            item verdict[2];
            verdict[0] = number_item("index", MORTISE_KIND_INT, (int64_t)i);
            verdict[1] = map_item("set", &set, 1);
            const item given = map_item(NULL, verdict, 2);
            status = verdicts.write(verdicts.context, tree_of(&out, &given));
        }
        if (status < 0) return status;
    }
    return MORTISE_OK;
}

static void hear(const mortise_event* event)
{
    char words[64];
    char type[64];
    char actor[64];
    const mortise_value* thing = find(event->links.root, "thing");
    const int is_linked
        = thing != NULL && thing->kind == MORTISE_KIND_ID && (uint64_t)thing->as.integer == event->subject;
    text_from(words, sizeof words, find(event->data.root, "words"));
    snprintf(type, sizeof type, "%.*s", (int)event->type.size, event->type.data);
    snprintf(actor, sizeof actor, "%.*s", (int)event->actor.size, event->actor.data);
    snprintf(
        heard[event->subject == 0 ? 0 : 1],
        sizeof heard[0],
        "%s/%u %u %u %s by %s, %s",
        type,
        (unsigned)event->version,
        (unsigned)event->kind,
        (unsigned)event->flags,
        words,
        actor,
        is_linked ? "linked" : "not linked"
    );
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
    for (*done = 0; *done < given_count; ++*done) {
        const mortise_event* event
            = (const mortise_event*)(const void*)((const char*)given + *done * given->size);
        if (tag == tag_said)
            hear(event);
        else if (is_text(find(find(event->data.root, "record"), "name"), "handle " TRACED_NAME)) {
            const mortise_status status = handle_contact(work, event->subject, error);
            if (status < 0) return status;
        }
    }
    return MORTISE_OK;
}

static void* other_thread(void* context)
{
    char* said = (char*)context;
    uint64_t first = 0;
    block out;
    kept row;
    const item mail = text_item(NULL, "a@example.org");
    const mortise_tree none = {NULL, 0};
    const mortise_status reserved = host.records->reserve(host.self, 1, &first, NULL);
    const mortise_status found = host.records->find(
        host.self, text_of("contact"), text_of("email"), tree_of(&out, &mail), 64, none, keep_in(&row), NULL
    );
    snprintf(said, 64, "%s, find answers %d", reserved >= 0 ? "reserved" : "not reserved", (int)found);
    return NULL;
}

static void use_another_thread(saying* to)
{
    pthread_t other;
    char said[64] = "no thread";
    if (pthread_create(&other, NULL, other_thread, said) == 0) pthread_join(other, NULL);
    say(to, "%s", said);
}

static mortise_status start(uint64_t work, const char* name, int64_t port, saying* to, mortise_error* error)
{
    block out;
    uint64_t job = 0;
    const mortise_tree none = {NULL, 0};
    const item argument = number_item("port", MORTISE_KIND_INT, port);
    mortise_job_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.attempts = 1;
    options.key = text_of(work != 0 ? "later" : name);
    const mortise_status status = host.jobs->start(
        host.self, work, text_of(name), port != 0 ? map_of(&out, &argument, 1) : none, &options, &job, error
    );
    if (status < 0) return status;
    if (strcmp(name, "endless") == 0) endless = job;
    say(to, "%s", job != 0 ? "started" : "not started");
    return MORTISE_OK;
}

static int64_t number_of(mortise_tree arguments, const char* key)
{
    const mortise_value* value = find(arguments.root, key);
    return value != NULL && value->kind == MORTISE_KIND_INT ? value->as.integer : 0;
}

/* Who asks, and how. */
static void say_context(const mortise_context* context, saying* to)
{
    const mortise_text texts[5]
        = {context->actor, context->client, context->channel, context->locale, context->key};
    say(to, "%u", (unsigned)context->preview);
    for (int i = 0; i < 5; ++i)
        say(to, ", %.*s", (int)texts[i].size, texts[i].data);
    say(to, ", %u, %s", (unsigned)context->user, context->deadline > context->time ? "in time" : "for ever");
}

/* Steps that may fail: their status is the command's. */
static mortise_status
act(const char* what, uint64_t work, mortise_tree arguments, saying* to, mortise_error* error)
{
    mortise_status status = MORTISE_OK;
    if (strcmp(what, "refuse") == 0)
        return fail(error, MORTISE_E_REFUSED, "traced.no", "it was asked to refuse");
    if (strcmp(what, "busy") == 0)
        return fail(error, MORTISE_E_BUSY, "traced.busy", "it was asked to be busy");
    if (strcmp(what, "throw") == 0) return fail(error, MORTISE_E_EXCEPTION, "", "thrown on purpose");
    if (strcmp(what, "query") == 0) return count_contacts(to, error);
    if (strcmp(what, "units") == 0) return change_records(work, to, error);
    if (strcmp(what, "file") == 0) return keep_file(to, error);
    if (strcmp(what, "named") == 0) return ask_by_name(to, error);
    if (strcmp(what, "job") == 0) return start(0, "count", 0, to, error);
    if (strcmp(what, "later") == 0) return start(work, "count", 0, to, error);
    if (strcmp(what, "endless") == 0) return start(0, "endless", 0, to, error);
    if (strcmp(what, "talk") == 0) return start(0, "talk", number_of(arguments, "port"), to, error);
    if (strcmp(what, "create") == 0) status = create_contact(work, error);
    if (strcmp(what, "things") == 0) status = create_things(work, error);
    if (strcmp(what, "post") == 0) status = post_commands(error);
    if (strcmp(what, "publish") == 0) status = publish_words(0, 0, "alone", error);
    if (strcmp(what, "cancel") == 0) status = host.jobs->cancel(host.self, endless, error);
    if (strcmp(what, "log") == 0)
        status = write_line(MORTISE_LEVEL_WARNING, "traced.line", "a line", 7, error);
    if (status < 0) return status;
    say(to, "done %s", what);
    return MORTISE_OK;
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
    if (tag == tag_echo) return result.write(result.context, arguments);
    char what[32];
    saying said;
    memset(&said, 0, sizeof said);
    text_from(what, sizeof what, find(arguments.root, "what"));
    const int64_t contact = number_of(arguments, "contact");
    const int64_t point = number_of(arguments, "point");
    mortise_status status = MORTISE_OK;
    if (strcmp(what, "greeting") == 0)
        say(&said, "%s", greeting);
    else if (strcmp(what, "thread") == 0)
        use_another_thread(&said);
    else if (strcmp(what, "context") == 0)
        say_context(context, &said);
    else if (strcmp(what, "now") == 0)
        ask_clock(context, &said);
    else if (strcmp(what, "zone") == 0)
        ask_zones(&said);
    else if (strcmp(what, "settings") == 0)
        ask_settings(&said);
    else if (strcmp(what, "secret") == 0)
        ask_secret(&said);
    else if (strcmp(what, "call") == 0)
        call_commands(contact, point, &said);
    else if (strcmp(what, "consent") == 0)
        ask_consent(contact, point, &said);
    else if (strcmp(what, "answers") == 0)
        say(&said, "%s; %s", answers[0], answers[1]);
    else if (strcmp(what, "heard") == 0)
        say(&said, "%s; %s", heard[0], heard[1]);
    else
        status = act(what, work, arguments, &said, error);
    return status < 0 ? status : answer(result, said.text);
}

static mortise_status on_answer(
    void* impl, uint64_t tag, int32_t status, mortise_tree result, mortise_error* error
) MORTISE_NOEXCEPT
{
    (void)impl;
    (void)error;
    char words[40];
    if (tag < 1 || tag > 2) return MORTISE_E_INVALID;
    text_from(words, sizeof words, find(result.root, status < 0 ? "key" : "text"));
    snprintf(answers[tag - 1], sizeof answers[0], "%d %s", (int)status, words);
    return MORTISE_OK;
}

static mortise_status run_endlessly(uint64_t job, mortise_error* error)
{
    uint32_t shall_stop = 0;
    mortise_status status = MORTISE_OK;
    for (uint64_t i = 0; status >= 0 && !shall_stop; ++i) {
        status = host.jobs->progress(host.self, job, i, 0, text_of("going round"), error);
        if (status >= 0) status = host.jobs->cancelled(host.self, job, &shall_stop, error);
    }
    return status < 0 ? status : fail(error, MORTISE_E_CANCELLED, "", "the job was cancelled");
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
    uint32_t shall_stop = 0;
    saying said;
    memset(&said, 0, sizeof said);
    if (tag == tag_endless) return run_endlessly(job, error);
    if (tag == tag_talk) {
        const mortise_status status = talk((uint32_t)number_of(arguments, "port"), &said, error);
        return status < 0 ? status : answer(result, said.text);
    }
    mortise_status status = host.jobs->progress(host.self, job, 3, 3, text_of("counting"), error);
    if (status >= 0) status = host.jobs->cancelled(host.self, job, &shall_stop, error);
    if (status < 0) return status;
    say(&said, "%s for ", shall_stop ? "stopped" : "counted to 3");
    say(&said, "%.*s, ", (int)context->actor.size, context->actor.data);
    say(&said, "%.*s", (int)context->key.size, context->key.data);
    return answer(result, said.text);
}

static mortise_status
settings_changed(void* impl, mortise_tree settings, mortise_error* error) MORTISE_NOEXCEPT
{
    (void)impl;
    (void)error;
    text_from(greeting, sizeof greeting, find(settings.root, "greeting"));
    return MORTISE_OK;
}

static const void* table(const mortise_host* from, const char* id, mortise_error* error)
{
    const mortise_interface* found = NULL;
    return from->query(host.self, text_of(id), &found, error) >= 0 ? found : NULL;
}

mortise_status mortise_plugin_open_v1(
    const mortise_host* from, mortise_self self, mortise_plugin* out, mortise_error* error
) MORTISE_NOEXCEPT
{
    host.self = self;
    host.log = (const mortise_log*)table(from, MORTISE_LOG_ID, error);
    host.clock = (const mortise_clock*)table(from, MORTISE_CLOCK_ID, error);
    host.time = (const mortise_time*)table(from, MORTISE_TIME_ID, error);
    host.records = (const mortise_records*)table(from, MORTISE_RECORDS_ID, error);
    host.query = (const mortise_query*)table(from, MORTISE_QUERY_ID, error);
    host.events = (const mortise_events*)table(from, MORTISE_EVENTS_ID, error);
    host.commands = (const mortise_commands*)table(from, MORTISE_COMMANDS_ID, error);
    host.jobs = (const mortise_jobs*)table(from, MORTISE_JOBS_ID, error);
    host.settings = (const mortise_settings*)table(from, MORTISE_SETTINGS_ID, error);
    host.secrets = (const mortise_secrets*)table(from, MORTISE_SECRETS_ID, error);
    host.blobs = (const mortise_blobs*)table(from, MORTISE_BLOBS_ID, error);
    host.net = (const mortise_net*)table(from, MORTISE_NET_ID, error);
    host.consent = (const mortise_consent*)table(from, MORTISE_CONSENT_ID, error);
    if (!host.log || !host.clock || !host.time || !host.records || !host.query || !host.events
        || !host.commands || !host.jobs || !host.settings || !host.secrets || !host.blobs || !host.net
        || !host.consent)
        return MORTISE_E_UNSUPPORTED;
    out->activate = activate;
    out->quiesce = quiesce;
    out->destroy = destroy;
    out->on_events = on_events;
    out->on_hook = on_hook;
    out->on_command = on_command;
    out->on_answer = on_answer;
    out->on_job = on_job;
    out->settings_changed = settings_changed;
    out->migrate = rewrite_things;
    return MORTISE_OK;
}
