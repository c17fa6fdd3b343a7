#pragma once

/// \file
/// `RelationBook`: how contacts are related, as people ask for it: from either end with the word of that
/// direction, as of a day, up and down a tree; and what it takes to relate two of them. What is on record are
/// records of the type `relation`; an organisation that is only a contact's field counts as one without
/// dates.

#include "access/principal.hpp"
#include "records/relations/relation_kinds.hpp"
#include "records/relations/relation_rows.hpp"
#include "records/row.hpp"
#include "records/views.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::host {

class Clock;
class Database;
class Records;

struct RelationQuestion {
    Id contact;
    std::string kind{}; ///< by name or word; empty: all
    std::optional<Date> at{}; ///< nothing: today
    bool all{false}; ///< those too that are over, or begin later
};

/// One of a contact's relations, as that contact sees it.
struct RelationSeen {
    Id relation; ///< 0: it is the contact's organisation and no more
    std::string kind;
    std::string word; ///< of the direction
    bool is_source{true}; ///< the contact that was asked for stands at the source
    Row other;
    Value role;
    Value valid_from;
    Value valid_to;
    bool is_primary{false};
    std::string_view state; ///< "current", "past" or "future", as of the day
};

/// A contact in a tree.
struct TreePlace {
    Row contact;
    std::int64_t depth{0}; ///< 1: next to the one that was asked for
    Id next_to; ///< the one on the way there
};

struct RelationTree {
    Row contact;
    std::vector<TreePlace> above; ///< the nearest first
    std::vector<TreePlace> below; ///< each followed by those below it, by name
    bool is_cut{false}; ///< there are more
};

/// One of the people of an organisation or a household.
struct Member {
    Id contact;
    Period period;

    /// When that begins, and when it is over.
    Instant from() const noexcept;
    Instant until() const noexcept;
};

struct RelateRequest {
    Id source;
    std::string kind; ///< by name or word; that of the other direction exchanges source and target
    Id target;
    std::string role{};
    std::optional<Date> valid_from{};
    std::optional<Date> valid_to{};
    bool is_primary{false};
    bool replaces{false}; ///< what the source has of that kind ends the day before
};

struct RelateOutcome {
    Row relation;
    std::vector<Id> ended; ///< by `replaces`
    std::int64_t transaction{0}; ///< 0: a dry run
};

/// Who may not see one end of a relation is told of none.
///
/// Thread-safety: any thread.
class RelationBook {
public:
    RelationBook(Database& database, Records& records, Views& views, const Clock& clock);

    /// Current ones first, then by kind and name. Errors: `records.not_found`, `relation.unknown_kind`.
    Result<std::vector<RelationSeen>> of(const Principal& principal, const RelationQuestion& question);
    /// What is above and below a contact by a kind that is a tree. Error beside those of `of`:
    /// `relation.no_tree`.
    Result<RelationTree>
    tree(const Principal& principal, Id contact, std::string_view kind, std::optional<Date> at);
    /// Whoever is one of the people of the contact: today, or with `ever` at any time.
    Result<std::vector<Member>> members(const Principal& principal, Id contact, bool ever);

    /// Errors: those of a commit, `relation.unknown_kind`.
    Result<RelateOutcome> relate(const CallContext& context, const RelateRequest& request);
    /// Makes `last_day`, or yesterday, its last one.
    Result<RelateOutcome> end(const CallContext& context, Id relation, std::optional<Date> last_day);

    Date today() const noexcept;

private:
    Result<RelationKinds> kinds();
    Result<std::string> kind_named(std::string_view word);

    Database& m_database;
    Records& m_records;
    Views& m_views;
    const Clock& m_clock;
};

} // namespace mortise::host
