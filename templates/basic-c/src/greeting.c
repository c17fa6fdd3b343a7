#include "greeting.h"

#include <string.h>

static size_t append(char* out, size_t at, size_t size, const char* text, size_t text_size)
{
    size_t fits = size - 1 - at;
    if (text_size < fits) fits = text_size;
    while (fits > 0 && fits < text_size && ((unsigned char)text[fits] & 0xC0U) == 0x80U)
        --fits; /* not inside a letter of UTF-8 */
    if (fits > 0) memcpy(out + at, text, fits);
    out[at + fits] = '\0';
    return at + fits;
}

size_t my_plugin_greeting(char* out, size_t size, const char* word, const char* name, size_t name_size)
{
    if (size == 0) return 0;
    size_t at = append(out, 0, size, word, strlen(word));
    if (name_size == 0) return at;
    at = append(out, at, size, ", ", 2);
    return append(out, at, size, name, name_size);
}

bool my_plugin_lacks_email(const char* kind, size_t kind_size, size_t email_size)
{
    return kind_size == strlen("person") && memcmp(kind, "person", kind_size) == 0 && email_size == 0;
}
