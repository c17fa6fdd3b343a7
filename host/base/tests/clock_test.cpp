#include "base/clock.hpp"
#include "base/time_text.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(ManualClock, StandsStillUntilItIsTold)
{
    ManualClock clock{Instant{100}};
    EXPECT_EQ(clock.now(), Instant{100});
    EXPECT_EQ(clock.now(), Instant{100});
    clock.advance(Duration{5});
    EXPECT_EQ(clock.now(), Instant{105});
    clock.set(Instant{7});
    EXPECT_EQ(clock.now(), Instant{7});
}

TEST(SystemClock, IsInThisCenturyInMicroseconds)
{
    const Instant now = system_clock_source().now();
    EXPECT_GT(now, *parse_instant("2024-01-01T00:00:00Z"));
    EXPECT_LT(now, *parse_instant("2200-01-01T00:00:00Z"));
}

} // namespace
} // namespace mortise::host
