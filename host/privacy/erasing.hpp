#pragma once

/// \file
/// What an erasure overwrites, and the overwriting itself, in SQL: records write versions, and here no former
/// version may stay. Private to this room.

#include "privacy/erasure_ledger.hpp"
#include "privacy/held_records.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

struct ErasedType {
    TypePointer type;
    std::vector<Id> ids;
    bool is_whole{false}; ///< the records are about the person and nothing else

    /// Whether anything of it is overwritten.
    bool is_changed() const;
    /// Whether the contents of events about them go.
    bool loses_events() const;
};

struct ErasurePlan {
    std::vector<ErasedType> types;
    std::vector<Id> live_contacts; ///< not deleted yet
    std::vector<Id> contacts; ///< all of the person
    std::vector<ErasedContact> ledger; ///< the same as the ledger names them
    std::vector<std::int64_t> events; ///< whose contents go
    std::vector<std::string> values; ///< by which the person is known elsewhere: addresses, names
};

/// References stay: an id is nobody's name.
bool erases(const ErasedType& erased, const Field& field);

Result<ErasurePlan> plan_erasure(Connection& reader, const HeldRecords& held);
Result<bool> was_erased(Connection& reader, const Schema& schema, Id contact);
/// Inside the transaction that tells of it with `events` events.
Result<void> overwrite(Connection& connection, const ErasurePlan& plan, Instant now, std::size_t events);

} // namespace mortise::host
