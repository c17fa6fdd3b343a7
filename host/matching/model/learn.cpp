// Learning of the model: levels of pairs taken at random tell u, expectation and maximisation over candidates
// m and the prior. What is usual is a prior of both, and bounds how far the data may move them: a small or
// odd set must not make nonsense of the model.

#include "matching/model/batch.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace mortise::host::matching {

namespace {

constexpr std::size_t most_random = 150'000;
constexpr std::size_t most_candidates = 300'000;

struct Sample {
    std::size_t a{0};
    std::size_t b{0};
    Comparison comparison;
};

/// The m or u of one aspect, from counts, what is usual, and how many observations the usual is worth.
void settle(
    std::array<double, level_count>& target,
    const std::array<double, level_count>& counts,
    const std::array<double, level_count>& usual,
    double worth,
    double most_factor
)
{
    double all = worth;
    for (std::size_t level = 1; level < level_count; ++level)
        all += counts[level];
    double sum = 0;
    for (std::size_t level = 1; level < level_count; ++level) {
        const double learnt = (counts[level] + worth * usual[level]) / all;
        target[level]
            = std::clamp(learnt, usual[level] / most_factor, std::min(0.995, usual[level] * most_factor));
        sum += target[level];
    }
    for (std::size_t level = 1; level < level_count; ++level)
        target[level] /= sum;
}

class Learner {
public:
    Learner(const ProfileStore& profiles, const Blocks& blocks, Model& model, std::string_view kind)
        : m_profiles{profiles},
          m_blocks{blocks},
          m_model{model},
          m_odds{model.odds(kind)},
          m_usual{m_odds},
          m_kind{kind}
    {
        for (std::size_t i = 0; i < profiles.size(); ++i)
            if (profiles[i][Part::kind] == kind) m_members.push_back(i);
    }

    void run()
    {
        if (m_members.size() < 2) return;
        const auto members = static_cast<double>(m_members.size());
        m_pairs = members * (members - 1) / 2;
        // To begin with, one contact in ten is there twice.
        set_prior(members / 10);
        take_candidates();
        learn_household();
        learn_u();
        for (int round = 0; round < 12; ++round)
            learn_m();
    }

private:
    void set_prior(double matches)
    {
        // At least one in a thousand contacts, at most two for each contact.
        const auto members = static_cast<double>(m_members.size());
        matches = std::clamp(matches, std::max(0.5, members / 1000), members * 2);
        matches = std::min(matches, m_pairs * 0.25);
        m_odds.prior = std::log2(matches / (m_pairs - matches));
    }

    void take_candidates()
    {
        const std::size_t step = std::max<std::size_t>(1, m_members.size() / 40'000);
        std::vector<std::uint32_t> marks;
        std::size_t looked = 0;
        for (std::size_t i = 0; i < m_members.size() && m_candidates.size() < most_candidates; i += step) {
            ++looked;
            const std::size_t at = m_members[i];
            const Profile profile = m_profiles[at];
            m_blocks.each_candidate(at, step == 1, marks, [&](std::size_t other) {
                if (m_profiles[other][Part::kind] != m_kind) return;
                m_candidates.push_back(
                    {at, other, compare(profile, m_profiles[other], &m_model.frequencies())}
                );
            });
        }
        // With every member each pair comes once, else from both of its ends.
        m_scale = static_cast<double>(m_members.size())
            / static_cast<double>(std::max<std::size_t>(1, looked)) / (step == 1 ? 1 : 2);
    }

    /// Of those who share name of family and address: how many are plainly the same, how many relatives.
    void learn_household()
    {
        double same = 30;
        double relatives = 10;
        for (const Sample& sample : m_candidates) {
            const Comparison& c = sample.comparison;
            if (c[Aspect::family_name] > Level::near || c[Aspect::street] > Level::near
                || c[Aspect::house_number] > Level::variant || c[Aspect::family_name] == Level::missing
                || c[Aspect::street] == Level::missing || c[Aspect::house_number] == Level::missing)
                continue;
            const Level given = c[Aspect::given_name];
            const Level birth = c[Aspect::birthday];
            if (given == Level::missing || birth == Level::missing) continue;
            if (given <= Level::near || birth <= Level::near)
                ++same;
            else if (given == Level::different && birth == Level::different)
                ++relatives;
        }
        m_odds.household = std::log2(same / relatives);
    }

    void learn_u()
    {
        std::mt19937_64 random{20'090'417};
        const auto any = [&] { return m_members[random() % m_members.size()]; };
        LevelTable counts{};
        const std::size_t most
            = static_cast<std::size_t>(std::min(m_pairs * 2, static_cast<double>(most_random)));
        for (std::size_t i = 0; i < most; ++i) {
            const std::size_t a = any();
            const std::size_t b = any();
            if (a == b) continue;
            const Comparison comparison = compare(m_profiles[a], m_profiles[b], &m_model.frequencies());
            if (m_model.weigh(m_profiles[a], comparison) > -2) continue;
            for (std::size_t aspect = 0; aspect < aspect_count; ++aspect)
                ++counts[aspect][static_cast<std::size_t>(comparison.levels[aspect])];
        }
        for (std::size_t aspect = 0; aspect < aspect_count; ++aspect)
            settle(m_odds.u[aspect], counts[aspect], m_usual.u[aspect], 5000, 8);
    }

    void learn_m()
    {
        LevelTable counts{};
        double matches = 0;
        for (const Sample& sample : m_candidates) {
            const double weight = m_model.weigh(m_profiles[sample.a], sample.comparison);
            if (weight < -10) continue;
            const double same = 1 / (1 + std::exp2(-weight));
            matches += same;
            for (std::size_t aspect = 0; aspect < aspect_count; ++aspect)
                counts[aspect][static_cast<std::size_t>(sample.comparison.levels[aspect])] += same;
        }
        m_odds.matches = static_cast<std::uint64_t>(matches);
        for (std::size_t aspect = 0; aspect < aspect_count; ++aspect)
            settle(m_odds.m[aspect], counts[aspect], m_usual.m[aspect], 60, 4);
        set_prior(matches * m_scale);
    }

    const ProfileStore& m_profiles;
    const Blocks& m_blocks;
    Model& m_model;
    Odds& m_odds;
    const Odds m_usual;
    std::string_view m_kind;
    std::vector<std::size_t> m_members;
    std::vector<Sample> m_candidates;
    double m_pairs{0};
    double m_scale{1};
};

} // namespace

Model learn(const ProfileStore& profiles, const Blocks& blocks)
{
    Model model;
    for (std::size_t i = 0; i < profiles.size(); ++i)
        model.frequencies().count(profiles[i]);
    model.frequencies().keep_common();
    Learner{profiles, blocks, model, "p"}.run();
    Learner{profiles, blocks, model, "o"}.run();
    return model;
}

} // namespace mortise::host::matching
