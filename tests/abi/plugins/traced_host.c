/* What else the plugin in C asks of the host: time, settings, secrets, commands, events, consent, its log. */
#include "traced.h"

#include <string.h>

static const mortise_tree nothing = {NULL, 0};

void ask_clock(const mortise_context* context, saying* to)
{
    int64_t time = 0;
    mortise_error error = new_error();
    const mortise_status status = host.clock->now(host.self, &time, &error);
    if (status < 0)
        say_failure(to, status, &error);
    else
        say(to, "%s", time == context->time ? "the time of the call" : "another time");
}

static int64_t time_in(const kept* place, uint32_t index)
{
    int64_t time = 0;
    const mortise_value* bytes = root_of(place);
    if (bytes != NULL && bytes->count >= (index + 1) * sizeof time)
        memcpy(&time, bytes_of(bytes) + index * sizeof time, sizeof time);
    return time;
}

void ask_zones(saying* to)
{
    static const int64_t hour = 3600000000LL;
    static const int64_t summer = 1750000000000000LL; /* a Sunday in June 2025 */
    static const int64_t spring = 20177 * 24 * 3600000000LL; /* 2025-03-30: clocks are put forward */
    const mortise_text zurich = text_of("Europe/Zurich");
    kept place;
    mortise_error error = new_error();

    host.time->to_wall(host.self, zurich, &summer, 1, keep_in(&place), &error);
    const int64_t wall = time_in(&place, 0);
    say(to, "%d hours, ", (int)((wall - summer) / hour));
    host.time->to_time(host.self, zurich, &wall, 1, MORTISE_WALL_EARLIER, keep_in(&place), &error);
    say(to, "%s, ", time_in(&place, 0) == summer ? "and back" : "not back");
    const int64_t never = spring + 2 * hour + hour / 2;
    const mortise_status refused
        = host.time->to_time(host.self, zurich, &never, 1, MORTISE_WALL_EXACT, keep_in(&place), &error);
    say_failure(to, refused, &error);

    int64_t start = 0;
    int64_t end = 0;
    host.time->bounds(host.self, zurich, spring + 12 * hour, MORTISE_UNIT_DAY, 0, &start, &end, &error);
    say(to, ", a day of %d hours, ", (int)((end - start) / hour));
    host.time->next(host.self, zurich, text_of("30 8 * * mon-fri"), summer, 2, keep_in(&place), &error);
    say(to, "in %d minutes, ", (int)((time_in(&place, 0) - summer) / (hour / 60)));
    say(to, "again in %d hours, ", (int)((time_in(&place, 1) - time_in(&place, 0)) / hour));

    host.time->zones(host.self, keep_in(&place), &error);
    const mortise_value* names = root_of(&place);
    int is_listed = 0;
    for (uint32_t i = 0; names != NULL && i < names->count; ++i)
        is_listed |= is_text((const mortise_value*)(const void*)bytes_of(names) + i, "Europe/Zurich");
    say(to, "%s, ", is_listed ? "listed" : "not listed");
    const mortise_status unknown
        = host.time->to_wall(host.self, text_of("Europe/Nowhere"), NULL, 0, keep_in(&place), &error);
    say_failure(to, unknown, &error);
}

void ask_settings(saying* to)
{
    kept place;
    char text[64];
    mortise_error error = new_error();
    host.settings->get(host.self, text_of(""), keep_in(&place), &error);
    text_from(text, sizeof text, find(root_of(&place), "greeting"));
    say(to, "%s, ", text);
    host.settings->get(host.self, text_of("greeting"), keep_in(&place), &error);
    text_from(text, sizeof text, root_of(&place));
    say(to, "%s, ", text);
    const mortise_status unknown = host.settings->get(host.self, text_of("nothing"), keep_in(&place), &error);
    say_failure(to, unknown, &error);
}

void ask_secret(saying* to)
{
    kept place;
    char text[64];
    mortise_error error = new_error();
    const mortise_status status
        = host.secrets->reveal(host.self, text_of("password"), keep_in(&place), &error);
    if (status < 0) {
        say_failure(to, status, &error);
        return;
    }
    text_from(text, sizeof text, root_of(&place));
    say(to, "%s", text);
}

static mortise_call_options no_options(void)
{
    mortise_call_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    return options;
}

