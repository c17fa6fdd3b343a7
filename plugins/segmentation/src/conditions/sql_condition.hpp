#pragma once

/// \file
/// A condition as SQL over the host's views. The predicate speaks of a contact under the alias `t` and of the
/// time as the parameter `:now`, so that the same text serves a count over all contacts, the few that a
/// change touched, and an explanation.
///
/// Truth has two values: a clause that compares with a field that is empty is false, but for `ne`, `not_in`,
/// `not_contains` and `has_none`, which are true, and is_not_set; `not` turns exactly that around.

#include "conditions/condition.hpp"
#include "conditions/type_book.hpp"

#include <mortise/result.hpp>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace mortise::plugins::segmentation {

/// For how many contacts the text is meant: the plan for all of them aggregates once, the one for a few looks
/// each of them up. Both give the same.
enum class Reach : std::uint8_t { all, few };

/// What can change the truth of a condition. `contacts` lists the contacts that records of `type` concern:
/// SQL with the parameter `:ids`, a JSON array of ids.
struct Dependency {
    enum class Kind : std::uint8_t { fields, related, events, segment };

    Kind kind{Kind::fields};
    std::string type; ///< fields, related: record type; events: event type; segment: its id
    std::set<std::string> fields; ///< fields, related: those that matter
    std::string by; ///< related: the reference that leads on
    std::string contacts; ///< fields: from records of `type`; related: from what `by` refers to
};

/// A clause that time alone can flip: the contacts for which it does so between `:since` and `:now`, and the
/// moment of the next flip after `:now` (one row, microseconds or null), of all contacts or of those in
/// `:ids`.
struct Crossing {
    std::string contacts;
    std::string next;
    std::string next_of_some; ///< the same as `next` where that cannot be told of some alone
};

struct SqlCondition {
    std::string predicate;
    Map parameters; ///< all but :now
    std::vector<Dependency> dependencies;
    std::vector<Crossing> crossings;
    bool is_ranked{false}; ///< a change of one contact can flip others: it has a top clause
};

/// What a clause finds for one contact: a query with the parameter `:contact` that gives one row, or none.
struct SqlFigure {
    std::string query; ///< columns: found; of a top clause place and total too
    Map parameters; ///< all but :contact and :now
    FieldInfo kind; ///< of the figure, as the column of such a field keeps it
    std::string currency; ///< of amounts, which are in minor units then
};

/// The id of a segment by its name or id; nothing if there is none.
using SegmentFinder = std::function<std::optional<Id>(std::string_view)>;

/// Errors: invalid with the JSON pointer of the clause, when a type, field or segment is not there or cannot
/// be compared so.
Result<SqlCondition>
compile(const Condition& condition, const TypeBook& types, const SegmentFinder& segments, Reach reach);

/// What an events, related or top clause finds. Errors as those of `compile`.
Result<SqlFigure>
compile_found(const Condition& condition, const TypeBook& types, const SegmentFinder& segments);

/// Only the parameters that `sql` names, and `more`: the host wants neither too few nor too many.
Map used_parameters(const std::string& sql, const Map& parameters, const Map& more);

} // namespace mortise::plugins::segmentation
