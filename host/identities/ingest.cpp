#include "duplicates/duplicates.hpp"
#include "identities/identities.hpp"
#include "identities/identity_types.hpp"
#include "merging/merging.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <set>

namespace mortise::host {

namespace {

constexpr int most_attempts = 50;

std::string evidence_of(const SourceMessage& message)
{
    return message.source + " names both in its message " + message.id;
}

/// Makes the unit that writes a message.
class MessageWriter {
public:
    MessageWriter(
        const Schema& schema, Records& records, const SourceMessage& message, const MessageFinding& finding
    )
        : m_contacts{*schema.find("contact")},
          m_identities{*schema.find("identity")},
          m_records{records},
          m_message{message},
          m_finding{finding}
    {
        const auto target = finding.contacts.find(finding.target);
        if (target != finding.contacts.end()) m_state = &target->second;
    }

    Result<UnitOfWork> run(IngestOutcome& outcome)
    {
        MORTISE_TRY(m_contact, m_state ? Result<Id>{m_state->row.id} : m_records.reserve(1));
        MORTISE_CHECK(write_identities());
        MORTISE_CHECK(write_contact(outcome));
        if (m_message.event && !m_finding.event_has_come) {
            tell();
            outcome.has_event = true;
        }
        outcome.contact = m_contact;
        outcome.is_new = m_state == nullptr;
        return std::move(m_unit);
    }

private:
    Id owner() const { return m_state ? m_state->row.owner : Id{}; }

    Result<void> write_identities()
    {
        for (std::size_t i = 0; i < m_message.identities.size(); ++i) {
            const GivenIdentity& given = m_message.identities[i];
            const FoundIdentity& found = m_finding.identities[i];
            const bool is_others = found.contact && found.contact != m_contact;
            if (!found.row && is_others) continue; // an address of a contact that is another
            if (!is_others) m_is_verified |= given.strength == Strength::verified;
            Id id;
            if (found.row) {
                id = found.row->id;
                if (!m_finding.restricted.contains(found.contact))
                    update_identity(given, *found.row, is_others);
            } else {
                MORTISE_TRY(id, m_records.reserve(1));
                Map values{
                    {"contact", m_contact},
                    {"namespace", given.name_space},
                    {"value", given.value},
                    {"strength", std::string{name_of(given.strength)}},
                    {"source", m_message.source},
                    {"first_seen", m_message.at},
                    {"last_seen", m_message.at}
                };
                if (owner()) values.set("owner", owner());
                m_unit.changes.push_back(change_of(Operation::create, "identity", id, 0, std::move(values)));
            }
            if (i == 0) m_first = id;
        }
        m_is_verified |= m_state != nullptr && m_state->is_verified;
        return {};
    }

    void update_identity(const GivenIdentity& given, const Row& row, bool is_others)
    {
        const auto kept = [&](const char* field) { return value_of(m_identities, row, field); };
        Map values;
        if (!is_others && kept("contact") != Value{m_contact}) values.set("contact", m_contact);
        if (given.strength > strength_named(kept("strength").text()))
            values.set("strength", std::string{name_of(given.strength)});
        const Value first_seen = kept("first_seen");
        const Value last_seen = kept("last_seen");
        const auto* first = first_seen.as<Instant>();
        const auto* last = last_seen.as<Instant>();
        const bool is_earlier = first == nullptr || m_message.at < *first;
        if (is_earlier) values.set("first_seen", m_message.at);
        if (last == nullptr || m_message.at > *last) values.set("last_seen", m_message.at);
        if (is_earlier || (m_message.at == *first && m_message.source < kept("source").text()))
            if (kept("source") != Value{m_message.source}) values.set("source", m_message.source);
        if (!values.empty())
            m_unit.changes.push_back(
                change_of(Operation::update, "identity", row.id, row.version, std::move(values))
            );
    }

    Result<void> write_contact(IngestOutcome& outcome)
    {
        std::vector<SourceProfile> profiles;
        if (m_state) profiles = m_state->profiles;
        std::vector<std::size_t> touched;
        if (const auto at = adopt(m_contacts, profiles, m_finding.edits)) touched.push_back(*at);
        if (!m_message.fields.empty()) touched.push_back(take_fields(profiles));
        const auto decisions = decide_fields(m_contacts, m_finding.rules, profiles);
        if (m_state)
            update_contact(decisions, outcome);
        else
            create_contact(decisions, outcome);
        for (const std::size_t at : touched)
            write_profile(profiles[at]);
        return {};
    }

