// What a reader may not see changes neither the results that he gets nor the errors: houses that differ in
// hidden rows and columns alone answer every statement alike.

#include "store/tests/guard_corpus.hpp"
#include "store/tests/guard_world.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace mortise::host::test {

namespace {

/// Which indexes there are decides what SQLite looks at before it looks at the owner.
constexpr std::string_view index_sets[] = {
    "",
    R"(DROP INDEX "mt$contact_family"; DROP INDEX "mt$contact_owner"; DROP INDEX "mt$contact_score";
       DROP INDEX "mt$deal_contact";)",
    R"(CREATE INDEX "mt$c1" ON "mt$contact"(family, owner, deleted_at);
       CREATE INDEX "mt$c2" ON "mt$contact"(score, family);
       CREATE INDEX "mt$c3" ON "mt$contact"(email);)",
};

/// Fills in what reader 1 does not see: other owners' rows, deleted ones, and the column `secret`. Seed 0: no
/// rows.
class HiddenPart {
public:
    explicit HiddenPart(unsigned seed) : m_seed{seed}, m_random{seed} { }

    void write(Connection& writer)
    {
        Statement contact = take(writer.prepare("INSERT INTO \"mt$contact\" VALUES(?,?,?,?,?,?,?,?,?)"));
        Statement deal = take(writer.prepare("INSERT INTO \"mt$deal\" VALUES(?,?,?,?,?,?,?)"));
        const int rows = m_seed == 0 ? 0 : pick(1, 60);
        for (int i = 0; i < rows; ++i) {
            const bool deleted = pick(0, 1) == 0;
            contact.bind(1, 100 + i);
            contact.bind(2, any_text());
            contact.bind(3, any_text());
            contact.bind(4, any_number());
            contact.bind(5, any_text());
            contact.bind(6, any_number());
            contact.bind(7, deleted ? 1 : pick(2, 4)); // reader 1 does not see his own deleted rows
            contact.bind(8, any_text());
            if (deleted) contact.bind(9, any_number());
            must(contact.run());
            deal.bind(1, 1000 + i);
            deal.bind(2, pick(1, 3));
            deal.bind(3, any_text());
            deal.bind(4, any_number());
            deal.bind(5, pick(0, 1) == 0 ? "won" : any_text().c_str());
            deal.bind(6, deleted ? 1 : pick(2, 4));
            if (deleted) deal.bind(7, any_number());
            must(deal.run());
        }
        Statement secret = take(writer.prepare("UPDATE \"mt$contact\" SET secret = ?"));
        secret.bind(1, any_text());
        must(secret.run());
    }

private:
    int pick(int from, int to) { return std::uniform_int_distribution{from, to}(m_random); }

    std::int64_t any_number()
    {
        constexpr std::int64_t numbers[]
            = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, 3, 10, 20, 1'000'000, INT64_MAX - 1, INT64_MAX};
        return numbers[pick(0, std::size(numbers) - 1)];
    }

    std::string any_text()
    {
        const std::string texts[] = {
            "",
            "Adams",
            "Baker",
            "CANARY",
            "{",
            "[1,2",
            "[1]",
            R"({"x": 1})",
            "%",
            "%%%_%",
            "year",
            "zz",
            std::string(2000, 'x'),
            std::string(1'100'000, 'y'),
            "\xff\xfe",
            "Zażółć",
        };
        return texts[pick(0, std::size(texts) - 1)];
    }

    unsigned m_seed;
    std::mt19937 m_random;
};

struct House {
    House(std::string_view indexes, unsigned seed, const GuardRules& rules = {})
        : database{take(Database::open(":memory:", {.readers = 1}))},
          pool{*database, rules}
    {
        must(database->writer().execute(guarded_schema));
        must(database->writer().execute(R"(
            INSERT INTO "mt$contact" VALUES
                (1, 'Adams', 'adams@example.com', 10, '["a","b"]', 1700000000000000, 1, NULL, NULL),
                (2, 'Baker', 'baker@example.com', 20, '["b"]', 1710000000000000, 1, NULL, NULL),
                (3, 'Clark', NULL, NULL, 'no json', NULL, 1, NULL, NULL);
            INSERT INTO "mt$deal" VALUES
                (11, 1, 'First', 1000, 'won', 1, NULL), (12, 2, 'Second', 2500, 'open', 1, NULL);)"));
        must(database->writer().execute(indexes));
        HiddenPart{seed}.write(database->writer());
    }

    std::string ask(std::string_view sql)
    {
        return answer(pool, views, sql, {}, {}, {.now = 1'720'000'000'000'000});
    }

    std::unique_ptr<Database> database;
    GuardedPool pool;
    ViewSet views{guarded_views()};
};

/// The statements that two houses answer differently.
std::set<std::string_view> told_apart(House& a, House& b)
{
    std::set<std::string_view> statements;
    const auto compare = [&](std::string_view sql) {
        if (a.ask(sql) != b.ask(sql)) statements.insert(sql);
    };
    std::ranges::for_each(legitimate_statements, compare);
    std::ranges::for_each(attacking_statements, compare);
    return statements;
}

} // namespace

TEST(Secrecy, HiddenRowsAndColumnsChangeNoAnswer)
{
    for (const std::string_view indexes : index_sets) {
        House first{indexes, 0};
        for (unsigned seed = 1; seed <= 6; ++seed) {
            House other{indexes, seed};
            for (const std::string_view sql : told_apart(first, other))
                ADD_FAILURE() << "seed " << seed << ", indexes " << indexes << ": " << sql << "\n"
                              << first.ask(sql).substr(0, 500) << "\n"
                              << other.ask(sql).substr(0, 500);
        }
    }
}

TEST(Secrecy, IsLostWithFunctionsThatFail)
{
    const GuardRules loud{.quiet_functions = false};
    House first{index_sets[0], 0, loud};
    House other{index_sets[0], 1, loud};
    EXPECT_FALSE(told_apart(first, other).empty());
}

TEST(Secrecy, IsLostWithNamesThatCanBeSpelt)
{
    const GuardRules open{.reserved_names = false};
    House first{index_sets[0], 1, open};
    House other{index_sets[0], 2, open};
    EXPECT_TRUE(told_apart(first, other)
                    .contains("WITH contact AS (SELECT secret FROM \"mt$contact\") SELECT * FROM contact"));
}

TEST(Secrecy, LegitimateStatementsAreAnswered)
{
    House house{index_sets[0], 1};
    for (const std::string_view sql : legitimate_statements) {
        const std::string answer = house.ask(sql);
        EXPECT_EQ(answer.find("error query."), std::string::npos) << sql << " gave " << answer;
    }
}

} // namespace mortise::host::test
