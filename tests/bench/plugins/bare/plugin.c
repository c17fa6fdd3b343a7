/* Answers and does nothing: what is measured is the way. */
#include <mortise/abi/mortise.h>

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
    (void)impl;
    (void)tag;
    (void)context;
    (void)work;
    (void)arguments;
    (void)result;
    (void)error;
    return MORTISE_OK;
}

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
    (void)impl;
    (void)tag;
    (void)work;
    (void)events;
    (void)error;
    *done = events_count;
    return MORTISE_OK;
}

mortise_status mortise_plugin_open_v1(
    const mortise_host* host, mortise_self identity, mortise_plugin* out, mortise_error* error
)
{
    (void)host;
    (void)identity;
    (void)error;
    out->on_command = on_command;
    out->on_events = on_events;
    return MORTISE_OK;
}
