#pragma once

/// \file
/// What is compared of contacts, read from their records: the contact, its points, its verified identities.

#include "matching/profile.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <functional>
#include <optional>

namespace mortise::host {

class Connection;

/// The facts that a contact's own fields tell; `values` are by field, as in a draft.
matching::ContactFacts facts_of(const Map& values);

/// Of one contact; nothing if it is not there or deleted.
Result<std::optional<matching::ContactFacts>>
read_facts(Connection& reader, const Schema& schema, Id contact);

/// Of all contacts that are not deleted, by their ids: three cursors side by side, one pass over each table.
/// `take` gives false to stop.
Result<void> each_contact(
    Connection& reader,
    const Schema& schema,
    const std::function<bool(Id contact, const matching::ContactFacts& facts)>& take
);

/// How many there are.
Result<std::uint64_t> count_contacts(Connection& reader, const Schema& schema);

} // namespace mortise::host
