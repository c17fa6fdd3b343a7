#include "identities/finding.hpp"

#include "base/hash.hpp"
#include "records/redirects.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace mortise::host {

namespace {

Digest key_of(std::string_view kind, std::string_view source, std::string_view id)
{
    Hasher hasher;
    for (const std::string_view part : {kind, source, id}) {
        hasher.add(std::to_string(part.size()) + ':');
        hasher.add(part);
    }
    return hasher.finish();
}

/// The contact that it was about; nothing if it has not come yet.
Result<std::optional<Id>>
came_to(Connection& reader, std::string_view kind, std::string_view source, std::string_view id)
{
    MORTISE_TRY(Statement * select, reader.cached(R"(SELECT contact FROM "mt$ingested$" WHERE key = ?1)"));
    const Digest key = key_of(kind, source, id);
    select->bind_bytes(1, key);
    MORTISE_TRY(const bool found, select->step());
    std::optional<Id> contact;
    if (found) contact = Id{select->integer(0)};
    select->reset();
    return contact;
}

class Finder {
public:
    Finder(Connection& reader, const Schema& schema, const SourceMessage& message)
        : m_reader{reader},
          m_schema{schema},
          m_message{message}
    {
    }

    Result<MessageFinding> run()
    {
        MORTISE_TRY(const auto came, came_to(m_reader, "message", m_message.source, m_message.id));
        if (came) {
            MORTISE_TRY(const Id survivor, redirected(m_reader, *came));
            m_finding.has_come = true;
            m_finding.target = survivor ? survivor : *came;
            return std::move(m_finding);
        }
        if (m_message.event && !m_message.event->id.empty()) {
            MORTISE_TRY(const auto event, came_to(m_reader, "event", m_message.source, m_message.event->id));
            m_finding.event_has_come = event.has_value();
        }
        MORTISE_TRY(m_finding.rules, SurvivorshipRules::read(m_reader, m_schema));
        for (const GivenIdentity& given : m_message.identities)
            MORTISE_CHECK(find(given));
        choose();
        MORTISE_CHECK(look_at_target());
        return std::move(m_finding);
    }

private:
    Result<void> find(const GivenIdentity& given)
    {
        FoundIdentity& found = m_finding.identities.emplace_back();
        const TypePointer type = m_schema.find("identity");
        MORTISE_TRY(found.row, find_identity(m_reader, m_schema, given.name_space, given.value));
        Id contact;
        if (found.row) {
            contact = value_of(*type, *found.row, "contact").get_or(Id{});
            found.match
                = std::min(given.strength, strength_named(value_of(*type, *found.row, "strength").text()));
        } else {
            MORTISE_TRY(contact, contact_with_address(given));
            found.match = std::min(given.strength, Strength::asserted);
        }
        if (!contact) return {};
        if (!m_finding.contacts.contains(contact)) {
            MORTISE_TRY(auto state, read_state(m_reader, m_schema, contact));
            if (!state) return {}; // of one that was deleted: it is free
            m_finding.contacts.emplace(contact, *std::move(state));
            MORTISE_TRY(auto restriction, restriction_of(m_reader, contact));
            if (restriction) m_finding.restricted.emplace(contact, *std::move(restriction));
        }
        found.contact = contact;
        m_namespaces[contact].insert(given.name_space);
        return {};
    }

    /// Addresses that nobody brought as an identity: the one contact that has it, if it is one.
    Result<Id> contact_with_address(const GivenIdentity& given)
    {
        if (given.name_space != "email" && given.name_space != "phone") return Id{};
        const TypePointer points = m_schema.find("contact_point");
        const TypePointer contacts = m_schema.find("contact");
        const auto column = [&](const char* field) {
            return "p." + quoted_name(points->fields[*points->slot(field)].column);
        };
        MORTISE_TRY(
            Statement * select,
            m_reader.cached(
                "SELECT DISTINCT " + column("contact") + " FROM " + quoted_name(points->table) + " p JOIN "
                + quoted_name(contacts->table) + " c ON c.id = " + column("contact") + " WHERE "
                + column("value") + " = ?1 AND +" + column("kind")
                + " = ?2 AND +p.deleted_at IS NULL AND +c.deleted_at IS NULL LIMIT 2"
            )
        );
        select->bind(1, std::string_view{given.value});
        select->bind(2, std::string_view{given.name_space});
        std::vector<Id> found;
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            found.push_back({select->integer(0)});
        }
        select->reset();
        if (found.size() > 1) m_finding.ambiguous.push_back(given.name_space + " " + given.value);
        return found.size() == 1 ? found.front() : Id{};
    }

