/* A file: handed in in pieces, put into a record, read back. */
#include "traced.h"

#include <string.h>

#define THING TRACED_NAME "_thing"

static mortise_status write_words(uint64_t file, const char* words, mortise_error* error)
{
    block out;
    const item data = text_item(NULL, words);
    return host.blobs->write(host.self, file, tree_of(&out, &data), error);
}

/* A thing whose paper is what `finish` gave. */
static mortise_status create_paper(const mortise_value* reference, uint64_t* id, saying* to, mortise_error* error)
{
    block out;
    uint64_t work = 0;
    uint64_t token = 0;
    char digest[80];
    char name[64];
    char type[64];
    mortise_operation change;
    mortise_unit unit;
    text_from(digest, sizeof digest, find(reference, "digest"));
    text_from(name, sizeof name, find(reference, "name"));
    text_from(type, sizeof type, find(reference, "type"));
    const int64_t size = find(reference, "size")->as.integer;
    say(to, "%.8s %s %d %s, ", digest, name, (int)size, type);
    const item paper[4] = {
        text_item("digest", digest),
        text_item("name", name),
        number_item("size", MORTISE_KIND_INT, size),
        text_item("type", type),
    };
    const item values[2] = {text_item("text", "with paper"), map_item("paper", paper, 4)};
    mortise_status status = host.records->reserve(host.self, 1, id, error);
    if (status < 0) return status;
    memset(&change, 0, sizeof change);
    change.size = sizeof change;
    change.kind = MORTISE_OPERATION_CREATE;
    change.type = text_of(THING);
    change.id = *id;
    change.values = map_of(&out, values, 2);
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    status = host.records->begin(host.self, &unit, &work, error);
    if (status >= 0) status = host.records->stage(host.self, work, &change, 1, error);
    if (status >= 0) status = host.records->commit(host.self, work, &token, error);
    return status;
}

static mortise_status read_paper(uint64_t id, saying* to, mortise_error* error)
{
    kept place;
    char text[64];
    uint64_t file = 0;
    uint64_t size = 0;
    mortise_error closed = new_error();
    mortise_status status
        = host.blobs->open(host.self, text_of(THING), id, text_of("paper"), &file, &size, error);
    if (status >= 0) status = host.blobs->read(host.self, file, 4, 100, keep_in(&place), error);
    if (status < 0) return status;
    text_from(text, sizeof text, root_of(&place));
    say(to, "%s of %d, ", text, (int)size);
    say_failure(to, write_words(file, "more", &closed), &closed);
    say(to, ", ");
    say_failure(to, host.blobs->close(host.self, file, &closed), &closed);
    say(to, ", ");
    say_failure(to, host.blobs->close(host.self, file, &closed), &closed);
    return MORTISE_OK;
}

mortise_status keep_file(saying* to, mortise_error* error)
{
    kept place;
    uint64_t file = 0;
    uint64_t id = 0;
    mortise_status status = host.blobs->begin(host.self, &file, error);
    if (status >= 0) status = write_words(file, "one ", error);
    if (status >= 0) status = write_words(file, "two", error);
    if (status >= 0)
        status = host.blobs->finish(
            host.self, file, text_of("words.txt"), text_of("text/plain"), keep_in(&place), error
        );
    if (status >= 0) status = create_paper(root_of(&place), &id, to, error);
    if (status >= 0) status = read_paper(id, to, error);
    return status;
}
