#include "greeting.hpp"

#include <gtest/gtest.h>

TEST(Greeting, NamesTheContact)
{
    EXPECT_EQ(my_plugin::greeting("Hello", "Marie Curie"), "Hello, Marie Curie");
}

TEST(Greeting, DoesWithoutAName)
{
    EXPECT_EQ(my_plugin::greeting("Hello", ""), "Hello");
}

TEST(Greeting, AsksPeopleOnlyForAnEmailAddress)
{
    EXPECT_TRUE(my_plugin::lacks_email("person", ""));
    EXPECT_FALSE(my_plugin::lacks_email("person", "marie@example.org"));
    EXPECT_FALSE(my_plugin::lacks_email("organisation", ""));
}
