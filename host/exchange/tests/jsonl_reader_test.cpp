#include "exchange/jsonl_reader.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

std::vector<JsonLine> read(std::string_view text)
{
    MemorySource source{text};
    auto reader = JsonlReader::open(source);
    EXPECT_TRUE(reader);
    std::vector<JsonLine> lines;
    JsonLine line;
    while (true) {
        const auto more = reader->next(line);
        EXPECT_TRUE(more);
        if (!more || !*more) return lines;
        lines.push_back(line);
    }
}

TEST(JsonlReader, ReadsAnObjectFromEachLine)
{
    const auto lines = read("{\"a\":1}\n\n  \r\n{\"b\":\"ä\"}\r\n{}");
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].object, (Map{{"a", 1}}));
    EXPECT_EQ(lines[1].object, (Map{{"b", "ä"}}));
    EXPECT_EQ(lines[1].number, 4U);
    EXPECT_EQ(lines[2].number, 5U);
    EXPECT_TRUE(read("").empty());
}

TEST(JsonlReader, SaysWhichLineIsWrongAndGoesOn)
{
    const auto lines = read("{\"a\":1}\n{\"a\" 1}\n[1]\n{\"a\":1,\"a\":2}\n{\"x\":\"\xff\"}\n{\"b\":2}\n");
    ASSERT_EQ(lines.size(), 6U);
    EXPECT_FALSE(lines[0].finding);
    ASSERT_TRUE(lines[1].finding);
    EXPECT_EQ(lines[1].finding->error.where, "line 2, column 6");
    EXPECT_EQ(lines[1].raw, "{\"a\" 1}");
    EXPECT_EQ(lines[2].finding->error.key, "jsonl.no_object");
    EXPECT_EQ(lines[2].finding->error.where, "line 3");
    EXPECT_EQ(lines[3].finding->error.key, "json.duplicate_key");
    EXPECT_EQ(lines[4].finding->error.where, "line 5, column 7");
    EXPECT_EQ(lines[5].object, (Map{{"b", 2}}));
}

TEST(JsonlReader, PassesOverLinesThatAreTooLong)
{
    const auto lines = read("{\"a\":\"" + std::string(JsonlReader::max_line_bytes, 'x') + "\"}\n{\"b\":2}\n");
    ASSERT_EQ(lines.size(), 2U);
    ASSERT_TRUE(lines[0].finding);
    EXPECT_EQ(lines[0].finding->error.code, ErrorCode::limit);
    EXPECT_LE(lines[0].raw.size(), 1000U);
    EXPECT_EQ(lines[1].object, (Map{{"b", 2}}));
}

} // namespace
} // namespace mortise::host
