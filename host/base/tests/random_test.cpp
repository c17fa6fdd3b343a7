#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace mortise::host {
namespace {

TEST(Random, DoesNotRepeat)
{
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(random_u64());
    EXPECT_EQ(seen.size(), 1000U);
}

TEST(Random, FillsAllOfALargeBuffer)
{
    std::array<std::byte, 1024> buffer{};
    random_bytes(buffer);
    EXPECT_LT(std::ranges::count(buffer, std::byte{0}), 64);
    EXPECT_LT(std::ranges::count(std::span{buffer}.last(64), std::byte{0}), 16);
    random_bytes({});
}

} // namespace
} // namespace mortise::host
