#pragma once

/// \file
/// Contacts whose processing is restricted: what is held of them is kept and can be read, and nobody changes
/// it but who may lift the restriction, by hand. This is the one place where that is enforced, in every unit
/// of work.

#include "records/prepared_unit.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <map>
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
/// The same of the contact that it stands for now, if it was merged into another.
Result<std::optional<Restriction>> present_restriction_of(Connection& connection, Id contact);
/// All, by contact.
Result<std::vector<Restriction>> restrictions(Connection& connection);
/// Their contacts: empty in most houses, and cheap then.
Result<std::set<std::int64_t>> restricted_contacts(Connection& connection);
/// Those among the records that are restricted contacts or refer to one directly; whatever fields the type
/// shows. Others between the least and the greatest of `ids` may be in it too.
Result<std::set<std::int64_t>>
about_restricted(Connection& connection, const RecordType& type, std::span<const Id> ids);

/// Inside a transaction of the writer. `state` and "privacy.restricted" if it is restricted already.
Result<void> add_restriction(Connection& connection, const Restriction& restriction);
/// `retry` and "privacy.changed_meanwhile" unless it is there just as it was read.
Result<void> lift_restriction(Connection& connection, const Restriction& restriction);
/// Whatever it is, if there is one: of a contact of which nothing is left.
Result<void> remove_restriction(Connection& connection, Id contact);

/// "records.restricted": who restricted it, since when, and how that is lifted.
Error restricted_error(const Restriction& restriction);
/// "privacy.restricted": nobody restricts it twice.
Error restricted_before(const Restriction& restriction);
/// Fails where one of the contacts is restricted.
Result<void> refuse_restricted(Connection& connection, std::span<const Id> contacts);

/// The contacts whose data a record is, before a change and behind it: the contact itself, or those that an
/// address, an identity, a relation or what a source said refers to. A contact that is new (no `before`) has
/// none that could be restricted.
std::vector<Id> contacts_of(const RecordType& type, const Row* before, const Row& after);
/// By record: a restricted contact that would change along if that record were deleted, since it, or what is
/// its data, is bound to it (`on_delete`).
Result<std::map<std::int64_t, Id>> bound_by_restricted(Connection& connection, const Schema& schema);

/// Whether the unit comes from a person who may lift restrictions, by hand: not from the host itself, a
/// plugin, an agent, the public, an import or what sources tell, and not with many records at once.
bool may_change_restricted(const CallContext& context, const UnitOfWork& unit);
/// Refuses changes of restricted contacts and of what is their data, unless the unit may; what follows from
/// others unless it asks for a change of the same contact itself; and their deletion, whoever asks. Where an
/// address bounces is found out by sending, and no change of the person's data. Called when the unit is
/// prepared, and again when it is written.
Result<void> check_restrictions(Connection& connection, const PreparedUnit& unit);
/// The same of one change that follows from others, for who works them out by itself. `visible_to`: whose
/// records alone the error may name; 0: all.
Result<void> refuse_along(
    Connection& connection, const RecordType& type, const Row* before, const Row& after, Id visible_to
);

} // namespace mortise::host