    /// The message names the contact by a verified identity beside one of the same namespace that is verified
    /// of the contact, and no identity of that namespace is the contact's: these are two.
    bool contradicts(const ContactState& state) const
    {
        const RecordType& type = *m_schema.find("identity");
        const auto known = m_namespaces.find(state.row.id);
        return std::ranges::any_of(m_message.identities, [&](const GivenIdentity& given) {
            if (given.strength != Strength::verified) return false;
            if (known != m_namespaces.end() && known->second.contains(given.name_space)) return false;
            return std::ranges::any_of(state.identities, [&](const Row& identity) {
                return value_of(type, identity, "strength").text() == "verified"
                    && value_of(type, identity, "namespace").text() == given.name_space;
            });
        });
    }

    /// Whether the message may be about the contact.
    bool may_be(const ContactState& state) const
    {
        const bool is_sure = std::ranges::any_of(m_finding.identities, [&](const FoundIdentity& found) {
            return found.contact == state.row.id && found.match == Strength::verified;
        });
        return is_sure || !contradicts(state);
    }

    bool is_anonymous(const ContactState& state) const
    {
        return state.is_anonymous(*m_schema.find("contact"));
    }

    void choose()
    {
        for (const bool wants_known : {true, false})
            for (const FoundIdentity& found : m_finding.identities) {
                if (m_finding.target || !found.contact) continue;
                const ContactState& state = m_finding.contacts.at(found.contact);
                if (is_anonymous(state) != wants_known && may_be(state)) m_finding.target = found.contact;
            }
        for (const auto& [contact, state] : m_finding.contacts)
            if (contact != m_finding.target) {
                const bool may_move = is_anonymous(state) && !m_finding.restricted.contains(contact);
                (may_move ? m_finding.stitches : m_finding.pairs).push_back(contact);
            }
    }

    Result<void> look_at_target()
    {
        const auto target = m_finding.contacts.find(m_finding.target);
        if (target == m_finding.contacts.end()) return {};
        std::set<std::string, std::less<>> claimed;
        for (const auto& [field, value] : m_message.fields)
            claimed.insert(field);
        MORTISE_TRY(
            m_finding.edits,
            hand_edits(m_reader, *m_schema.find("contact"), target->second, m_finding.rules, claimed)
        );
        const FoundIdentity& first = m_finding.identities.front();
        if (!m_message.event || !first.row || first.contact != m_finding.target) return {};
        MORTISE_TRY(const auto stitch, stitch_of(m_reader, m_schema, first.row->id));
        if (stitch && stitch->formerly != m_finding.target) m_finding.formerly = stitch->formerly;
        return {};
    }

    Connection& m_reader;
    const Schema& m_schema;
    const SourceMessage& m_message;
    std::map<Id, std::set<std::string, std::less<>>> m_namespaces; // in which the message names a contact
    MessageFinding m_finding;
};

} // namespace

Result<void> create_message_log(Connection& connection)
{
    return connection.execute(R"(CREATE TABLE IF NOT EXISTS "mt$ingested$" (key BLOB PRIMARY KEY,
        contact INTEGER NOT NULL) WITHOUT ROWID)");
}

Result<void> remember_message(
    Connection& connection, std::string_view kind, std::string_view source, std::string_view id, Id contact
)
{
    MORTISE_TRY(
        Statement * insert,
        connection.cached(
            R"(INSERT INTO "mt$ingested$" (key, contact) VALUES (?1, ?2) ON CONFLICT DO NOTHING)"
        )
    );
    const Digest key = key_of(kind, source, id);
    insert->bind_bytes(1, key);
    insert->bind(2, contact.number);
    MORTISE_CHECK(insert->run());
    if (connection.changes() == 1) return {};
    return Error{
        .code = ErrorCode::retry,
        .message = "the " + std::string{kind} + " came at the same time another way",
        .key = "records.changed_meanwhile",
        .where = {},
    };
}

Result<MessageFinding> find_contacts(Connection& reader, const Schema& schema, const SourceMessage& message)
{
    return Finder{reader, schema, message}.run();
}

Result<std::optional<Stitch>> stitch_of(Connection& reader, const Schema& schema, Id identity)
{
    const TypePointer type = schema.find("identity");
    const TypePointer merges = schema.find("merge");
    const std::string state = quoted_name(merges->fields[*merges->slot("state")].column);
    const std::string contact = quoted_name(type->fields[*type->slot("contact")].column);
    MORTISE_TRY(
        Statement * select,
        reader.cached(
            "SELECT c.merge, h." + contact + R"( FROM "mt$merge_change$" c JOIN )"
            + quoted_name(merges->table) + " m ON m.id = c.merge AND m." + state + " = 'applied' JOIN "
            + quoted_name(type->table + "_h")
            + " h ON h.id = c.record AND h.version = c.before WHERE c.record = ?1 ORDER BY c.before DESC "
              "LIMIT 1"
        )
    );
    select->bind(1, identity.number);
    MORTISE_TRY(const bool found, select->step());
    std::optional<Stitch> stitch;
    if (found) stitch = Stitch{{select->integer(0)}, {select->integer(1)}};
    select->reset();
    return stitch;
}

} // namespace mortise::host
