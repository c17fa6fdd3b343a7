#include "plugins/version.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

Version version(std::string_view text)
{
    auto parsed = Version::parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *parsed : Version{};
}

bool within(std::string_view range, std::string_view text)
{
    const auto parsed = VersionRange::parse(range);
    EXPECT_TRUE(parsed) << range;
    return parsed && parsed->contains(version(text));
}

TEST(Version, OrdersAsSemVerDoes)
{
    constexpr std::string_view ordered[]{
        "0.9.9",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.10",
        "1.2.0",
        "10.0.0"
    };
    for (std::size_t i = 0; i + 1 < std::size(ordered); ++i)
        EXPECT_LT(version(ordered[i]), version(ordered[i + 1])) << ordered[i];
    EXPECT_EQ(version("1.0.0+one"), version("1.0.0+two"));
}

TEST(Version, IsWrittenAsItWasRead)
{
    for (const auto* text : {"1.2.3", "0.0.0", "1.2.3-beta.1", "1.2.3-beta.1+linux.5"})
        EXPECT_EQ(version(text).text(), text);
}

TEST(Version, RefusesWhatIsNone)
{
    for (const auto* text :
         {"",
          "1",
          "1.2",
          "1.2.3.4",
          "01.2.3",
          "1.2.x",
          "v1.2.3",
          "1.2.3-",
          "1.2.3-01",
          "1.2.3+",
          " 1.2.3",
          "1.2.99999999999",
          "-1.2.3"})
        EXPECT_FALSE(Version::parse(text)) << text;
}

TEST(VersionRange, CaretKeepsTheLeftmostNumberThatIsNotZero)
{
    EXPECT_TRUE(within("^1.2.3", "1.9.0"));
    EXPECT_FALSE(within("^1.2.3", "1.2.2"));
    EXPECT_FALSE(within("^1.2.3", "2.0.0"));
    EXPECT_TRUE(within("^0.2.3", "0.2.9"));
    EXPECT_FALSE(within("^0.2.3", "0.3.0"));
    EXPECT_FALSE(within("^0.0.3", "0.0.4"));
    EXPECT_TRUE(within("^1", "1.99.0"));
    EXPECT_TRUE(within("^0", "0.5.0"));
    EXPECT_FALSE(within("^0.1", "0.2.0"));
    EXPECT_TRUE(within("1.2.3", "1.5.0"));
}

TEST(VersionRange, TildeKeepsTheMinor)
{
    EXPECT_TRUE(within("~1.2", "1.2.9"));
    EXPECT_FALSE(within("~1.2", "1.3.0"));
    EXPECT_TRUE(within("~1", "1.3.0"));
}

TEST(VersionRange, CombinesBounds)
{
    EXPECT_TRUE(within(">=1.0 <3", "2.9.9"));
    EXPECT_FALSE(within(">=1.0 <3", "3.0.0"));
    EXPECT_TRUE(within("^1 || ^3", "3.1.0"));
    EXPECT_FALSE(within("^1 || ^3", "2.1.0"));
    EXPECT_TRUE(within("*", "0.0.1"));
    EXPECT_TRUE(within("1.2.x", "1.2.7"));
    EXPECT_FALSE(within("1.2", "1.3.0"));
    EXPECT_TRUE(within("=1.2.3", "1.2.3"));
    EXPECT_FALSE(within("=1.2.3", "1.2.4"));
    EXPECT_FALSE(within(">1.2", "1.2.5"));
    EXPECT_TRUE(within("<=1.2", "1.2.5"));
}

TEST(VersionRange, TakesAPrereleaseOnlyWhenAsked)
{
    EXPECT_FALSE(within("^1.0.0", "1.1.0-beta"));
    EXPECT_FALSE(within("*", "1.1.0-beta"));
    EXPECT_TRUE(within("^1.1.0-alpha", "1.1.0-beta"));
    EXPECT_FALSE(within("<2", "2.0.0-beta"));
}

TEST(VersionRange, RefusesWhatIsNone)
{
    for (const auto* text : {"", "  ", "^", "abc", "^1 ||", ">= 1", "1.x.2", "<*", "1.2.3.4"})
        EXPECT_FALSE(VersionRange::parse(text)) << text;
}

} // namespace
} // namespace mortise::host
