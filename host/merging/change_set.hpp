#pragma once

/// \file
/// `ChangeSet`: what a merge, or its undoing, does to records of every type, collected by record, since a
/// unit of work writes a record once. The changes are written as they are: no hook amends them, nothing
/// follows from them, and records that are deleted, or whose plugin was removed, are changed like others.
/// Each change of a live record of a live type has its event.

#include "base/collator.hpp"
#include "records/prepared_unit.hpp"
#include "records/row.hpp"
#include "records/schema.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <map>
#include <optional>
#include <vector>

namespace mortise::host {

class Connection;

/// One record as it was and as it will be.
struct RecordEdit {
    TypePointer type;
    std::optional<Row> before; ///< nothing: the record is new
    Row after;

    /// Slots whose values differ; all that have a value when the record is new.
    std::vector<std::size_t> changed() const;
    bool is_change() const;
    /// Goes, with this change.
    bool removes() const;
};

/// Used by one thread at a time.
class ChangeSet {
public:
    /// The record as it will be, to be changed. `row` is what is in the database.
    Row& edit(const TypePointer& type, const Row& row);
    /// A new record; `row` has its id.
    Row& create(const TypePointer& type, Row row);
    /// The record as it will be, or null if the set does not change it.
    const Row* find(Id id) const;
    const RecordEdit* find_edit(Id id) const;
    /// By record.
    const std::map<std::int64_t, RecordEdit>& edits() const noexcept { return m_edits; }
    /// How many records really change.
    std::size_t size() const;

    /// The changes, those first that make room for others. Call once, at the end.
    std::vector<PreparedChange> changes(Instant now, const Collator& collator) const;
    /// The events that tell of them, in the order of the records. `merged_into`: not 0: contacts that go were
    /// merged into this one.
    std::vector<EventDraft> events(Id merged_into) const;

private:
    std::map<std::int64_t, RecordEdit> m_edits;
};

/// Fails where one of the changes is of data of a contact that is restricted. `visible_to`: whose records
/// alone the error may name; 0: all.
Result<void> refuse_restricted_along(Connection& reader, const ChangeSet& changes, Id visible_to);

} // namespace mortise::host
