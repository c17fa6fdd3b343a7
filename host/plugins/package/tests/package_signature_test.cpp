#include "plugins/package/package_signature.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

const std::string list = R"({"format":1,"id":"com.acme.leadscore"})";

TEST(PackageSignature, TellsWhoSigned)
{
    const SigningKey acme = SigningKey::create();
    const SigningKey auditor = SigningKey::create();
    const std::string once = add_signature(list, std::nullopt, acme);
    const std::string twice = add_signature(list, once, auditor);
    const auto keys = check_signatures(list, twice);
    ASSERT_TRUE(keys) << keys.error().message;
    EXPECT_EQ(*keys, (std::vector{acme.public_key(), auditor.public_key()}));
}

TEST(PackageSignature, OfTheSameKeyStandsOnce)
{
    const SigningKey key = SigningKey::create();
    const std::string once = add_signature(list, std::nullopt, key);
    EXPECT_EQ(add_signature(list, once, key), once);
}

TEST(PackageSignature, DoesNotFitAnotherList)
{
    const std::string signature = add_signature(list, std::nullopt, SigningKey::create());
    const auto keys = check_signatures(list + ' ', signature);
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().key, "package.wrong_signature");
}

TEST(PackageSignature, OfAFormerListIsLeftOutWhenAnotherIsAdded)
{
    const SigningKey key = SigningKey::create();
    const std::string former = add_signature("former", std::nullopt, SigningKey::create());
    const auto keys = check_signatures(list, add_signature(list, former, key));
    ASSERT_TRUE(keys);
    EXPECT_EQ(*keys, std::vector{key.public_key()});
}

TEST(PackageSignature, ThatCannotBeReadIsRefused)
{
    for (const char* text :
         {"",
          "x",
          "{}",
          "[]",
          R"({"signatures":[]})",
          R"({"signatures":[{}]})",
          R"({"signatures":[{"key":"AAAA","signature":"AAAA"}]})"}) {
        const auto keys = check_signatures(list, text);
        ASSERT_FALSE(keys) << text;
        EXPECT_EQ(keys.error().key, "package.bad_signature") << text;
    }
}

TEST(PackageSignature, KeysAreKeptAsALineOfText)
{
    const SigningKey key = SigningKey::create();
    const auto again = SigningKey::parse(key.text());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key(), key.public_key());
    EXPECT_EQ(again->sign(list), key.sign(list));
    const auto shown = parse_public_key(public_key_text(key.public_key()));
    ASSERT_TRUE(shown);
    EXPECT_EQ(*shown, key.public_key());
    EXPECT_EQ(key_fingerprint(*shown).size(), 32U);
}

TEST(PackageSignature, KnowsTheSecretKeyFromThePublicOne)
{
    const SigningKey key = SigningKey::create();
    EXPECT_FALSE(parse_public_key(key.text()));
    EXPECT_FALSE(SigningKey::parse(public_key_text(key.public_key())));
    EXPECT_FALSE(SigningKey::parse("mortise-secret-key ed25519 AAAA"));
    EXPECT_FALSE(SigningKey::parse(""));
}

} // namespace
} // namespace mortise::host
