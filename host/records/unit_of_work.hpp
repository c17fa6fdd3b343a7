#pragma once

/// \file
/// A unit of work: changes and events that become true together or not at all.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

enum class Operation : std::uint8_t { create, update, remove, restore };

std::string_view name_of(Operation operation) noexcept;

struct Change {
    Operation operation{Operation::create};
    std::string type; ///< name of the record type
    Id id; ///< with create: 0, or one that `Records::reserve` gave
    std::optional<std::int64_t> version; ///< what the caller saw; nothing: any
    Map values; ///< create, update: field -> value; null clears a field. "owner" may be set like a field
};

enum class EventClass : std::uint8_t { history, audit, telemetry };

struct EventLink {
    Id record;
    std::string role; ///< why the record is linked: "contact", "organisation", ...
};

struct EventDraft {
    std::string type; ///< "order.placed"
    Id subject{};
    std::string subject_type{}; ///< its record type; empty: looked up
    std::optional<Instant> time{}; ///< when it happened; nothing: now
    EventClass event_class{EventClass::history};
    bool external{false}; ///< it left the house and cannot be undone
    std::string schema{}; ///< "order.placed/1"; empty: the type with "/1"
    std::vector<EventLink> links{};
    Map data{};
};

/// Moves a durable subscription on, together with what its handler wrote. Fails if somebody else moved it
/// before.
struct Acknowledgement {
    std::int64_t subscription{0};
    std::int64_t fence{0};
    std::int64_t from{0}; ///< the cursor that the handler started from
    std::int64_t to{0};
    std::vector<std::int64_t> settled; ///< parked events that are done with
};

using UnitId = std::array<std::byte, 16>;

struct UnitOfWork {
    std::optional<UnitId> id; ///< repeating a committed id returns the first answer
    std::vector<Change> changes;
    std::vector<EventDraft> events;
    std::optional<Acknowledgement> acknowledgement;
    bool imported{false}; ///< bulk input: rules with "skip on import" may look at it
    bool by_hand{true}; ///< false: it follows from what a source or a rule says; see records/restrictions.hpp
    /// The host must, whoever is restricted: erasing again after a restore, forms of its own.
    bool despite_restrictions{false};
    /// What a room above writes in the same transaction (a queued job, the answer of a command). May run
    /// several times before one of them becomes durable.
    std::function<Result<void>(Connection&)> also{};

    bool empty() const noexcept { return changes.empty() && events.empty() && !acknowledgement && !also; }
};

/// What a commit gave.
struct Commit {
    std::int64_t number{0
    }; ///< number of its last event: the commit's place in the history; 0 if it wrote none
    std::vector<Id> ids; ///< of each change, in order
    std::vector<std::int64_t> versions; ///< of each change, in order
    bool repeated{false}; ///< the unit had been committed before
};

} // namespace mortise::host
