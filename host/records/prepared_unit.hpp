#pragma once

/// \file
/// A unit of work after validation and hooks: what exactly will be written. Made by `prepare_unit`, written
/// by `write_unit`.

#include "access/principal.hpp"
#include "records/event_writer.hpp"
#include "records/hooks.hpp"
#include "records/row.hpp"
#include "records/schema.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace mortise::host {

class BlobStore;
class Collator;
class Connection;
struct WriteTransaction;

struct PreparedChange {
    Operation operation{Operation::create};
    TypePointer type;
    std::optional<Row> before;
    Row after;
    std::vector<std::size_t> changed; ///< slots whose value differs from `before`
    bool owner_changed{false};
    bool derived{false}; ///< follows from others of the unit; its caller did not ask for it
    std::vector<std::string> sort_keys{}; ///< create: of each sorted field; update: of those that changed
};

struct PreparedUnit {
    SchemaPointer schema; ///< what it was prepared with; set by `Records::prepare`
    std::optional<UnitId> id;
    std::array<std::byte, 32> digest{}; ///< of what the caller asked for; only with `id`
    std::vector<PreparedChange> changes;
    std::vector<PreparedEvent> events; ///< those of the changes first, in their order
    EventOrigin origin;
    std::optional<Acknowledgement> acknowledgement;
    std::function<Result<void>(Connection&)> also;
    bool may_change_restricted{false}; ///< see records/restrictions.hpp
    bool despite_restrictions{false};
    Id visible_to; ///< whose records alone errors may name; 0: all
};

/// What preparation needs beside the unit.
struct Preparation {
    const CallContext& context;
    const Schema& schema;
    const Schema& seen; ///< as the principal sees it: it names what the caller may name
    Connection& reader;
    const Collator& collator;
    HookRunner* hooks{nullptr};
    Instant now;
    std::function<Result<Id>()> next_id;
    const BlobStore* blobs{nullptr}; ///< contents of files; null: there are none
};

/// Validates, normalises, reads what is there, runs the hooks, and makes the events.
Result<PreparedUnit> prepare_unit(const Preparation& preparation, const UnitOfWork& unit);

/// Writes it inside the transaction. Fails with `retry` and the key "records.changed_meanwhile" when a record
/// is no longer the one that was prepared; the caller then prepares anew.
Result<Commit> write_unit(WriteTransaction& transaction, const PreparedUnit& unit);

/// The commit of a unit that was committed before, if it was.
Result<std::optional<Commit>>
find_unit(Connection& connection, const UnitId& id, const std::array<std::byte, 32>& digest);

/// Tables of units and subscriptions, where they are not there.
Result<void> create_unit_tables(Connection& connection);

} // namespace mortise::host