    std::size_t take_fields(std::vector<SourceProfile>& profiles) const
    {
        const auto known = std::ranges::find_if(profiles, [&](const SourceProfile& profile) {
            return profile.source() == m_message.source && profile.identity() == m_first;
        });
        const auto at = static_cast<std::size_t>(known - profiles.begin());
        if (known == profiles.end()) profiles.emplace_back(m_message.source, m_first);
        for (const auto& [name, value] : m_message.fields)
            profiles[at].take(m_contacts.fields[*m_contacts.slot(name)], {value, m_message.at, m_message.id});
        return at;
    }

    void update_contact(std::span<const FieldDecision> decisions, IngestOutcome& outcome)
    {
        const Row wanted = wanted_row(m_contacts, m_state->row, decisions, m_is_verified);
        outcome.changed = difference(m_contacts, m_state->row, wanted);
        if (!outcome.changed.empty())
            m_unit.changes.push_back(
                change_of(Operation::update, "contact", m_contact, m_state->row.version, outcome.changed)
            );
    }

    void create_contact(std::span<const FieldDecision> decisions, IngestOutcome& outcome)
    {
        Row empty;
        empty.values.resize(m_contacts.fields.size());
        Row row = anonymous_contact(m_contacts);
        row = wanted_row(m_contacts, std::move(row), decisions, m_is_verified);
        outcome.changed = difference(m_contacts, empty, row);
        m_unit.changes.push_back(change_of(Operation::create, "contact", m_contact, 0, outcome.changed));
    }

    void write_profile(const SourceProfile& profile)
    {
        Map values{{"content", profile.content()}};
        if (profile.record()) {
            m_unit.changes.push_back(change_of(
                Operation::update, profile_type, profile.record(), profile.version(), std::move(values)
            ));
            return;
        }
        values.set("contact", m_contact);
        values.set("source", profile.source());
        if (profile.identity()) values.set("identity", profile.identity());
        if (owner()) values.set("owner", owner());
        m_unit.changes.push_back(change_of(Operation::create, profile_type, {}, 0, std::move(values)));
    }

    void tell()
    {
        const GivenEvent& given = *m_message.event;
        EventDraft draft;
        draft.type = given.type;
        draft.subject = m_contact;
        draft.subject_type = "contact";
        draft.time = given.time;
        if (m_first) draft.links.push_back({m_first, "identity"});
        // So that it is in that one's history too, should the two be parted again.
        if (m_finding.formerly) draft.links.push_back({m_finding.formerly, "stitched"});
        draft.data = given.data;
        m_unit.events.push_back(std::move(draft));
    }

