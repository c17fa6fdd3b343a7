#pragma once

/// \file
/// Which of several sources' words for one field of a contact counts. Pure functions: whatever the order in
/// which the claims are given, the decision is the same.

#include <mortise/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// What decides.
enum class Survival : std::uint8_t {
    most_recent, ///< what was said last, by the times of the sources; nothing counts as a word too
    source_priority, ///< the first source of a list that has a value; those not in it after all others
    non_empty, ///< what was said last that is not nothing
    add, ///< everything that anybody ever said; fields of several values only
};

std::string_view name_of(Survival survival) noexcept;
/// Nothing if none has that name.
std::optional<Survival> survival_named(std::string_view name) noexcept;

struct SurvivorshipRule {
    Survival survival{Survival::most_recent};
    std::vector<std::string> sources{}; ///< source_priority: the best first

    friend bool operator==(const SurvivorshipRule&, const SurvivorshipRule&) = default;
};

/// What one message said of a field.
struct Said {
    Value value{}; ///< null: that there is nothing
    Instant at{}; ///< at the source
    std::string message{}; ///< its id at the source
};

/// What one source says of a field, of all that it said.
struct SourceClaim {
    std::string source;
    Id identity{}; ///< the record of the identity by which the source knows the contact; 0: none
    Said latest{};
    std::optional<Said> kept{}; ///< the last that was not nothing, where the latest is
    List all{}; ///< fields of several values: each that was ever said, sorted
};

struct Decision {
    Value value{};
    std::optional<std::size_t> winner{}; ///< the claim whose value it is; nothing: of several, or of none
    bool is_kept{false}; ///< it is the winner's `kept`
    std::string why{}; ///< in words
};

/// Whether the source gave this value.
bool says(const SourceClaim& claim, const Value& value);

/// Whether `a` is later than `b`: by time, then by source and message, then by what it says, so that of two
/// that differ one always is.
bool is_later(std::string_view source_a, const Said& a, std::string_view source_b, const Said& b);

Decision decide(const SurvivorshipRule& rule, std::span<const SourceClaim> claims);

/// `list` and `more` together, each item once, sorted by their text.
List united(const List& list, const List& more);

} // namespace mortise::host
