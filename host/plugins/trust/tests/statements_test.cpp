#include "base/time_text.hpp"
#include "plugins/trust/statements.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

std::string key_of(const Result<TrustStatement>& statement)
{
    return statement ? std::string{} : statement.error().key;
}

RevocationStatement a_list()
{
    RevocationStatement list{
        7, *parse_instant("2026-01-01T00:00:00Z"), *parse_instant("2026-02-01T00:00:00Z")
    };
    list.keys.push_back(key_fingerprint(SigningKey::create().public_key()));
    list.packages.push_back({"com.acme.leadscore", *VersionRange::parse("<1.2.3"), "leaks"});
    return list;
}

TEST(Statements, AreReadAsTheyWereWritten)
{
    const PublicKey before = SigningKey::create().public_key();
    const PublicKey after = SigningKey::create().public_key();
    const KeyPeriod period{after, *parse_instant("2026-01-01T00:00:00Z"), {}};
    CatalogEntry entry{
        "com.acme.leadscore", *Version::parse("1.2.3"), "l.mortise", 7, sha256("x"), "L", "S", "V"
    };
    for (const TrustStatement& statement : std::initializer_list<TrustStatement>{
             KeyStatement{"com.acme", period},
             RotationStatement{"com.acme", 3, before, period},
             a_list(),
             CatalogStatement{1, {}, *parse_instant("2026-02-01T00:00:00Z"), {entry}}
         }) {
        const std::string text = statement_text(statement);
        const auto read = parse_statement(text);
        ASSERT_TRUE(read) << text << ": " << read.error().message << read.error().where;
        EXPECT_EQ(statement_text(*read), text);
    }
}

TEST(Statements, TellWhatTheyRevoke)
{
    const RevocationStatement list = a_list();
    EXPECT_NE(list.find("com.acme.leadscore", *Version::parse("1.2.2")), nullptr);
    EXPECT_EQ(list.find("com.acme.leadscore", *Version::parse("1.2.3")), nullptr);
    EXPECT_EQ(list.find("com.acme.other", *Version::parse("1.2.2")), nullptr);
    EXPECT_FALSE(list.has_key(SigningKey::create().public_key()));
}

TEST(Statements, RefuseWhatIsNone)
{
    for (const char* text :
         {"",
          "[]",
          "{}",
          R"({"kind": "promise"})",
          R"({"kind": "key", "vendor": "com.acme"})",
          R"({"kind": "key", "kind": "key"})",
          R"({"kind": "key", "vendor": "com.acme", "key": "AAAA"})",
          R"({"kind": "revocations", "number": 0, "issued": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"})",
          R"({"kind": "revocations", "number": 1, "issued": "yesterday", "until": "2026-01-01T00:00:00Z"})",
          R"({"kind": "revocations", "number": 1.5, "issued": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"})"
         })
        EXPECT_EQ(key_of(parse_statement(text)), "trust.bad_statement") << text;
    // Who numbers a list so high wants that no other can follow.
    for (const char* number : {"18446744073709551615", "9223372036854775807", "1000000001"})
        EXPECT_EQ(
            key_of(parse_statement(
                R"({"kind": "revocations", "number": )" + std::string{number}
                + R"(, "issued": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"})"
            )),
            "trust.huge_number"
        );
}

TEST(Statements, AreSignedByWhoeverSignedAllOfThem)
{
    const SigningKey one = SigningKey::create();
    const SigningKey other = SigningKey::create();
    const std::string text = statement_text(a_list());
    const std::string once = sign_statement(text, one);
    const std::string both = sign_statement(text, other, once);
    const auto read = read_statement(both);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->text, text);
    EXPECT_EQ(read->signers, (std::vector{one.public_key(), other.public_key()}));

    std::string changed = both;
    changed.replace(changed.find("leaks"), 5, "leans");
    EXPECT_EQ(read_statement(changed).error().key, "trust.wrong_signature");
    // A signature of the same bytes that was made for a package is none of a statement.
    const std::string moved = add_signature(text, std::nullopt, one);
    std::string envelope = once;
    envelope.replace(
        envelope.find("\"signatures\""), std::string::npos, moved.substr(moved.find("\"signatures\""))
    );
    EXPECT_EQ(read_statement(envelope).error().key, "trust.wrong_signature");
    EXPECT_EQ(read_statement("{}").error().key, "trust.bad_statement");
    EXPECT_EQ(read_statement(std::string(2'000'000, ' ')).error().key, "trust.bad_statement");
}

TEST(Statements, KnowTheVendorOfAPlugin)
{
    EXPECT_EQ(vendor_of("com.acme.leadscore"), "com.acme");
    EXPECT_EQ(vendor_of("mortise.email"), "mortise");
}

} // namespace
} // namespace mortise::host
