#pragma once

/// \file
/// Contacts whose processing is restricted: what is held of them is kept and can be read, and nobody changes
/// it but who may lift the restriction. This is the one place where that is enforced, in every unit of work.

#include "records/prepared_unit.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

struct Restriction {
    Id contact;
    std::string reason;
    std::string by; ///< as `Principal::name` says
    Instant since;
};

/// Makes the table where it is not there.
Result<void> create_restriction_table(Connection& connection);

/// Nothing if the contact is not restricted.
Result<std::optional<Restriction>> restriction_of(Connection& connection, Id contact);
/// All, by contact.
Result<std::vector<Restriction>> restrictions(Connection& connection);
/// Their contacts: empty in most houses, and cheap then.
Result<std::set<std::int64_t>> restricted_contacts(Connection& connection);

/// Inside a transaction of the writer.
Result<void> add_restriction(Connection& connection, const Restriction& restriction);
Result<void> remove_restriction(Connection& connection, Id contact);

/// "records.restricted": who restricted it, since when, and how that is lifted.
Error restricted_error(const Restriction& restriction);
/// Fails where one of the contacts is restricted.
Result<void> refuse_restricted(Connection& connection, std::span<const Id> contacts);

/// Whether the unit comes from a person who may lift restrictions, by hand: neither a plugin, nor an import,
/// nor many records at once.
bool may_change_restricted(const CallContext& context, const UnitOfWork& unit);
/// Refuses changes of restricted contacts, of their addresses, identities and relations, unless the unit may.
/// Called when it is prepared, and again when it is written.
Result<void> check_restrictions(Connection& connection, const PreparedUnit& unit);

} // namespace mortise::host
