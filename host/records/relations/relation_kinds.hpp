#pragma once

/// \file
/// The kinds that relations between contacts may be of: records of the type `relation_kind`, to which an
/// administrator adds. Those that every database has from the start are made here.

#include "records/schema.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Collator;
class Connection;

inline constexpr std::string_view relation_type = "relation";
inline constexpr std::string_view relation_kind_type = "relation_kind";
/// The kinds that `contact.organisation` goes with: of people, and of organisations.
inline constexpr std::string_view works_at = "works_at";
inline constexpr std::string_view part_of = "part_of";

struct RelationKind {
    Id id;
    std::string name; ///< what relations are written with: "works_at"
    std::string label; ///< "works at"
    std::string inverse_label; ///< "employs"; empty: as `label`
    std::vector<std::string> source_kinds; ///< which contacts may stand there; empty: all
    std::vector<std::string> target_kinds;
    bool symmetric{false}; ///< says the same in both directions
    bool single{false}; ///< of one contact at most one is valid at a time
    bool tree{false}; ///< leads to no circle
    bool membership{false}; ///< whoever is at the source is one of the people of the target
    bool in_use{true};

    /// How the relation reads, seen from its source or from its target.
    const std::string& word(bool from_source) const noexcept
    {
        return from_source || inverse_label.empty() ? label : inverse_label;
    }
};

/// The kinds of a database, as they were when they were read.
class RelationKinds {
public:
    static Result<RelationKinds> read(Connection& connection, const Schema& schema);

    const RelationKind* find(std::string_view name) const noexcept;
    struct Meant {
        const RelationKind* kind{nullptr}; ///< null: no kind is called so
        bool is_inverse{false}; ///< by the word of the other direction
    };
    /// By name or word, whatever its case, with blanks or with underscores.
    Meant meant(std::string_view word) const;
    /// The names of those that are in use, for errors.
    std::string names() const;
    const std::vector<RelationKind>& all() const noexcept { return m_kinds; }

private:
    std::vector<RelationKind> m_kinds;
};

Error unknown_relation_kind(const RelationKinds& kinds, std::string_view word);

/// Makes the kinds that every database has, once for its life, and one for each word that relations of an
/// older host have as their kind. Inside a transaction of the writer.
Result<void>
make_relation_kinds(Connection& connection, const Schema& schema, const Collator& collator, Instant now);

} // namespace mortise::host
