#include "expect.h"
#include "greeting.h"

#include <string.h>

static void names_the_contact(void)
{
    char text[40];
    EXPECT(my_plugin_greeting(text, sizeof text, "Hello", "Marie Curie", 11) == 18);
    EXPECT(strcmp(text, "Hello, Marie Curie") == 0);
}

static void does_without_a_name(void)
{
    char text[40];
    my_plugin_greeting(text, sizeof text, "Hello", "", 0);
    EXPECT(strcmp(text, "Hello") == 0);
}

static void never_cuts_a_letter_in_two(void)
{
    char text[10];
    my_plugin_greeting(text, sizeof text, "Hi", "Ren\xC3\xA9\xC3\xA9", 7);
    EXPECT(strcmp(text, "Hi, Ren\xC3\xA9") == 0);
}

static void asks_people_only_for_an_email_address(void)
{
    EXPECT(my_plugin_lacks_email("person", 6, 0));
    EXPECT(!my_plugin_lacks_email("person", 6, 17));
    EXPECT(!my_plugin_lacks_email("organisation", 12, 0));
}

int main(void)
{
    names_the_contact();
    does_without_a_name();
    never_cuts_a_letter_in_two();
    asks_people_only_for_an_email_address();
    return failures == 0 ? 0 : 1;
}
