#include "base/hash.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(Hash, IsBlake2bOf32Bytes)
{
    EXPECT_EQ(hex(hash("")), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    EXPECT_EQ(hex(hash("abc")), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Hash, KnowsSha256)
{
    EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hasher, GivesTheSameForPiecesAndStartsAfresh)
{
    Hasher hasher;
    hasher.add("a");
    hasher.add("");
    hasher.add("bc");
    EXPECT_EQ(hasher.finish(), hash("abc"));
    EXPECT_EQ(hasher.finish(), hash(""));
    hasher.add("abc");
    EXPECT_EQ(hasher.finish(), hash("abc"));
}

TEST(KeyedHash, DependsOnTheKeyAndRefusesShortOnes)
{
    const std::array<std::byte, 32> key{};
    std::array<std::byte, 32> other{};
    other[31] = std::byte{1};
    const auto data = std::as_bytes(std::span{"abc", 3});
    EXPECT_NE(*keyed_hash(key, data), *keyed_hash(other, data));
    EXPECT_NE(*keyed_hash(key, data), hash("abc"));
    EXPECT_FALSE(keyed_hash(std::span{key}.first(15), data));
    EXPECT_FALSE(keyed_hash({}, data));
}

TEST(Digest, ReadsBackFromHexAndRefusesTheRest)
{
    const Digest digest = hash("x");
    EXPECT_EQ(*parse_digest(hex(digest)), digest);
    EXPECT_TRUE(equal_digests(*parse_digest(hex(digest)), digest));
    EXPECT_FALSE(equal_digests(hash("y"), digest));
    EXPECT_FALSE(parse_digest("00"));
    EXPECT_FALSE(parse_digest(hex(digest) + "0"));
    EXPECT_FALSE(parse_hex("0g"));
    EXPECT_EQ(*parse_hex("4D6f"), "Mo");
}

} // namespace
} // namespace mortise::host
