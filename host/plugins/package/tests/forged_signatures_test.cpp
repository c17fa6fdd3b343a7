/// \file
/// P5: signatures that a lax check takes. Each is made here from a real one.

#include "base/base64.hpp"
#include "plugins/package/package_signature.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

namespace mortise::host {
namespace {

using Raw = std::vector<std::byte>;

const std::string list = R"({"format":1,"id":"com.acme.leadscore","version":"1.0.0","files":[]})";

Raw raw(std::span<const std::byte> bytes)
{
    return {bytes.begin(), bytes.end()};
}

Raw from_hex(std::string_view text)
{
    Raw bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(std::byte(std::stoi(std::string{text.substr(i, 2)}, nullptr, 16)));
    return bytes;
}

std::string file_of(const Raw& key, const Raw& signature)
{
    return R"({"format":1,"signatures":[{"key":")" + base64(key) + R"(","signature":")" + base64(signature)
        + R"("}]})";
}

/// What a check says: a key of an error, or "taken".
std::string verdict(const Raw& key, const Raw& signature, const std::string& text = list)
{
    const auto checked = check_signatures(text, file_of(key, signature));
    return checked ? "taken" : checked.error().key;
}

/// The order of the group, least byte first.
const Raw order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

/// Adds the order to the second half of a signature: the same value to whoever does not ask that it is below.
Raw plus_order(Raw signature, int times)
{
    for (int i = 0; i < times; ++i) {
        unsigned carry = 0;
        for (std::size_t at = 0; at < 32; ++at) {
            carry += std::to_integer<unsigned>(signature[32 + at]) + std::to_integer<unsigned>(order[at]);
            signature[32 + at] = std::byte(carry & 255U);
            carry >>= 8U;
        }
    }
    return signature;
}

class ForgedSignatures : public testing::Test {
protected:
    const SigningKey m_key = SigningKey::create();
    const Raw m_public = raw(m_key.public_key());
    const Raw m_good = raw(m_key.sign(list));
};

TEST_F(ForgedSignatures, TheRealOneIsTaken)
{
    EXPECT_EQ(verdict(m_public, m_good), "taken");
    EXPECT_EQ(verdict(m_public, m_good, list + '\n'), "package.wrong_signature");
}

TEST_F(ForgedSignatures, TheSecondHalfIsBelowTheOrder)
{
    for (int times = 1; times <= 14; ++times)
        EXPECT_EQ(verdict(m_public, plus_order(m_good, times)), "package.wrong_signature") << times;
}

TEST_F(ForgedSignatures, EveryFlippedBitIsNoticed)
{
    for (std::size_t bit = 0; bit < 512; ++bit) {
        Raw other = m_good;
        other[bit / 8] ^= std::byte(1U << (bit % 8));
        EXPECT_EQ(verdict(m_public, other), "package.wrong_signature") << bit;
    }
    for (std::size_t bit = 0; bit < 256; ++bit) {
        Raw other = m_public;
        other[bit / 8] ^= std::byte(1U << (bit % 8));
        EXPECT_EQ(verdict(other, m_good), "package.wrong_signature") << bit;
    }
}

TEST_F(ForgedSignatures, TheirLengthIsExact)
{
    for (std::size_t size = 0; size <= 130; ++size) {
        if (size == 64) continue;
        Raw other = m_good;
        other.resize(size);
        EXPECT_EQ(verdict(m_public, other), "package.bad_signature") << size;
    }
    Raw key = m_public;
    key.resize(31);
    EXPECT_EQ(verdict(key, m_good), "package.bad_signature");
}

/// Points of small order: with such a key one signature fits many texts.
TEST_F(ForgedSignatures, KeysAndPointsOfSmallOrderAreRefused)
{
    const std::vector<Raw> points{
        from_hex("0000000000000000000000000000000000000000000000000000000000000000"),
        from_hex("0100000000000000000000000000000000000000000000000000000000000000"),
        from_hex("0000000000000000000000000000000000000000000000000000000000000080"),
        from_hex("0100000000000000000000000000000000000000000000000000000000000080"),
        from_hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        from_hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        from_hex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        from_hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        from_hex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        from_hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        from_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    };
    const Raw zero(32);
    for (const Raw& key : points)
        for (const Raw& point : points) {
            Raw signature = point;
            signature.insert(signature.end(), zero.begin(), zero.end());
            EXPECT_EQ(verdict(key, signature), "package.wrong_signature");
            EXPECT_EQ(verdict(m_public, signature), "package.wrong_signature");
        }
    for (const Raw& key : points)
        EXPECT_EQ(verdict(key, m_good), "package.wrong_signature");
}

TEST_F(ForgedSignatures, GarbageIsRefused)
{
    for (int byte = 0; byte < 256; ++byte)
        EXPECT_EQ(verdict(m_public, Raw(64, std::byte(byte))), "package.wrong_signature") << byte;
    Raw swapped{m_good.begin() + 32, m_good.end()};
    swapped.insert(swapped.end(), m_good.begin(), m_good.begin() + 32);
    EXPECT_EQ(verdict(m_public, swapped), "package.wrong_signature");
    EXPECT_EQ(verdict(m_public, raw(SigningKey::create().sign(list))), "package.wrong_signature");
}

} // namespace
} // namespace mortise::host
