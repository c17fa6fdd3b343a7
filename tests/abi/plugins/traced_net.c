/* A conversation over a connection, in plain text and then encrypted. */
#include "traced.h"

#include <string.h>

enum { patience_ms = 10000 };

static mortise_status exchange(uint64_t connection, const char* words, saying* to, mortise_error* error)
{
    block out;
    kept place;
    char text[64];
    uint64_t ready = 0;
    const item line = text_item(NULL, words);
    mortise_status status = host.net->write(host.self, connection, tree_of(&out, &line), patience_ms, error);
    if (status >= 0) status = host.net->wait(host.self, &connection, 1, patience_ms, &ready, error);
    if (status < 0) return status;
    say(to, "%s, ", ready == connection ? "ready" : "not ready");
    status = host.net->read(host.self, connection, 1000, patience_ms, keep_in(&place), error);
    if (status < 0) return status;
    text_from(text, sizeof text, root_of(&place));
    say(to, "%s, ", text);
    return MORTISE_OK;
}

static mortise_status describe(uint64_t connection, saying* to, mortise_error* error)
{
    kept place;
    char name[64];
    const mortise_status status = host.net->describe(host.self, connection, keep_in(&place), error);
    if (status < 0) return status;
    const mortise_value* facts = root_of(&place);
    const mortise_value* tls = find(facts, "tls");
    text_from(name, sizeof name, find(facts, "host"));
    say(to, "%s %s, ", name, tls != NULL && tls->kind == MORTISE_KIND_MAP ? "encrypted" : "plain");
    return MORTISE_OK;
}

mortise_status talk(uint32_t port, saying* to, mortise_error* error)
{
    uint64_t connection = 0;
    mortise_net_target target;
    memset(&target, 0, sizeof target);
    target.size = sizeof target;
    target.tls = MORTISE_NET_TLS_NONE;
    target.host = text_of("localhost");
    target.port = port;
    target.timeout_ms = patience_ms;
    mortise_status status = host.net->connect(host.self, &target, &connection, error);
    if (status >= 0) status = exchange(connection, "hello", to, error);
    if (status >= 0) status = describe(connection, to, error);
    if (status >= 0) status = exchange(connection, "encrypt", to, error);
    if (status >= 0) status = host.net->start_tls(host.self, connection, text_of(""), patience_ms, error);
    if (status >= 0) status = exchange(connection, "secret", to, error);
    if (status >= 0) status = describe(connection, to, error);
    if (status < 0) return status;
    mortise_error closed = new_error();
    say_failure(to, host.net->close(host.self, connection, &closed), &closed);
    say(to, ", ");
    say_failure(to, host.net->close(host.self, connection, &closed), &closed);
    return MORTISE_OK;
}