    const RecordType& m_contacts;
    const RecordType& m_identities;
    Records& m_records;
    const SourceMessage& m_message;
    const MessageFinding& m_finding;
    const ContactState* m_state{nullptr};
    Id m_contact;
    Id m_first;
    bool m_is_verified{false};
    UnitOfWork m_unit;
};

} // namespace

Result<void> may_ingest(const Principal& principal)
{
    const Rights* rights = principal.rights.get();
    const bool may = rights ? rights->can(Capability::merge) && rights->of("contact").is_whole()
            && rights->of("contact").write == Level::all && rights->of("contact").create
            && rights->of("contact").read_only.empty() && rights->of("identity").is_whole()
            && rights->of("identity").write == Level::all && rights->of("identity").create
                            : !principal.row_owner();
    if (may) return {};
    return Error{
        .code = ErrorCode::denied,
        .message = principal.user_name + " may not take in what sources tell",
        .key = "access.ingest",
        .where = {},
        .hint
        = "it takes the capability \"merge\", and writing all contacts and identities with every field; an "
          "administrator can change the roles",
    };
}

Result<IngestOutcome> Identities::ingest(const CallContext& context, const Map& given)
{
    MORTISE_CHECK(may_ingest(context.principal));
    MORTISE_TRY(
        const SourceMessage message, read_message(*m_services.records.schema(), given, m_services.clock.now())
    );
    CallContext wide = for_identities(context);
    wide.dry_run = context.dry_run;
    IngestOutcome done;
    std::unique_lock repeating{m_repeating, std::defer_lock};
    for (int attempt = 1;; ++attempt) {
        auto outcome = try_ingest(wide, message, done);
        if (outcome || !is_worth_repeating(outcome.error()) || attempt == most_attempts) return outcome;
        if (!repeating.owns_lock()) repeating.lock();
    }
}

Result<IngestOutcome>
Identities::try_ingest(const CallContext& wide, const SourceMessage& message, IngestOutcome& done)
{
    IngestOutcome outcome;
    MessageFinding finding;
    const auto look = [&]() -> Result<void> {
        const ReadLease reader = m_services.database.read();
        MORTISE_CHECK(reader->begin());
        MORTISE_TRY(finding, find_contacts(*reader, *m_services.records.schema(), message));
        return {};
    };
    MORTISE_CHECK(look());
    outcome.contact = finding.target;
    if (finding.has_come) {
        outcome.repeated = true;
        return outcome;
    }
    if (const auto found = finding.restricted.find(finding.target); found != finding.restricted.end())
        return restricted_error(found->second);
    MORTISE_CHECK(leave_apart(finding, outcome));
    if (wide.dry_run) {
        outcome.is_new = !finding.target;
        outcome.merges = finding.stitches;
        outcome.pairs = finding.pairs;
        outcome.ambiguous = finding.ambiguous;
        return outcome;
    }
    if (!finding.stitches.empty()) {
        MORTISE_CHECK(stitch(wide, message, finding, done));
        MORTISE_CHECK(look());
        if (finding.has_come) {
            outcome.repeated = true;
            outcome.contact = finding.target;
            return outcome;
        }
        outcome.apart.clear();
        MORTISE_CHECK(leave_apart(finding, outcome));
        for (const Id other : done.pairs)
            if (std::erase(finding.stitches, other) != 0) finding.pairs.push_back(other);
    }
    outcome.merges = done.merges;
    outcome.pairs = finding.pairs;
    outcome.ambiguous = finding.ambiguous;
    MORTISE_CHECK(write(wide, message, finding, outcome));
    return outcome;
}

Result<void> Identities::leave_apart(MessageFinding& finding, IngestOutcome& outcome)
{
    if (!finding.target) return {};
    for (std::vector<Id>* others : {&finding.stitches, &finding.pairs}) {
        std::vector<Id> left;
        for (const Id other : *others) {
            MORTISE_TRY(const bool apart, m_services.duplicates.book().are_apart(finding.target, other));
            (apart ? outcome.apart : left).push_back(other);
        }
        *others = std::move(left);
    }
    return {};
}

Result<void> Identities::stitch(
    const CallContext& wide,
    const SourceMessage& message,
    const MessageFinding& finding,
    IngestOutcome& outcome
)
{
    const SchemaPointer schema = m_services.records.schema();
    const TypePointer contacts = schema->find("contact");
    const std::size_t kind = *contacts->slot("kind");
    std::set<std::string, std::less<>> claimed;
    for (const auto& [contact, state] : finding.contacts)
        for (const SourceProfile& profile : state.profiles)
            for (const auto& [field, claim] : profile.claims())
                claimed.insert(field);
    MORTISE_CHECK(keep_hand_edits(wide, finding.target, claimed));
    std::vector<SourceProfile> profiles = finding.contacts.at(finding.target).profiles;
    Value present = finding.contacts.at(finding.target).row.values[kind];
    for (const Id other : finding.stitches) {
        MORTISE_CHECK(keep_hand_edits(wide, other, claimed));
        const ContactState& state = finding.contacts.at(other);
        std::ranges::copy(state.profiles, std::back_inserter(profiles));
        MergeRequest request;
        request.survivor = finding.target;
        request.losers = {other};
        request.reason = evidence_of(message);
        // Of different kinds they are the same all the same: the source says so.
        for (const FieldDecision& each : decide_fields(*contacts, finding.rules, profiles))
            if (each.slot == kind && !each.decision.value.is_null()) present = each.decision.value;
        request.takes.emplace("kind", FieldTake{{}, present});
        auto merged = m_services.merging.merge(wide, request);
        if (!merged && merged.error().key == "records.restricted") { // somebody whom it is related to is
            outcome.pairs.push_back(other);
            continue;
        }
        MORTISE_TRY(const MergeOutcome done, std::move(merged));
        outcome.merges.push_back(done.merge);
    }
    return m_services.duplicates.book().settle(wide, finding.target);
}

Result<void> Identities::write(
    const CallContext& wide,
    const SourceMessage& message,
    const MessageFinding& finding,
    IngestOutcome& outcome
)
{
    const SchemaPointer schema = m_services.records.schema();
    MORTISE_TRY(UnitOfWork unit, MessageWriter(*schema, m_services.records, message, finding).run(outcome));
    for (const Id other : finding.pairs) {
        MORTISE_TRY(
            auto pair, m_services.duplicates.book().suggestion(outcome.contact, other, evidence_of(message))
        );
        if (pair) unit.changes.push_back(*std::move(pair));
    }
    const bool has_new_event = message.event && !message.event->id.empty() && !finding.event_has_come;
    unit.by_hand = false;
    unit.also = [&message, has_new_event, contact = outcome.contact](Connection& connection) -> Result<void> {
        MORTISE_CHECK(remember_message(connection, "message", message.source, message.id, contact));
        if (!has_new_event) return {};
        return remember_message(connection, "event", message.source, message.event->id, contact);
    };
    MORTISE_TRY(const Commit commit, m_services.records.commit(wide, unit));
    outcome.commit = commit.number;
    return {};
}

} // namespace mortise::host