void call_commands(int64_t contact, int64_t point, saying* to)
{
    block out;
    kept place;
    char key[64];
    item arguments[4];
    arguments[0] = number_item("contact", MORTISE_KIND_INT, contact);
    arguments[1] = number_item("point", MORTISE_KIND_INT, point);
    arguments[2] = text_item("channel", "email");
    arguments[3] = text_item("purpose", "newsletter");
    mortise_call_options options = no_options();
    options.timeout_ms = 10000;
    options.locale = text_of("de");
    mortise_error error = new_error();
    const mortise_status status = host.commands->call(
        host.self, text_of("consents.may_send"), map_of(&out, arguments, 4), &options, keep_in(&place), &error
    );
    if (status < 0)
        say_failure(to, status, &error);
    else {
        text_from(key, sizeof key, find(root_of(&place), "key"));
        say(to, "%s", key);
    }
    say(to, ", ");
    const mortise_status own = host.commands->call(
        host.self, text_of(TRACED_NAME ".echo"), nothing, NULL, keep_in(&place), &error
    );
    say_failure(to, own, &error);
}

mortise_status post_commands(mortise_error* error)
{
    block out;
    const mortise_call_options options = no_options();
    const item text = text_item("text", "posted");
    mortise_status status = host.commands->post(
        host.self, text_of(TRACED_NAME ".echo"), map_of(&out, &text, 1), &options, 1, error
    );
    if (status < 0) return status;
    const item refuse = text_item("what", "refuse");
    status = host.commands->post(
        host.self, text_of(TRACED_NAME ".do"), map_of(&out, &refuse, 1), NULL, 2, error
    );
    if (status < 0) return status;
    return host.commands->post(host.self, text_of(TRACED_NAME ".echo"), nothing, NULL, 0, error);
}

mortise_status publish_words(uint64_t work, uint64_t subject, const char* words, mortise_error* error)
{
    block data;
    block links;
    mortise_event_draft draft;
    memset(&draft, 0, sizeof draft);
    draft.size = sizeof draft;
    draft.kind = MORTISE_EVENT_DECLARED;
    draft.type = text_of(TRACED_NAME ".said");
    draft.subject = subject;
    const item content = text_item("words", words);
    draft.data = map_of(&data, &content, 1);
    const item link = number_item("thing", MORTISE_KIND_ID, (int64_t)subject);
    if (subject != 0) draft.links = map_of(&links, &link, 1);
    return host.events->publish(host.self, work, &draft, 1, error);
}

void ask_consent(int64_t contact, int64_t point, saying* to)
{
    kept place;
    char key[64];
    mortise_send_request request;
    mortise_error error = new_error();
    memset(&request, 0, sizeof request);
    request.size = sizeof request;
    request.only_ask = 1;
    request.contact = (uint64_t)contact;
    request.point = (uint64_t)point;
    request.channel = text_of("email");
    request.purpose = text_of("newsletter");
    host.consent->ask(host.self, &request, 1, keep_in(&place), &error);
    const mortise_value* allowed = find(root_of(&place), "allowed");
    say(to, "%s, ", allowed != NULL && allowed->as.integer == 1 ? "may" : "may not");
    request.only_ask = 0;
    host.consent->ask(host.self, &request, 1, keep_in(&place), &error);
    const mortise_value* given = find(root_of(&place), "ticket");
    if (given == NULL) {
        text_from(key, sizeof key, find(root_of(&place), "key"));
        say(to, "%s, ", key);
    } else {
        const uint64_t ticket = (uint64_t)given->as.integer;
        say_failure(to, host.consent->redeem(host.self, ticket, &error), &error);
        say(to, ", ");
        say_failure(to, host.consent->redeem(host.self, ticket, &error), &error);
        say(to, ", ");
    }
    say_failure(to, host.consent->redeem(host.self, 1, &error), &error);
    request.channel = text_of("sms");
    say(to, ", ");
    say_failure(to, host.consent->ask(host.self, &request, 1, keep_in(&place), &error), &error);
}

mortise_status
write_line(uint32_t level, const char* key, const char* message, int64_t n, mortise_error* error)
{
    block out;
    const item number = number_item("n", MORTISE_KIND_INT, n);
    return host.log->write(host.self, level, text_of(key), text_of(message), map_of(&out, &number, 1), error);
}
