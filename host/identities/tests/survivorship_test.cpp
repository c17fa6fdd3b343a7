#include "identities/source_profile.hpp"
#include "identities/survivorship.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace mortise::host {

namespace {

SourceClaim claim(const std::string& source, int at, Value value)
{
    SourceClaim made;
    made.source = source;
    made.latest = {std::move(value), Instant{at}, "m" + std::to_string(at)};
    return made;
}

TEST(Survivorship, MostRecentCountsAlsoWhenItIsNothing)
{
    const std::vector<SourceClaim> claims{claim("shop", 3, "a"), claim("crm", 7, "b"), claim("desk", 5, "c")};
    EXPECT_EQ(decide({}, claims).value, Value{"b"});
    EXPECT_EQ(decide({}, claims).winner, 1U);
    const std::vector<SourceClaim> emptied{claim("shop", 3, "a"), claim("crm", 7, Value{})};
    EXPECT_TRUE(decide({}, emptied).value.is_null());
}

TEST(Survivorship, AtTheSameTimeTheDecisionIsTheSameInAnyOrder)
{
    std::vector<SourceClaim> claims{claim("shop", 3, "a"), claim("crm", 3, "b"), claim("shop", 3, "c")};
    claims[2].latest.message = claims[0].latest.message;
    std::ranges::sort(claims, {}, [](const SourceClaim& each) { return each.latest.value.text(); });
    do
        EXPECT_EQ(decide({}, claims).value, Value{"c"});
    while (std::ranges::next_permutation(claims, {}, [](const SourceClaim& each) {
               return each.latest.value.text();
           }).found);
}

TEST(Survivorship, PreferredSourcesComeBeforeOthers)
{
    const SurvivorshipRule rule{Survival::source_priority, {"crm", "shop"}};
    EXPECT_EQ(decide(rule, std::vector{claim("shop", 9, "a"), claim("crm", 1, "b")}).value, Value{"b"});
    EXPECT_EQ(decide(rule, std::vector{claim("web", 9, "a"), claim("shop", 1, "b")}).value, Value{"b"});
    EXPECT_EQ(decide(rule, std::vector{claim("web", 9, "a"), claim("desk", 1, "b")}).value, Value{"a"});
    EXPECT_EQ(decide(rule, std::vector{claim("crm", 9, Value{}), claim("shop", 1, "b")}).value, Value{"b"})
        << "a source that has nothing is passed over";
    EXPECT_NE(
        decide(rule, std::vector{claim("shop", 9, "a"), claim("crm", 1, "b")}).why.find("crm is number 1"),
        std::string::npos
    );
}

TEST(Survivorship, NothingDoesNotOverwriteSomething)
{
    const SurvivorshipRule rule{Survival::non_empty, {}};
    EXPECT_EQ(decide(rule, std::vector{claim("shop", 9, Value{}), claim("crm", 1, "b")}).value, Value{"b"});
    std::vector<SourceClaim> kept{claim("shop", 9, Value{})};
    kept[0].kept = Said{"old", Instant{4}, "m4"};
    EXPECT_EQ(decide(rule, kept).value, Value{"old"});
    EXPECT_TRUE(decide(rule, kept).is_kept);
    kept.push_back(claim("crm", 5, "b"));
    EXPECT_EQ(decide(rule, kept).value, Value{"b"});
}

TEST(Survivorship, AddedValuesAreUnited)
{
    std::vector<SourceClaim> claims{claim("shop", 9, List{"b"}), claim("crm", 1, List{"a"})};
    claims[0].all = {"b", "c"};
    claims[1].all = {"a", "b"};
    EXPECT_EQ(decide({Survival::add, {}}, claims).value, (Value{List{"a", "b", "c"}}));
    EXPECT_FALSE(decide({Survival::add, {}}, claims).winner);
}

TEST(SourceProfile, IsTheSameInWhateverOrderItHears)
{
    Field phone;
    phone.name = "phone";
    Field tags;
    tags.name = "tags";
    tags.kind = FieldKind::list;
    struct Word {
        const Field* field;
        Said said;
    };
    std::vector<Word> words;
    for (int at = 0; at < 6; ++at) {
        words.push_back({&phone, {at % 2 == 1 ? Value{} : Value{std::to_string(at)}, Instant{at}, "m"}});
        words.push_back({&tags, {List{std::to_string(at % 3)}, Instant{at}, "m"}});
    }
    const auto heard = [&] {
        SourceProfile profile{"shop", Id{1}};
        for (const Word& word : words) {
            profile.take(*word.field, word.said);
            profile.take(*word.field, word.said);
        }
        return profile.content();
    };
    const Map first = heard();
    EXPECT_TRUE(first["phone"]["value"].is_null());
    EXPECT_EQ(first["phone"]["kept"]["value"], Value{"4"});
    EXPECT_EQ(first["tags"]["all"], (Value{List{"0", "1", "2"}}));
    std::mt19937 dice{5};
    for (int i = 0; i < 500; ++i) {
        std::ranges::shuffle(words, dice);
        ASSERT_EQ(heard(), first);
    }
}

} // namespace

} // namespace mortise::host
