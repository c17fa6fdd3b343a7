#include "privacy/restricting.hpp"

#include "records/records.hpp"
#include "records/redirects.hpp"
#include "records/restrictions.hpp"
#include "store/database.hpp"

namespace mortise::host {

namespace {

constexpr int most_attempts = 8;

/// What was found was changed before it was written: looked for anew.
template <class Try>
Result<Map> repeated(const Try& once)
{
    for (int attempt = 1;; ++attempt) {
        auto done = once();
        if (done || done.error().key != "privacy.changed_meanwhile" || attempt == most_attempts) return done;
    }
}

/// Inside the transaction that restricts it: it was neither merged nor deleted since it was found.
Result<void> still_there(Connection& connection, const RecordType& contacts, Id contact)
{
    MORTISE_TRY(const Id survivor, redirected(connection, contact));
    MORTISE_TRY(
        Statement * select,
        connection.cached(
            "SELECT 1 FROM " + quoted_name(contacts.table) + " WHERE id = ?1 AND deleted_at IS NULL"
        )
    );
    select->bind(1, contact.number);
    MORTISE_TRY(const bool found, select->step());
    select->reset();
    if (found && !survivor) return {};
    return Error{
        .code = ErrorCode::retry,
        .message = "contact " + std::to_string(contact.number) + " was merged or deleted meanwhile",
        .key = "privacy.changed_meanwhile",
        .where = std::to_string(contact.number),
    };
}

Result<void> may_restrict(const Principal& principal)
{
    if (!principal.plugin && principal.can(Capability::erase)) return {};
    return Error{
        .code = ErrorCode::denied,
        .message = principal.name() + " may not restrict what is done with a person's data",
        .key = "privacy.restrict",
        .where = "erase",
        .hint = "it takes the capability \"erase\"; ask an administrator",
    };
}

Map map_of(const Restriction& restriction)
{
    return Map{
        {"contact", restriction.contact},
        {"reason", restriction.reason},
        {"by", restriction.by},
        {"since", restriction.since},
    };
}

EventDraft event_of(std::string type, const Restriction& restriction, const std::string& reason)
{
    EventDraft event;
    event.type = std::move(type);
    event.subject = restriction.contact;
    event.subject_type = "contact";
    event.event_class = EventClass::audit;
    event.data = Map{{"reason", reason}, {"by", restriction.by}};
    return event;
}

} // namespace

/// The contact that it stands for now, as far as the principal sees it.
Result<Id> Restricting::present(const Principal& principal, Id contact)
{
    Id survivor;
    {
        const ReadLease reader = m_database.read();
        MORTISE_TRY(survivor, redirected(*reader, contact));
    }
    const Id found = survivor ? survivor : contact;
    MORTISE_TRY(const Row row, m_records.get(principal, "contact", found));
    const Value kind = value_of(*m_records.schema()->find("contact"), row, "kind");
    if (kind.text() == "organisation")
        return Error{
            .code = ErrorCode::invalid,
            .message = "contact " + std::to_string(found.number) + " is an organisation",
            .key = "privacy.no_person",
            .where = "contact",
            .hint = "what is done with data is restricted for persons",
        };
    return found;
}

Result<Map> Restricting::restrict(const CallContext& context, Id contact, const std::string& reason)
{
    MORTISE_CHECK(may_restrict(context.principal));
    return repeated([&] { return try_restrict(context, contact, reason); });
}

Result<Map> Restricting::try_restrict(const CallContext& context, Id contact, const std::string& reason)
{
    MORTISE_TRY(const Id found, present(context.principal, contact));
    const Restriction restriction{found, reason, context.principal.name(), m_clock.now()};
    if (context.dry_run) {
        const ReadLease reader = m_database.read();
        MORTISE_TRY(const auto known, restriction_of(*reader, found));
        if (known) return restricted_before(*known);
        return map_of(restriction);
    }
    const SchemaPointer schema = m_records.schema();
    UnitOfWork unit;
    unit.events.push_back(event_of("contact.restricted", restriction, reason));
    unit.also = [&](Connection& connection) -> Result<void> {
        MORTISE_CHECK(still_there(connection, *schema->find("contact"), found));
        return add_restriction(connection, restriction);
    };
    MORTISE_CHECK(m_records.commit(context, unit));
    return map_of(restriction);
}

Result<Map> Restricting::lift(const CallContext& context, Id contact, const std::string& reason)
{
    MORTISE_CHECK(may_restrict(context.principal));
    return repeated([&] { return try_lift(context, contact, reason); });
}

Result<Map> Restricting::try_lift(const CallContext& context, Id contact, const std::string& reason)
{
    Id found = contact;
    std::optional<Restriction> restriction;
    {
        const ReadLease reader = m_database.read();
        MORTISE_TRY(const Id survivor, redirected(*reader, contact));
        if (survivor) found = survivor;
        MORTISE_TRY(restriction, restriction_of(*reader, found));
    }
    if (context.principal.rights) MORTISE_CHECK(m_records.get(context.principal, "contact", found, true));
    if (!restriction)
        return Error{
            .code = ErrorCode::state,
            .message = "contact " + std::to_string(found.number) + " is not restricted",
            .key = "privacy.not_restricted",
            .where = std::to_string(found.number),
        };
    if (context.dry_run) return map_of(*restriction);
    Restriction lifted = *restriction;
    lifted.by = context.principal.name();
    UnitOfWork unit;
    unit.events.push_back(event_of("contact.unrestricted", lifted, reason));
    unit.also = [&](Connection& connection) { return lift_restriction(connection, *restriction); };
    MORTISE_CHECK(m_records.commit(context, unit));
    return map_of(*restriction);
}

Result<Map> Restricting::list(const Principal& principal)
{
    std::vector<Restriction> all;
    {
        const ReadLease reader = m_database.read();
        MORTISE_TRY(all, restrictions(*reader));
    }
    const TypePointer type = m_records.schema()->find("contact");
    List told;
    for (const Restriction& restriction : all) {
        const auto row = m_records.get(principal, "contact", restriction.contact, true);
        if (!row && row.error().code == ErrorCode::not_found) continue;
        if (!row) return row.error();
        Map one = map_of(restriction);
        one.set("name", value_of(*type, *row, "name"));
        told.emplace_back(std::move(one));
    }
    return Map{{"restrictions", std::move(told)}};
}

} // namespace mortise::host
