#pragma once

/// \file
/// A contact with its identities and all that sources say of it, and what it should be by the rules.

#include "identities/source_profile.hpp"
#include "identities/survivorship_rules.hpp"
#include "records/row.hpp"
#include "records/schema.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

/// What a contact is called of whom there is nothing to call it by.
inline constexpr std::string_view nameless = "Anonymous";

struct ContactState {
    Row row;
    std::vector<Row> identities; ///< live ones
    std::vector<SourceProfile> profiles;
    bool is_verified{false}; ///< one of the identities is

    /// Nobody knows yet who it is: its lifecycle says so, and it has no verified identity.
    bool is_anonymous(const RecordType& contacts) const;
};

/// Null if the contact is deleted or not there. Inside a snapshot.
Result<std::optional<ContactState>> read_state(Connection& reader, const Schema& schema, Id contact);
/// What sources say of the contact.
Result<std::vector<SourceProfile>> read_profiles(Connection& reader, const Schema& schema, Id contact);
/// The identity that is not deleted, if there is one.
Result<std::optional<Row>>
find_identity(Connection& reader, const Schema& schema, std::string_view name_space, std::string_view value);

/// What was decided about one field.
struct FieldDecision {
    std::size_t slot{0};
    SurvivorshipRule rule;
    std::vector<SourceClaim> claims;
    Decision decision;
};

/// For each field that any source speaks of, in the order of the fields.
std::vector<FieldDecision> decide_fields(
    const RecordType& contacts, const SurvivorshipRules& rules, std::span<const SourceProfile> profiles
);

/// The row with the values that were decided, its name where that only follows from others, and its
/// lifecycle: `anonymous` as long as nobody knows who it is.
Row wanted_row(
    const RecordType& contacts, Row row, std::span<const FieldDecision> decisions, bool is_verified
);
/// The name only follows from other fields, or from nothing.
bool is_name_derived(const RecordType& contacts, const Row& row);

/// By field.
using HandEdits = std::map<std::string, Said>;

/// What somebody wrote into the contact since its sources were looked at last: where it differs from what was
/// decided, and what is there of the fields `claimed`, of which no source had spoken before. Where a rule
/// was changed since, what some source says as well is not taken for written by hand.
Result<HandEdits> hand_edits(
    Connection& reader,
    const RecordType& contacts,
    const ContactState& state,
    const SurvivorshipRules& rules,
    const std::set<std::string, std::less<>>& claimed
);
/// Adds those to the profile of what people wrote, which is made where it is not there. Gives that one's
/// place; nothing if there were none.
std::optional<std::size_t>
adopt(const RecordType& contacts, std::vector<SourceProfile>& profiles, const HandEdits& edits);

/// The fields of the contact that differ, with what they should be.
Map difference(const RecordType& contacts, const Row& from, const Row& to);

/// With `version` 0 of whatever version.
Change change_of(Operation operation, std::string_view type, Id id, std::int64_t version, Map values);
/// What a contact is of whom nothing is known yet; it has no id.
Row anonymous_contact(const RecordType& contacts);

} // namespace mortise::host
