#include "control/nearest.hpp"

#include <gtest/gtest.h>

using mortise::host::nearest;

TEST(Nearest, FindsTheWordThatWasMeant)
{
    const std::vector<std::string> verbs{"status", "serve", "search", "records", "restore"};
    EXPECT_EQ(nearest("stauts", verbs), "status");
    EXPECT_EQ(nearest("record", verbs), "records");
    EXPECT_EQ(nearest("serch", verbs), "search");
}

TEST(Nearest, SaysNothingRatherThanGuess)
{
    EXPECT_EQ(nearest("frobnicate", {"status", "serve"}), "");
    EXPECT_EQ(nearest("x", {"status"}), "");
    EXPECT_EQ(nearest("", {"status"}), "");
    EXPECT_EQ(nearest(std::string(100'000, 'a'), {"status"}), "");
}
