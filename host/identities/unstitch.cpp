#include "duplicates/duplicates.hpp"
#include "identities/identities.hpp"
#include "merging/merging.hpp"
#include "records/records.hpp"
#include "records/restrictions.hpp"
#include "records/row_storage.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace mortise::host {

namespace {

constexpr int most_attempts = 16;
constexpr std::string_view reason = "an identity was taken off";

Result<std::optional<Row>> read_identity(Connection& reader, const Schema& schema, Id identity)
{
    const TypePointer type = schema.find("identity");
    MORTISE_TRY(Statement * select, reader.cached(type->sql.select_by_id));
    select->bind(1, identity.number);
    MORTISE_TRY(const bool found, select->step());
    std::optional<Row> row;
    if (found) row = read_row(*select, *type);
    select->reset();
    if (row && row->is_deleted()) row.reset();
    return row;
}

Result<std::int64_t> events_by(Connection& reader, Id identity, Id contact)
{
    MORTISE_TRY(
        Statement * count,
        reader.cached(R"(SELECT count(DISTINCT l.number) FROM "mt$event_link" l JOIN "mt$event" e
            ON e.number = l.number WHERE l.record = ?1 AND +e.subject = ?2)")
    );
    count->bind(1, identity.number);
    count->bind(2, contact.number);
    MORTISE_CHECK(count->step());
    const std::int64_t found = count->integer(0);
    count->reset();
    return found;
}

/// What a contact that an identity is taken off, and the one that has it then, are to be.
class Parting {
public:
    Parting(
        const RecordType& contacts,
        const SurvivorshipRules& rules,
        ContactState from,
        const std::optional<ContactState>& to,
        const Row& identity,
        const RecordType& identities
    )
        : m_contacts{contacts},
          m_rules{rules},
          m_from{std::move(from)},
          m_to{to},
          m_identity{identity},
          m_identities{identities}
    {
        if (to)
            for (const Row& row : to->identities)
                m_moves.insert(row.id);
        else
            m_moves.insert(identity.id);
    }

    /// `contact`: the one that has the identity then.
    UnitOfWork run(Id contact, const HandEdits& edits, std::size_t& moved)
    {
        const auto adopted = adopt(m_contacts, m_from.profiles, edits);
        std::vector<SourceProfile> stay;
        std::vector<SourceProfile> go;
        for (const SourceProfile& profile : m_from.profiles)
            (m_moves.contains(profile.identity()) ? go : stay).push_back(profile);
        moved = go.size();
        leave(stay, go);
        arrive(contact, go);
        if (!m_to)
            add(Operation::update, "identity", m_identity.id, m_identity.version, {{"contact", contact}});
        for (const SourceProfile& profile : go)
            add(Operation::update, profile_type, profile.record(), profile.version(), {{"contact", contact}});
        if (adopted) keep(m_from.profiles[*adopted]);
        return std::move(m_unit);
    }

private:
    void add(Operation operation, std::string_view type, Id id, std::int64_t version, Map values)
    {
        m_unit.changes.push_back(change_of(operation, type, id, version, std::move(values)));
    }

    /// What only those said who go is not the contact's any more.
    void leave(const std::vector<SourceProfile>& stay, const std::vector<SourceProfile>& go)
    {
        Row base = m_from.row;
        std::vector<SourceProfile> others = go;
        if (m_to) std::ranges::copy(m_to->profiles, std::back_inserter(others));
        for (const SourceProfile& profile : others)
            for (const auto& [name, claim] : profile.claims()) {
                const std::size_t slot = *m_contacts.slot(name);
                const bool stays = std::ranges::any_of(stay, [&](const SourceProfile& other) {
                    return other.claims().contains(name);
                });
                if (!stays && says(claim, base.values[slot]))
                    base.values[slot] = m_contacts.fields[slot].default_value;
            }
        const bool is_verified = std::ranges::any_of(m_from.identities, [&](const Row& row) {
            return !m_moves.contains(row.id) && value_of(m_identities, row, "strength").text() == "verified";
        });
        const Row wanted
            = wanted_row(m_contacts, base, decide_fields(m_contacts, m_rules, stay), is_verified);
        if (Map values = difference(m_contacts, m_from.row, wanted); !values.empty())
            add(Operation::update, "contact", m_from.row.id, m_from.row.version, std::move(values));
    }

    void arrive(Id contact, const std::vector<SourceProfile>& go)
    {
        if (m_to) {
            std::vector<SourceProfile> all = m_to->profiles;
            std::ranges::copy(go, std::back_inserter(all));
            const Row wanted = wanted_row(
                m_contacts, m_to->row, decide_fields(m_contacts, m_rules, all), m_to->is_verified
            );
            if (Map values = difference(m_contacts, m_to->row, wanted); !values.empty())
                add(Operation::update, "contact", contact, m_to->row.version, std::move(values));
            return;
        }
        Row empty;
        empty.values.resize(m_contacts.fields.size());
        Row row = anonymous_contact(m_contacts);
        const bool is_verified = value_of(m_identities, m_identity, "strength").text() == "verified";
        row = wanted_row(m_contacts, std::move(row), decide_fields(m_contacts, m_rules, go), is_verified);
        Map values = difference(m_contacts, empty, row);
        if (m_from.row.owner) values.set("owner", m_from.row.owner);
        add(Operation::create, "contact", contact, 0, std::move(values));
    }

