#include "expect.h"
#include "values.h"

#include <string.h>

static void a_map_is_read_as_it_was_made(void)
{
    values_buffer inner;
    values_buffer outer;
    const values_pair text = {.key = "a longer key", .text = "some text", .text_size = 9};
    EXPECT(values_make_map(&inner, &text, 1));
    const values_pair pairs[] = {{.key = "number", .number = -7}, {.key = "inner", .map = &inner}};
    EXPECT(values_make_map(&outer, pairs, 2));
    const mortise_value* root = values_tree(&outer).root;
    EXPECT(values_find(root, "number")->as.integer == -7);
    EXPECT(values_find(root, "nothing") == NULL);
    const mortise_text read = values_text(values_find(values_find(root, "inner"), "a longer key"));
    EXPECT(read.size == 9 && memcmp(read.data, "some text", 9) == 0);
    EXPECT(values_tree(&outer).bytes % 8 == 0);
}

static void what_does_not_fit_is_refused(void)
{
    static char long_text[4000];
    memset(long_text, 'x', sizeof long_text);
    values_buffer buffer;
    const values_pair pair = {.key = "key", .text = long_text, .text_size = sizeof long_text};
    EXPECT(!values_make_map(&buffer, &pair, 1));
}

static void an_id_is_a_number_or_its_digits(void)
{
    values_buffer buffer;
    const values_pair pairs[]
        = {{.key = "text", .text = "1042", .text_size = 4},
           {.key = "number", .number = 7},
           {.key = "no", .text = "x", .text_size = 1}};
    EXPECT(values_make_map(&buffer, pairs, 3));
    EXPECT(values_id(values_find(&buffer.room.root, "text")) == 1042);
    EXPECT(values_id(values_find(&buffer.room.root, "number")) == 7);
    EXPECT(values_id(values_find(&buffer.room.root, "no")) == 0);
    EXPECT(values_id(NULL) == 0);
}

int main(void)
{
    a_map_is_read_as_it_was_made();
    what_does_not_fit_is_refused();
    an_id_is_a_number_or_its_digits();
    return failures == 0 ? 0 : 1;
}
