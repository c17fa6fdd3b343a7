#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

Bytes bytes_of(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span{text.data(), text.size()});
    return {bytes.begin(), bytes.end()};
}

TEST(Base64, WritesTheExamplesOfRfc4648)
{
    const std::vector<std::pair<std::string_view, std::string_view>> examples{
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, coded] : examples) {
        EXPECT_EQ(base64(bytes_of(plain)), coded);
        const auto back = parse_base64(coded);
        ASSERT_TRUE(back) << coded;
        EXPECT_EQ(*back, bytes_of(plain));
    }
}

TEST(Base64, ReadsBackEveryByte)
{
    Bytes all;
    for (int i = 0; i < 256; ++i)
        all.push_back(static_cast<std::byte>(i));
    const auto back = parse_base64(base64(all));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, all);
}

TEST(Base64, SkipsLineEndsAndTakesTheUrlAlphabetAndMissingPadding)
{
    EXPECT_EQ(*parse_base64("Zm9v\r\n Yg"), bytes_of("foob"));
    EXPECT_EQ(*parse_base64("-_-_"), *parse_base64("+/+/"));
}

TEST(Base64, RefusesOtherCharactersAndImpossibleLengths)
{
    EXPECT_FALSE(parse_base64("Zm9*"));
    EXPECT_FALSE(parse_base64("Zm9vY"));
    EXPECT_FALSE(parse_base64("Zg==Zg=="));
    EXPECT_FALSE(parse_base64("Zg==="));
}

} // namespace
} // namespace mortise::host