    /// What people wrote into the contact, so that it is not taken for what goes.
    void keep(const SourceProfile& profile)
    {
        Map values{{"content", profile.content()}};
        if (!profile.record()) {
            values.set("contact", m_from.row.id);
            values.set("source", profile.source());
        }
        add(profile.record() ? Operation::update : Operation::create,
            profile_type,
            profile.record(),
            profile.version(),
            std::move(values));
    }

    const RecordType& m_contacts;
    const SurvivorshipRules& m_rules;
    ContactState m_from;
    const std::optional<ContactState>& m_to;
    const Row& m_identity;
    const RecordType& m_identities;
    std::set<Id> m_moves;
    UnitOfWork m_unit;
};

} // namespace

Result<UnstitchOutcome> Identities::unstitch(const CallContext& context, Id identity)
{
    MORTISE_CHECK(may_ingest(context.principal));
    const CallContext wide = for_identities(context);
    UnstitchOutcome outcome;
    outcome.identity = identity;
    {
        const ReadLease reader = m_services.database.read();
        MORTISE_CHECK(reader->begin());
        const SchemaPointer schema = m_services.records.schema();
        MORTISE_TRY(const auto row, read_identity(*reader, *schema, identity));
        const std::string name = std::to_string(identity.number);
        if (!row)
            return Error{
                .code = ErrorCode::not_found,
                .message = "there is no identity " + name,
                .key = "records.not_found",
                .where = name,
                .hint = "\"mortise contacts provenance CONTACT\" lists those of a contact",
            };
        outcome.from = value_of(*schema->find("identity"), *row, "contact").get_or(Id{});
        MORTISE_CHECK(refuse_restricted(*reader, std::array{outcome.from}));
        MORTISE_TRY(const auto stitch, stitch_of(*reader, *schema, identity));
        if (stitch) outcome.merge = stitch->merge;
        MORTISE_TRY(const auto state, read_state(*reader, *schema, outcome.from));
        if (!outcome.merge && state && state->identities.size() == 1)
            return Error{
                .code = ErrorCode::state,
                .message
                = "identity " + name + " is the only one of contact " + std::to_string(outcome.from.number),
                .key = "identities.only_one",
                .where = name,
                .hint = "there is nothing to part; delete the identity if it is wrong",
            };
        MORTISE_TRY(outcome.events, events_by(*reader, identity, outcome.from));
    }
    if (outcome.merge) {
        if (!context.dry_run) MORTISE_CHECK(keep_hand_edits(wide, outcome.from, {}));
        CallContext unmerging = wide;
        unmerging.dry_run = context.dry_run;
        MORTISE_TRY(const UnmergeOutcome undone, m_services.merging.unmerge(unmerging, outcome.merge));
        outcome.from = undone.plan.survivor;
        outcome.later = undone.plan.later.size() + undone.plan.more_later;
        if (context.dry_run) {
            if (!undone.plan.merged.empty()) outcome.contact = undone.plan.merged.front();
            return outcome;
        }
    }
    if (context.dry_run) return outcome;
    for (int attempt = 1;; ++attempt) {
        auto parted = part(wide, outcome);
        if (parted) return outcome;
        if (!is_worth_repeating(parted.error()) || attempt == most_attempts) return std::move(parted).error();
    }
}

Result<void> Identities::part(const CallContext& wide, UnstitchOutcome& outcome)
{
    const SchemaPointer schema = m_services.records.schema();
    const RecordType& contacts = *schema->find("contact");
    const RecordType& identities = *schema->find("identity");
    std::optional<Row> identity;
    std::optional<ContactState> from;
    std::optional<ContactState> to;
    SurvivorshipRules rules;
    HandEdits edits;
    {
        const ReadLease reader = m_services.database.read();
        MORTISE_CHECK(reader->begin());
        MORTISE_TRY(identity, read_identity(*reader, *schema, outcome.identity));
        MORTISE_TRY(from, read_state(*reader, *schema, outcome.from));
        const Id has_it = identity ? value_of(identities, *identity, "contact").get_or(Id{}) : Id{};
        if (has_it && has_it != outcome.from) {
            MORTISE_TRY(to, read_state(*reader, *schema, has_it));
        }
        MORTISE_TRY(rules, SurvivorshipRules::read(*reader, *schema));
        // After a merge was undone the contact is what it was, and not what is decided about it now.
        if (from && !outcome.merge) {
            MORTISE_TRY(edits, hand_edits(*reader, contacts, *from, rules, {}));
        }
    }
    if (!identity || !from)
        return Error{
            .code = ErrorCode::state,
            .message = "contact " + std::to_string(outcome.from.number) + " went meanwhile",
            .key = "identities.contact_gone",
            .where = std::to_string(outcome.from.number),
        };
    MORTISE_TRY(const Id contact, to ? Result<Id>{to->row.id} : m_services.records.reserve(1));
    UnitOfWork unit = Parting(contacts, rules, *std::move(from), to, *identity, identities)
                          .run(contact, edits, outcome.profiles);
    MORTISE_TRY(auto apart, m_services.duplicates.book().separation(wide, outcome.from, contact, reason));
    if (apart) unit.changes.push_back(*std::move(apart));
    unit.by_hand = false;
    if (!unit.empty()) MORTISE_CHECK(m_services.records.commit(wide, unit));
    outcome.contact = contact;
    return {};
}

} // namespace mortise::host
