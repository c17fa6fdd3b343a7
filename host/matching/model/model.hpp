#pragma once

/// \file
/// The model of Fellegi and Sunter: what each level of agreement is worth, and what follows from all of them
/// together.

#include "matching/model/comparison.hpp"
#include "matching/model/frequencies.hpp"

#include <array>
#include <string>
#include <vector>

namespace mortise::host::matching {

enum class Band : std::uint8_t { different, review, same };

std::string_view name_of(Band band) noexcept;

using LevelTable = std::array<std::array<double, level_count>, aspect_count>;

/// For contacts of one kind: how probable each level is among pairs that are the same (m) and among pairs
/// that are not (u).
struct Odds {
    LevelTable m{};
    LevelTable u{};
    double prior{0}; ///< log2 of the odds that two contacts taken at random are the same
    /// log2 of the odds that two who share name of family and address are the same person and not relatives.
    double household{1.6};
    std::uint64_t matches{0}; ///< how many pairs the m of it were learnt from; 0: they are the usual ones
};

Odds usual_person_odds();
Odds usual_organisation_odds();

struct AspectWeight {
    Aspect aspect{};
    Level level{};
    double weight{0}; ///< log2 of how much more probable it is in a pair that is the same
    bool rare{false}; ///< agrees on a value that few have
};

struct Judgement {
    double weight{0}; ///< log2 of the odds that the two are the same
    double score{0}; ///< the same as a probability, 0 to 1
    Band band{Band::different};
    std::string caution{}; ///< why it is not in the band `same` in spite of its score; empty: nothing
    std::vector<AspectWeight> parts; ///< only when it was asked for
};

class Model {
public:
    /// Scores from which pairs are reviewed.
    static constexpr double review_score = 0.5;
    static constexpr double same_score = 0.9995;

    Model();

    Odds& odds(std::string_view kind) noexcept { return kind == "o" ? m_organisations : m_persons; }
    const Odds& odds(std::string_view kind) const noexcept
    {
        return kind == "o" ? m_organisations : m_persons;
    }
    Frequencies& frequencies() noexcept { return m_frequencies; }
    const Frequencies& frequencies() const noexcept { return m_frequencies; }

    /// Whether the two profiles are of the same contact. Contacts of different kinds never are.
    Judgement judge(const Profile& a, const Profile& b, bool with_parts) const;
    /// The same for a comparison that is there already; `a` is its first profile.
    Judgement judge(const Profile& a, const Comparison& comparison, bool with_parts) const;
    /// The log2 odds that follow from a comparison.
    double weigh(const Profile& a, const Comparison& comparison) const noexcept
    {
        return weigh(a, comparison, nullptr);
    }

    std::string to_bytes() const;
    static Result<Model> from_bytes(std::string_view bytes);

private:
    double
    weigh(const Profile& a, const Comparison& comparison, std::vector<AspectWeight>* parts) const noexcept;
    AspectWeight
    weight_of(const Odds& odds, const Profile& a, const Comparison& comparison, Aspect aspect) const noexcept;

    Odds m_persons;
    Odds m_organisations;
    Frequencies m_frequencies;
};

/// Why a pair is not taken for the same without a person's look, whatever its score; empty: nothing stands
/// against it.
std::string caution_of(const Profile& a, const Comparison& comparison);

} // namespace mortise::host::matching
