#include "identities/tests/identities_fixture.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace mortise::host {

namespace {

/// Messages about a few people, from sources that disagree, with times that have nothing to do with an order.
/// Each person has one verified identity and weak ones. `shared`: names that several people have too, and
/// several that are verified.
class World {
public:
    World(std::uint32_t seed, bool shared) : m_dice{seed}, m_shared{shared}
    {
        const int count = pick(10, 18);
        for (int i = 0; i < count; ++i)
            m_messages.push_back(make(i));
    }

    std::vector<Map> in_order(std::uint32_t seed) const
    {
        std::vector<Map> messages = m_messages;
        std::mt19937 dice{seed};
        if (seed != 0) std::ranges::shuffle(messages, dice);
        // Some come twice, the second time anywhere behind the first.
        const std::size_t count = messages.size();
        for (std::size_t i = 0; seed != 0 && i < count; i += 4)
            messages.push_back(messages[i]);
        return messages;
    }

private:
    int pick(int least, int most) { return std::uniform_int_distribution{least, most}(m_dice); }

    std::string names(int person)
    {
        const std::string n = std::to_string(person);
        std::vector<std::pair<std::string, std::string>> all{
            {"crm=" + n, "verified"},
            {"cookie=" + n, "asserted"},
            {"cookie=other" + n, "inferred"},
            {"email=p" + n + "@example.org", "asserted"},
        };
        if (m_shared) {
            all.push_back({"cookie=library", "asserted"});
            all.push_back({"shop=" + std::to_string(person / 2), "verified"});
            all.push_back({"email=desk@example.org", pick(0, 3) == 0 ? "verified" : "asserted"});
        }
        std::ranges::shuffle(all, m_dice);
        all.resize(static_cast<std::size_t>(pick(1, 3)));
        std::string text;
        for (const auto& [name, strength] : all) {
            const std::size_t sign = name.find('=');
            text += (text.empty() ? "" : ", ") + std::string{R"({"namespace": ")"} + name.substr(0, sign)
                + R"(", "value": ")" + name.substr(sign + 1) + R"(", "strength": ")" + strength + R"("})";
        }
        return R"("identities": [)" + text + "]";
    }

    std::string fields(int person)
    {
        const std::string n = std::to_string(person);
        const std::string some = std::to_string(pick(0, 4));
        std::vector<std::string> all{
            R"("name": "Name )" + some + R"(")",
            R"("given_name": "Given )" + some + R"(")",
            R"("job_title": )" + (pick(0, 2) == 0 ? "null" : R"("Job )" + some + R"(")"),
            R"("tags": ["t)" + some + R"("])",
            R"("email": "p)" + n + (pick(0, 1) == 0 ? "" : "b") + R"(@example.org")",
            R"("website": "https://)" + some + R"(.example")",
            R"("annual_revenue": {"amount": ")" + some + R"(.50", "currency": "EUR"})",
        };
        if (!m_shared)
            all.push_back(
                std::string{R"("kind": ")"} + (pick(0, 1) == 0 ? "person" : "organisation") + R"(")"
            );
        std::ranges::shuffle(all, m_dice);
        all.resize(static_cast<std::size_t>(pick(0, 4)));
        std::string text;
        for (const std::string& each : all)
            text += (text.empty() ? "" : ", ") + each;
        return R"("fields": {)" + text + "}";
    }

    Map make(int number)
    {
        static constexpr std::array sources{"crm", "shop", "web"};
        const int person = pick(0, 3);
        std::string rest = names(person) + ", " + fields(person);
        if (pick(0, 1) == 0) rest += R"(, "event": {"type": "page.viewed)" + std::to_string(number) + R"("})";
        Map made
            = IdentitiesWorld::message(sources.at(static_cast<std::size_t>(pick(0, 2))), pick(0, 12), rest);
        made.set("id", std::to_string(number));
        return made;
    }

    std::mt19937 m_dice;
    bool m_shared;
    std::vector<Map> m_messages;
};

int worlds()
{
    const char* wanted = std::getenv("MORTISE_IDENTITY_WORLDS");
    return wanted ? std::atoi(wanted) : 6;
}

constexpr std::array rules{
    std::array{"job_title", "non_empty"},
    std::array{"website", "source_priority"},
    std::array{"tags", "most_recent"}
};

/// What the world is in the end, its messages in an order of their own.
std::multiset<std::string> end_of(const World& world, std::uint32_t order, bool decides, bool with_rules)
{
    IdentitiesWorld house;
    if (with_rules)
        for (const auto& [field, rule] : rules) {
            Map arguments{{"field", field}, {"rule", rule}};
            if (std::string_view{rule} == "source_priority") arguments.set("sources", List{"shop", "crm"});
            house.call("contacts.set_rule", arguments);
        }
    for (const Map& message : world.in_order(order))
        house.ingest(message);
    if (decides)
        house.decide_all();
    else
        EXPECT_TRUE(house.all("duplicate_pair").empty());
    return house.dump();
}

/// The seeds are fixed: what fails once fails again.
void same_in_any_order(std::uint32_t first_seed, bool shared)
{
    for (int i = 0; i < worlds(); ++i) {
        const std::uint32_t seed = first_seed + static_cast<std::uint32_t>(i);
        const World world{seed, shared};
        const auto wanted = end_of(world, 0, shared, i % 2 == 1);
        ASSERT_FALSE(wanted.empty());
        for (std::uint32_t order = 1; order <= 4; ++order) {
            const auto end = end_of(world, seed * 100 + order, shared, i % 2 == 1);
            ASSERT_EQ(end, wanted) << "world " << seed << ", order " << seed * 100 + order;
        }
    }
}

TEST(Permutations, OfMessagesEndTheSame)
{
    same_in_any_order(1000, false);
}

TEST(Permutations, EndTheSameOnceSomebodyDecidedAboutPairs)
{
    same_in_any_order(2000, true);
}

} // namespace

} // namespace mortise::host
