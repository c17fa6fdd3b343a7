#include "exchange/stream/line_source.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

std::vector<std::string> lines_of(std::string_view text, std::size_t max = 1'000'000)
{
    MemorySource source{text};
    auto lines = LineSource::open(source, "UTF-8", max);
    EXPECT_TRUE(lines);
    std::vector<std::string> all;
    Line line;
    while (*lines->next(line)) {
        EXPECT_EQ(line.number, all.size() + 1);
        all.push_back(std::string{line.text} + (line.too_long ? "..." : ""));
    }
    return all;
}

using Lines = std::vector<std::string>;

TEST(LineSource, TakesAnyLineEnds)
{
    EXPECT_EQ(lines_of("a\nb\r\nc\rd"), (Lines{"a", "b", "c", "d"}));
    EXPECT_EQ(lines_of("\n\r\n\r\r"), (Lines{"", "", "", ""}));
    EXPECT_EQ(lines_of("a\r\r\nb\r\r\n"), (Lines{"a", "b"}));
    EXPECT_EQ(lines_of("a\r\rb"), (Lines{"a", "", "b"}));
    EXPECT_EQ(lines_of(""), Lines{});
    EXPECT_EQ(lines_of("\n"), Lines{""});
}

TEST(LineSource, DoesNotDependOnWhereItsBufferEnds)
{
    for (const std::size_t length : {65534, 65535, 65536, 65537}) {
        const std::string first(length, 'x');
        EXPECT_EQ(lines_of(first + "\r\nnext\r\n"), (Lines{first, "next"})) << length;
        EXPECT_EQ(lines_of(first + "\r\r\nnext"), (Lines{first, "next"})) << length;
        EXPECT_EQ(lines_of(first + "\rnext\r"), (Lines{first, "next"})) << length;
    }
}

TEST(LineSource, CutsLinesThatAreTooLong)
{
    EXPECT_EQ(lines_of("abcdef\nab\n", 4), (Lines{"abcd...", "ab"}));
    EXPECT_EQ(lines_of("abc\xc3\xa4\r\nab\n", 4), (Lines{"abc...", "ab"}));
    EXPECT_EQ(
        lines_of(std::string(300'000, 'x') + "\nab\n" + std::string(300'000, 'x'), 2),
        (Lines{"xx...", "ab", "xx..."})
    );
}

} // namespace
} // namespace mortise::host
