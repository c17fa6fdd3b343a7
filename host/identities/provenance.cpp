#include "identities/identities.hpp"
#include "records/records.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace mortise::host {

namespace {

/// What a name may follow from.
constexpr std::array<std::string_view, 7> behind_names{
    "given_name", "additional_name", "family_name", "name_suffix", "nickname", "email", "phone"
};

std::set<std::string, std::less<>> claimed_by(std::span<const ContactState> states)
{
    std::set<std::string, std::less<>> fields;
    for (const ContactState& state : states)
        for (const SourceProfile& profile : state.profiles)
            for (const auto& [field, claim] : profile.claims())
                fields.insert(field);
    return fields;
}

/// The lifecycle of one whom somebody knows; nothing if nobody does.
std::optional<Value> known_lifecycle(const RecordType& contacts, std::span<const ContactState> states)
{
    for (const ContactState& state : states)
        if (!state.is_anonymous(contacts)) return value_of(contacts, state.row, "lifecycle");
    return std::nullopt;
}

/// The survivor with what the others know of names; its own name left open if it follows from them.
Row survivor_with_names(const RecordType& contacts, std::span<const Row> rows, bool follows)
{
    Row base = rows.front();
    if (follows) base.values[*contacts.slot("name")] = Value{}; // of all that is known then
    for (const std::string_view field : behind_names)
        for (const Row& row : rows)
            if (const std::size_t slot = *contacts.slot(field); base.values[slot].is_null())
                base.values[slot] = row.values[slot];
    return base;
}

} // namespace

/// What the survivor of a merge gets by the rules, of fields that some source speaks of. Kinds are not
/// chosen: contacts of different kinds are refused, or taken for the same by whoever asks.
Result<FieldTakes>
Identities::advise(Connection& reader, const RecordType& contacts, std::span<const Row> rows)
{
    const SchemaPointer schema = m_services.records.schema();
    std::vector<ContactState> states;
    bool is_verified = false;
    bool is_any_anonymous = false;
    for (const Row& row : rows) {
        MORTISE_TRY(auto state, read_state(reader, *schema, row.id));
        if (!state) return FieldTakes{};
        is_verified |= state->is_verified;
        is_any_anonymous |= state->is_anonymous(contacts);
        states.push_back(*std::move(state));
    }
    const auto claimed = claimed_by(states);
    FieldTakes takes;
    if (claimed.empty() && !is_any_anonymous) return takes;
    MORTISE_TRY(const SurvivorshipRules rules, SurvivorshipRules::read(reader, *schema));
    std::vector<SourceProfile> profiles;
    for (ContactState& state : states) {
        MORTISE_TRY(const HandEdits edits, hand_edits(reader, contacts, state, rules, claimed));
        adopt(contacts, state.profiles, edits);
        std::ranges::copy(state.profiles, std::back_inserter(profiles));
    }
    const bool follows = is_name_derived(contacts, rows.front());
    const Row base = survivor_with_names(contacts, rows, follows);
    const auto decisions = decide_fields(contacts, rules, profiles);
    const Row wanted = wanted_row(contacts, base, decisions, is_verified);
    for (const FieldDecision& each : decisions) {
        const std::string& name = contacts.fields[each.slot].name;
        if (name != "kind") takes.emplace(name, FieldTake{{}, wanted.values[each.slot]});
    }
    if (is_any_anonymous && (!takes.contains("lifecycle") || takes.at("lifecycle").value.is_null())) {
        if (const auto known = known_lifecycle(contacts, states)) takes["lifecycle"] = FieldTake{{}, *known};
    }
    if (takes.contains("name") || !follows) return takes;
    Value name = wanted.values[*contacts.slot("name")];
    for (const Row& row : rows)
        if (!is_name_derived(contacts, row)) {
            name = value_of(contacts, row, "name");
            break;
        }
    takes.emplace("name", FieldTake{{}, std::move(name)});
    return takes;
}

Result<void> Identities::keep_hand_edits(
    const CallContext& wide, Id contact, const std::set<std::string, std::less<>>& claimed
)
{
    const SchemaPointer schema = m_services.records.schema();
    const TypePointer contacts = schema->find("contact");
    std::optional<ContactState> state;
    HandEdits edits;
    {
        const ReadLease reader = m_services.database.read();
        MORTISE_CHECK(reader->begin());
        MORTISE_TRY(state, read_state(*reader, *schema, contact));
        if (!state || (state->profiles.empty() && claimed.empty())) return {};
        MORTISE_TRY(const SurvivorshipRules rules, SurvivorshipRules::read(*reader, *schema));
        MORTISE_TRY(edits, hand_edits(*reader, *contacts, *state, rules, claimed));
    }
    const auto at = adopt(*contacts, state->profiles, edits);
    if (!at) return {};
    const SourceProfile& profile = state->profiles[*at];
    Change change{
        .operation = profile.record() ? Operation::update : Operation::create,
        .type = std::string{profile_type},
        .id = profile.record(),
        .version = {},
        .values = {{"content", profile.content()}}
    };
    if (profile.record())
        change.version = profile.version();
    else {
        change.values.set("contact", contact);
        change.values.set("source", profile.source());
        if (state->row.owner) change.values.set("owner", state->row.owner);
    }
    UnitOfWork unit;
    unit.by_hand = false;
    unit.changes.push_back(std::move(change));
    MORTISE_CHECK(m_services.records.commit(wide, unit));
    return {};
}

Result<Provenance> Identities::provenance(const Principal& principal, Id contact)
{
    const SchemaPointer schema = m_services.records.schema();
    const TypePointer contacts = schema->find("contact");
    Provenance provenance;
    MORTISE_TRY(provenance.contact, m_services.records.get(principal, "contact", contact));
    const ReadLease reader = m_services.database.read();
    MORTISE_CHECK(reader->begin());
    MORTISE_TRY(auto state, read_state(*reader, *schema, provenance.contact.id));
    if (!state)
        return Error{
            .code = ErrorCode::not_found,
            .message = "contact " + std::to_string(contact.number) + " is deleted",
            .key = "records.not_found",
            .where = std::to_string(contact.number),
        };
    MORTISE_TRY(const SurvivorshipRules rules, SurvivorshipRules::read(*reader, *schema));
    MORTISE_TRY(const HandEdits edits, hand_edits(*reader, *contacts, *state, rules, {}));
    adopt(*contacts, state->profiles, edits);
    provenance.identities = std::move(state->identities);
    provenance.fields = decide_fields(*contacts, rules, state->profiles);
    return provenance;
}

} // namespace mortise::host
