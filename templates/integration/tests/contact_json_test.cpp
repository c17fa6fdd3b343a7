#include "contact_json.hpp"

#include <gtest/gtest.h>

TEST(ContactJson, HoldsWhatTheOtherSideNeeds)
{
    EXPECT_EQ(
        my_plugin::contact_json({42, 3, "Marie Curie", "marie@example.org"}),
        R"({"id":"42","version":3,"name":"Marie Curie","email":"marie@example.org"})"
    );
    EXPECT_EQ(
        my_plugin::contact_json({7, 1, "Nobody", ""}),
        R"({"id":"7","version":1,"name":"Nobody","email":null})"
    );
}

TEST(ContactJson, KeepsOddNamesInsideTheirQuotes)
{
    EXPECT_EQ(
        my_plugin::json_string("a\"b\\c\n\x01"
                               "d"),
        R"("a\"b\\c\u000a\u0001d")"
    );
    EXPECT_EQ(my_plugin::json_string("Ren\xC3\xA9"), "\"Ren\xC3\xA9\"");
}

TEST(ContactJson, HasTheSameKeyForTheSameState)
{
    EXPECT_EQ(my_plugin::idempotency_key({42, 3, "Marie", ""}), "contact-42-3");
}
