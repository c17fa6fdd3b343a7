#include "control/line_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

using mortise::control::LineBuffer;

namespace {

void feed(LineBuffer& buffer, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto space = buffer.space();
        const std::size_t count = std::min(space.size(), bytes.size());
        std::copy_n(bytes.begin(), count, space.begin());
        buffer.add(count);
        bytes.remove_prefix(count);
    }
}

} // namespace

TEST(LineBuffer, CutsLinesHoweverTheBytesCome)
{
    LineBuffer buffer;
    feed(buffer, "on");
    EXPECT_EQ(buffer.next(), std::nullopt);
    feed(buffer, "e\r\n\n\r\ntwo\nthr");
    EXPECT_EQ(buffer.next(), "one");
    EXPECT_EQ(buffer.next(), "two");
    EXPECT_EQ(buffer.next(), std::nullopt);
    feed(buffer, "ee\n");
    EXPECT_EQ(buffer.next(), "three");
}

TEST(LineBuffer, StopsAtALineThatIsTooLong)
{
    LineBuffer buffer{10};
    feed(buffer, "0123456789\nshort\n");
    EXPECT_EQ(buffer.next(), "0123456789");
    EXPECT_EQ(buffer.next(), "short");
    EXPECT_FALSE(buffer.is_too_long());
    feed(buffer, "0123456789x");
    EXPECT_EQ(buffer.next(), std::nullopt);
    EXPECT_TRUE(buffer.is_too_long());
    feed(buffer, "\n");
    EXPECT_EQ(buffer.next(), std::nullopt);
    EXPECT_TRUE(buffer.is_too_long());
}

TEST(LineBuffer, GivesTheMemoryOfOneLongLineBack)
{
    LineBuffer buffer;
    const std::string line(std::size_t{8} << 20, 'x');
    feed(buffer, line + "\nnext\n");
    EXPECT_EQ(buffer.next(), line);
    EXPECT_EQ(buffer.next(), "next");
    buffer.space();
    EXPECT_LT(buffer.space().size(), std::size_t{1} << 20);
}
