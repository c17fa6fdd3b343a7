#pragma once

/// \file
/// What a merge will do: worked out on one snapshot of the database, without writing anything.

#include "merging/change_set.hpp"
#include "merging/field_choice.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

struct MergeRequest {
    Id survivor;
    std::vector<Id> losers;
    FieldTakes takes{};
    std::optional<std::int64_t> version{}; ///< of the survivor, as the caller saw it
    std::string reason{};
};

/// References of a field that will lead to the survivor.
struct MovedReferences {
    std::string type;
    std::string field;
    std::size_t records{0}; ///< deleted ones too
};

/// A record that says what another one says already: it is deleted, and what refers to it refers to that one.
struct DroppedRecord {
    std::string type;
    Id id;
    Id same_as;
};

struct MergePlan {
    TypePointer contacts;
    std::vector<Row> rows; ///< the contacts as they are, the survivor first
    std::vector<FieldChoice> fields;
    ChangeSet changes; ///< of every record, the contacts too
    std::vector<MovedReferences> references; ///< those that there are
    std::vector<DroppedRecord> dropped;

    Id survivor() const { return rows.front().id; }
    std::span<const Row> losers() const { return std::span{rows}.subspan(1); }
};

/// What planning needs beside the request.
struct PlanTools {
    Connection& reader; ///< one snapshot for all of it
    const Schema& schema;
    std::function<Result<Id>()> next_id;
    Instant now; ///< which relations are those of today
};

/// Finds the references to the losers and what becomes of them. `survivor` is the survivor as it will be.
Result<void> plan_moves(const PlanTools& tools, const Row& survivor, MergePlan& plan);

/// Which of a contact's points of the kinds that a contact has an address of is the primary one follows from
/// its address; a point is made where there is none of that value. `points` are those that are not deleted.
Result<void>
settle_primary(const PlanTools& tools, ChangeSet& changes, const Row& contact, std::span<const Row> points);

/// The records, deleted ones too, whose reference is one of `ids`.
Result<std::vector<Row>>
rows_that_refer(Connection& reader, const RecordType& type, std::size_t slot, std::span<const Id> ids);

} // namespace mortise::host
