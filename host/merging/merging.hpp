#pragma once

/// \file
/// `Merging`: makes one contact of several, and takes that back. Every reference of every record type leads
/// to the survivor afterwards; the others stay as they were, deleted, and their ids lead on to it for ever
/// (records/redirects.hpp). Each merge is a record of its own (merge_types.hpp) and one transaction.

#include "access/principal.hpp"
#include "base/clock.hpp"
#include "base/collator.hpp"
#include "merging/merge_plan.hpp"
#include "merging/unmerge_plan.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>

namespace mortise::host {

class Database;
class Records;
class Writer;

struct MergeOutcome {
    Id merge; ///< 0: it was only previewed
    std::int64_t commit{0};
    MergePlan plan;
};

struct UnmergeOutcome {
    Id merge;
    std::int64_t commit{0}; ///< 0: it was only previewed
    UnmergePlan plan;
};

/// Thread-safety: any thread.
class Merging {
public:
    Merging(Database& database, Writer& writer, Records& records, const Clock& clock);

    /// Makes type and tables where they are not there.
    Result<void> open();

    /// What of the contacts' values the survivor gets where a request says nothing: of fields that `advice`
    /// names, what it says. Called inside the snapshot of a merge, the survivor first. Set it before the
    /// first merge.
    using Advice = std::function<
        Result<FieldTakes>(Connection& reader, const RecordType& contacts, std::span<const Row> rows)>;
    void set_advice(Advice advice) { m_advice = std::move(advice); }

    /// Merges. The principal must see every one of the contacts; what refers to them is moved whoever owns
    /// it. With a dry run (`context.dry_run`) the plan is all. Hooks see what becomes of the survivor, and
    /// may amend or refuse it. Errors: `merge.contacts`, `merge.merged_already`, those of `choose_fields`,
    /// not_found, conflict when `version` is not the survivor's any more, those of hooks, `limit` of a rule
    /// that the moved records would break, and `records.restricted` of one of the contacts or of another
    /// whose data would move, whoever asks.
    Result<MergeOutcome> merge(const CallContext& context, const MergeRequest& request);
    /// Takes a merge back, by its id. Errors: those of `plan_unmerge`, `records.restricted`.
    Result<UnmergeOutcome> unmerge(const CallContext& context, Id merge);

    /// The merge that a commit made, if it made one.
    Result<std::optional<Id>> merge_of_commit(std::int64_t commit);
    /// The merge that a commit took back, if it did.
    Result<std::optional<Id>> unmerge_of_commit(std::int64_t commit);

private:
    Result<MergeOutcome> try_merge(const CallContext& context, const MergeRequest& request);
    Result<UnmergeOutcome> try_unmerge(const CallContext& context, Id merge);
    Result<std::vector<Row>>
    contacts_of(Connection& reader, const CallContext& context, const MergeRequest& request);
    Result<Row>
    survivor_as_wanted(const CallContext& context, const MergeRequest& request, const MergePlan& plan);
    /// Those of the request, and what `m_advice` says of other fields.
    Result<FieldTakes> takes_of(Connection& reader, const MergeRequest& request, const MergePlan& plan);
    Result<std::int64_t> write(
        const CallContext& context,
        UnitOfWork unit,
        const ChangeSet& changes,
        std::function<Result<void>(Connection&)> also
    );

    Database& m_database;
    Writer& m_writer;
    Records& m_records;
    const Clock& m_clock;
    Advice m_advice;
    std::optional<Collator> m_collator; // made by `open`
};

} // namespace mortise::host
