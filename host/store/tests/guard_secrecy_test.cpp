// What a reader may not see changes neither the results that he gets nor the errors: houses that differ in
// hidden rows and columns alone answer every statement alike.

#include "store/tests/guard_corpus.hpp"
#include "store/tests/guard_house.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace mortise::host::test {

namespace {

/// The statements that two houses answer differently.
std::set<std::string_view> told_apart(House& a, House& b, const ViewSet& views = guarded_views())
{
    std::set<std::string_view> statements;
    const auto compare = [&](std::string_view sql) {
        if (a.ask(views, sql) != b.ask(views, sql)) statements.insert(sql);
    };
    std::ranges::for_each(legitimate_statements, compare);
    std::ranges::for_each(attacking_statements, compare);
    return statements;
}

void expect_alike(std::string_view indexes, const ViewSet& views)
{
    House first{indexes, 0};
    for (unsigned seed = 1; seed <= 5; ++seed) {
        House other{indexes, seed};
        for (const std::string_view sql : told_apart(first, other, views))
            ADD_FAILURE() << "seed " << seed << ": " << sql << "\n"
                          << first.ask(views, sql).substr(0, 500) << "\n"
                          << other.ask(views, sql).substr(0, 500);
    }
}

} // namespace

TEST(Secrecy, HiddenRowsAndColumnsChangeNoAnswer)
{
    expect_alike("", guarded_views());
}

TEST(Secrecy, HoldsWithoutIndexes)
{
    expect_alike(
        R"(DROP INDEX "mt$contact_family"; DROP INDEX "mt$contact_owner"; DROP INDEX "mt$contact_score";
           DROP INDEX "mt$deal_contact";)",
        guarded_views()
    );
}

TEST(Secrecy, HoldsWithIndexesOverSeveralColumns)
{
    expect_alike(
        R"(CREATE INDEX "mt$c1" ON "mt$contact"(family, owner, deleted_at);
           CREATE INDEX "mt$c2" ON "mt$contact"(score, family);
           CREATE INDEX "mt$c3" ON "mt$contact"(email);)",
        guarded_views()
    );
}

TEST(Secrecy, HoldsInThePast)
{
    expect_alike("", past_views());
}

TEST(Secrecy, IsLostWithFunctionsThatFail)
{
    const GuardRules loud{.quiet_functions = false};
    House first{"", 0, loud};
    House other{"", 1, loud};
    EXPECT_FALSE(told_apart(first, other).empty());
}

TEST(Secrecy, IsLostWithNamesThatCanBeSpelt)
{
    const GuardRules open{.reserved_names = false};
    House first{"", 1, open};
    House other{"", 2, open};
    EXPECT_TRUE(told_apart(first, other)
                    .contains("WITH contact AS (SELECT secret FROM \"mt$contact\") SELECT * FROM contact"));
}

TEST(Secrecy, LegitimateStatementsAreAnswered)
{
    House house{"", 1};
    for (const ViewSet& views : {guarded_views(), past_views()})
        for (const std::string_view sql : legitimate_statements) {
            const std::string answer = house.ask(views, sql);
            EXPECT_EQ(answer.find("error query."), std::string::npos) << sql << " gave " << answer;
        }
    EXPECT_EQ(house.ask(past_views(), "SELECT family FROM contact ORDER BY family LIMIT 2"), "Adam\nAdams\n");
}

} // namespace mortise::host::test
