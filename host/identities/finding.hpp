#pragma once

/// \file
/// Whom a message is about: the contacts that its identities belong to, and what is to become of them. Works
/// on one snapshot and writes nothing.

#include "identities/contact_state.hpp"
#include "identities/source_message.hpp"
#include "records/restrictions.hpp"

#include <mortise/result.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;

/// An identity of a message, as the database knows it.
struct FoundIdentity {
    std::optional<Row> row; ///< its record
    Id contact; ///< a live one; 0: none
    Strength match{Strength::inferred}; ///< the weaker of what is known and what the message says
};

struct MessageFinding {
    bool has_come{false}; ///< the message came before, and was about `target`
    bool event_has_come{false};
    std::vector<FoundIdentity> identities; ///< as those of the message
    std::map<Id, ContactState> contacts; ///< that they belong to
    std::map<Id, Restriction> restricted; ///< those of them whose processing is
    std::vector<std::string> ambiguous; ///< addresses that several contacts have
    Id target; ///< whom the message is about; 0: nobody who is known yet
    std::vector<Id> stitches; ///< anonymous contacts that are the same as it
    std::vector<Id> pairs; ///< contacts that may be the same: known ones, and those that are restricted
    SurvivorshipRules rules;
    HandEdits edits; ///< of the target
    Id formerly; ///< whose the first identity was before it was stitched to the target; 0: nobody's
};

/// What is remembered of messages that came: nothing that could be read back.
Result<void> create_message_log(Connection& connection);
/// `kind` is "message" or "event". Inside a transaction of the writer. `records.changed_meanwhile` if it came
/// meanwhile.
Result<void> remember_message(
    Connection& connection, std::string_view kind, std::string_view source, std::string_view id, Id contact
);

Result<MessageFinding> find_contacts(Connection& reader, const Schema& schema, const SourceMessage& message);

/// The merge that stitched an identity to the contact that has it, if one that is still applied did.
struct Stitch {
    Id merge;
    Id formerly; ///< whose it was before
};
Result<std::optional<Stitch>> stitch_of(Connection& reader, const Schema& schema, Id identity);

} // namespace mortise::host
