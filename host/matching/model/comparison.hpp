#pragma once

/// \file
/// Two profiles beside each other: how well each field agrees.

#include "matching/profile.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace mortise::host::matching {

enum class Aspect : std::uint8_t {
    given_name,
    family_name,
    organisation_name,
    birthday,
    email,
    phone,
    domain,
    house_number,
    street,
    second_line,
    city,
    postcode,
    region,
    country,
    legal_form,
    employer,
};

inline constexpr std::size_t aspect_count = 16;

/// How well a field agrees. What a level means is the aspect's own; words for it are in explanation.hpp.
enum class Level : std::uint8_t {
    missing, ///< in one of the two, or both
    exact,
    variant, ///< another form of the same: a nickname, a number without its country
    near, ///< slips of the fingers
    similar, ///< sounds alike, or agrees in part
    weak,
    different,
};

inline constexpr std::size_t level_count = 7;

struct Comparison {
    std::array<Level, aspect_count> levels{};
    bool names_swapped{false}; ///< the given name of one is the family name of the other
    bool lines_swapped{false}; ///< the lines of the address changed places
    bool both_verified{false}; ///< each is known to be somebody of its own
    std::string_view email{}; ///< the address that agrees; of the first profile
    std::string_view phone{};
    std::string_view domain{};

    Level operator[](Aspect aspect) const noexcept { return levels[static_cast<std::size_t>(aspect)]; }
    Level& operator[](Aspect aspect) noexcept { return levels[static_cast<std::size_t>(aspect)]; }
};

/// Gives what each word of a name is worth, between 0 and 1: words that many share are worth little.
class WordWorth {
public:
    WordWorth() = default;
    WordWorth(const WordWorth&) = default;
    WordWorth& operator=(const WordWorth&) = default;
    virtual ~WordWorth() = default;
    virtual double of(std::string_view word) const noexcept = 0;
};

/// Both are of the same kind. `worth` may be null: all words are worth the same. Pure; any thread.
Comparison compare(const Profile& a, const Profile& b, const WordWorth* worth) noexcept;

/// How alike two names of organisations are, word by word, 0 to 1; for tests.
double word_similarity(std::string_view a, std::string_view b, const WordWorth* worth) noexcept;

} // namespace mortise::host::matching
