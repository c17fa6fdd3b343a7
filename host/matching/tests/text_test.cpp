#include "matching/model/model.hpp"
#include "matching/text/nicknames.hpp"
#include "matching/text/organisation_name.hpp"
#include "matching/text/phonetic.hpp"
#include "matching/text/similarity.hpp"
#include "matching/text/street.hpp"

#include <gtest/gtest.h>

namespace mortise::host::matching {

namespace {

TEST(Similarity, CountsNeighboursThatChangedPlacesAsOneEdit)
{
    EXPECT_EQ(edits("wilkins", "wilikns", 3), 1U);
    EXPECT_EQ(edits("", "abc", 5), 3U);
    EXPECT_EQ(edits("abc", "xyz", 1), 2U);
    EXPECT_NEAR(jaro_winkler("martha", "marhta"), 0.9611, 1e-4);
    EXPECT_NEAR(jaro_winkler("dwayne", "duane"), 0.84, 1e-4);
    EXPECT_EQ(jaro_winkler("", "a"), 0);
}

TEST(PhoneticKey, IsTheSameForWhatSoundsAlike)
{
    for (const auto& [a, b] :
         {std::pair{"meyer", "maier"}, {"stephen", "steven"}, {"schmidt", "schmitt"}, {"philip", "filip"}})
        EXPECT_EQ(phonetic_key(a), phonetic_key(b)) << a << ' ' << b;
    EXPECT_NE(phonetic_key("brown"), phonetic_key("smith"));
    EXPECT_EQ(phonetic_key(""), "");
}

TEST(Nicknames, AreFormsOfOneName)
{
    EXPECT_TRUE(same_given_name("bill", "william"));
    EXPECT_TRUE(same_given_name("hans", "johannes"));
    EXPECT_FALSE(same_given_name("bill", "robert"));
    EXPECT_EQ(main_form("kate"), "catherine");
    EXPECT_EQ(main_form("xanthippe"), "xanthippe");
}

TEST(OrganisationNames, LoseTheirLegalForm)
{
    const OrganisationName weber = parse_organisation_name("Weber & Söhne GmbH & Co. KG");
    EXPECT_EQ(weber.words, (std::vector<std::string>{"weber", "sohne"}));
    EXPECT_EQ(weber.legal_form, "kg");
    EXPECT_EQ(
        parse_organisation_name("ACME Int'l Ltd.").words, parse_organisation_name("Acme International").words
    );
    EXPECT_EQ(parse_organisation_name("International Business Machines Corp").initials, "ibm");
    EXPECT_EQ(parse_organisation_name("Limited").words, (std::vector<std::string>{"limited"}));
    EXPECT_TRUE(parse_organisation_name("  ").words.empty());
}

TEST(Streets, AreTakenApart)
{
    const StreetLine english = parse_street("12a Mosman Pl.");
    EXPECT_EQ(english.number, "12a");
    EXPECT_EQ(english.name, "mosman place");
    const StreetLine german = parse_street("Hauptstr. 12");
    EXPECT_EQ(german.number, "12");
    EXPECT_EQ(german.name, parse_street("12 Hauptstraße").name);
    EXPECT_EQ(parse_street("").name, "");
}

Judgement judged(const ContactFacts& a, const ContactFacts& b)
{
    const std::string one = make_profile(a);
    const std::string other = make_profile(b);
    return Model{}.judge(Profile{one}, Profile{other}, true);
}

ContactFacts anna()
{
    ContactFacts facts;
    facts.given_name = "Anna";
    facts.family_name = "Rokobaro";
    facts.birthday = "1972-08-12";
    facts.street = "12 Herschell Circuit";
    facts.postcode = "2227";
    facts.emails = {"anna.rokobaro@example.com"};
    return facts;
}

TEST(Judgement, TakesAPersonWithTyposForTheSame)
{
    ContactFacts other = anna();
    other.family_name = "Rokobrao";
    other.street = "12 herschel cct";
    other.birthday = "19721208"; // day and month
    EXPECT_EQ(judged(anna(), other).band, Band::same);
}

TEST(Judgement, KeepsRelativesApart)
{
    ContactFacts other = anna();
    other.given_name = "Viktor";
    other.birthday = "1975-01-30";
    other.emails = {"viktor@example.org"};
    EXPECT_EQ(judged(anna(), other).band, Band::different);
}

TEST(Judgement, NeverTakesTwoVerifiedIdentitiesForTheSame)
{
    ContactFacts one = anna();
    ContactFacts other = anna();
    EXPECT_EQ(judged(one, other).band, Band::same);
    one.verified = {"shop=1"};
    other.verified = {"shop=2"};
    const Judgement judgement = judged(one, other);
    EXPECT_EQ(judgement.band, Band::review);
    EXPECT_NE(judgement.caution.find("verified"), std::string::npos);
}

TEST(Judgement, NeverComparesAPersonWithAnOrganisation)
{
    ContactFacts other = anna();
    other.kind = "organisation";
    EXPECT_EQ(judged(anna(), other).band, Band::different);
}

} // namespace

} // namespace mortise::host::matching
