#include "privacy/erasure.hpp"

#include "base/json.hpp"
#include "events/event_log.hpp"
#include "privacy/erasing.hpp"
#include "privacy/erasure_ledger.hpp"
#include "privacy/held_records.hpp"
#include "records/files/file_keeper.hpp"
#include "records/records.hpp"
#include "records/redirects.hpp"
#include "records/restrictions.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>

namespace mortise::host {

namespace {

constexpr std::chrono::milliseconds patience_with_readers{2000};

constexpr const char* types_json = R"json([
{ "name": "erasure", "plural": "erasures", "label": "Erasure", "title_field": "reason", "fields": [
  { "name": "contact", "kind": "int", "label": "Contact", "required": true, "indexed": true, "help": "Its number" },
  { "name": "reason", "kind": "text", "label": "Reason", "max_length": 1000, "help": "Such as the number of the request; no names" },
  { "name": "records", "kind": "int", "label": "Records", "help": "In which something was overwritten" },
  { "name": "events", "kind": "int", "label": "Events", "help": "Whose contents were overwritten" }
] }
])json";

Error denied()
{
    return {
        .code = ErrorCode::denied,
        .message = "a person is erased by a user who sees all records",
        .key = "privacy.all_records",
        .where = {},
        .hint = "ask an administrator",
    };
}

Error erased_before(Id contact)
{
    return {
        .code = ErrorCode::state,
        .message = "contact " + std::to_string(contact.number) + " was erased before",
        .key = "privacy.erased",
        .where = std::to_string(contact.number),
    };
}

Error not_cut(Id contact, Error error)
{
    error.message = "contact " + std::to_string(contact.number)
        + " was erased, but the log could not be cut: " + error.message;
    if (!error.hint.empty()) error.hint += "; ";
    error.hint += "former content may be in the log until a host has been started and ended again";
    return error;
}

/// What is held now; `present` becomes the contact that it is about.
Result<ErasurePlan> look(Database& database, const Schema& schema, Id& contact)
{
    const ReadLease reader = database.read();
    MORTISE_CHECK(reader->begin());
    MORTISE_TRY(const Id survivor, redirected(*reader, contact));
    if (survivor) contact = survivor;
    MORTISE_TRY(const bool before, was_erased(*reader, schema, contact));
    if (before) return erased_before(contact);
    HeldRecords held{*reader, schema};
    MORTISE_CHECK(held.collect(contact));
    return plan_erasure(*reader, held);
}

Map told_of(const ErasurePlan& plan, Id contact)
{
    List types;
    for (const ErasedType& erased : plan.types) {
        Map one{
            {"type", erased.type->name},
            {"label", erased.type->label.empty() ? erased.type->name : erased.type->label},
            {"owner", erased.type->owner},
            {"records", static_cast<std::int64_t>(erased.ids.size())},
        };
        List names;
        List kept;
        for (const Field& field : erased.type->fields)
            (erases(erased, field) ? names : kept).emplace_back(field.name);
        one.set("erased", erased.is_whole ? Value{"all"} : Value{std::move(names)});
        one.set("kept", std::move(kept));
        types.emplace_back(std::move(one));
    }
    return Map{
        {"contact", contact},
        {"types", std::move(types)},
        {"events", static_cast<std::int64_t>(plan.events.size())},
    };
}

/// Whether records or rules stand in the way, and not the disk.
bool is_refusal(const Error& error)
{
    switch (error.code) {
    case ErrorCode::conflict:
    case ErrorCode::refused:
    case ErrorCode::state:
    case ErrorCode::limit:
        return error.key.starts_with("records.");
    default:
        return false;
    }
}

/// The contacts that are not deleted yet, as changes that delete them.
UnitOfWork deletion_of(const ErasurePlan& plan)
{
    UnitOfWork unit;
    for (const Id id : plan.live_contacts)
        unit.changes.push_back(
            {.operation = Operation::remove, .type = "contact", .id = id, .version = {}, .values = {}}
        );
    return unit;
}

EventDraft erased_event(const RecordType& type, Id id)
{
    EventDraft told;
    told.type = type.name + ".erased";
    told.subject = id;
    told.subject_type = type.name;
    told.event_class = EventClass::audit;
    return told;
}

} // namespace

Result<std::vector<TypeDeclaration>> erasure_types()
{
    MORTISE_TRY(const boost::json::value parsed, parse_json(types_json, "the types of privacy"));
    return parse_type_declarations(parsed, "", "");
}

Result<void> Erasure::open()
{
    MORTISE_TRY(const auto types, erasure_types());
    MORTISE_CHECK(m_records.declare(type_owner, types));
    return {};
}

void Erasure::keep(ErasureLedger& ledger, std::string database)
{
    m_ledger = &ledger;
    m_database_id = std::move(database);
}

Result<Map> Erasure::erase(const CallContext& asking, Id contact, const std::string& reason)
{
    if (asking.principal.plugin || !asking.principal.can(Capability::erase)) return denied();
    if (asking.principal.rights) MORTISE_CHECK(m_records.get(asking.principal, "contact", contact, true));
    {
        const ReadLease reader = m_database.read();
        MORTISE_TRY(const Id survivor, redirected(*reader, contact));
        // A person may ask that nothing is deleted while something is disputed.
        MORTISE_CHECK(refuse_restricted(*reader, std::array{survivor ? survivor : contact}));
    }
    CallContext context = asking; // who may erase a person erases all of it
    context.principal = asking.principal.widened();
    return write(context, contact, reason, Deletion::must_be_allowed);
}

Result<Map> Erasure::erase_again(const CallContext& context, Id contact, const std::string& reason)
{
    return write(context, contact, reason, Deletion::may_fail);
}

Result<Map>
Erasure::write(const CallContext& context, Id contact, const std::string& reason, Deletion deletion)
{
    const SchemaPointer schema = m_records.schema();
    MORTISE_TRY(ErasurePlan plan, look(m_database, *schema, contact));
    if (context.dry_run) return told_of(plan, contact);
    if (!plan.live_contacts.empty()) {
        UnitOfWork removal = deletion_of(plan);
        removal.despite_restrictions = deletion == Deletion::may_fail; // erased again, whoever is restricted
        const auto deleted = m_records.commit(context, removal);
        if (!deleted && (deletion == Deletion::must_be_allowed || !is_refusal(deleted.error())))
            return deleted.error();
        MORTISE_TRY(plan, look(m_database, *schema, contact)); // what went along, and the events of it
    }
    UnitOfWork unit;
    std::int64_t records = 0;
    for (const ErasedType& erased : plan.types) {
        if (erased.is_changed()) records += std::ssize(erased.ids);
        if (!erased.loses_events()) continue; // the trail is told of whatever loses what its events said
        for (const Id id : erased.ids)
            unit.events.push_back(erased_event(*erased.type, id));
    }
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "erasure",
         .id = {},
         .version = {},
         .values
         = {{"contact", contact.number},
            {"reason", reason},
            {"records", records},
            {"events", static_cast<std::int64_t>(plan.events.size())}}}
    );
    unit.also = [&, now = m_clock.now()](Connection& connection) -> Result<void> {
        if (deletion == Deletion::must_be_allowed) // somebody may have been restricted since it was looked at
            MORTISE_CHECK(refuse_restricted(connection, plan.contacts));
        return overwrite(connection, plan, now, unit.events.size() + 1);
    };
    auto committed = m_records.commit(context, unit);
    m_log.forget_recent(); // also when nobody knows whether it is durable
    MORTISE_TRY(const Commit commit, std::move(committed));
    Map told = told_of(plan, contact);
    told.set("erasure", commit.ids.front());
    // It has happened: whatever fails from here on keeps nothing of the rest from being done.
    const auto noted = note(plan, contact);
    const auto cut = m_writer.cut_log(patience_with_readers);
    const bool files_gone = m_files == nullptr || m_files->remove_doomed().has_value();
    if (!noted) return noted.error();
    if (!cut) return not_cut(contact, cut.error());
    told.set("log_cut", *cut);
    told.set("files_gone", files_gone);
    return told;
}

/// Behind the commit: a ledger that names somebody who is not erased would erase them at a restore. If the
/// host ends in between, its next start notes it.
Result<void> Erasure::note(const ErasurePlan& plan, Id contact)
{
    if (!m_ledger) return {};
    auto noted = m_ledger->add({{m_database_id, plan.ledger, m_clock.now()}});
    if (noted) return {};
    Error error = std::move(noted).error();
    error.message = "contact " + std::to_string(contact.number)
        + " was erased, but this could not be noted: " + error.message;
    error.hint = "the host notes it at its next start; until then, a backup from before would bring it back";
    return error;
}

} // namespace mortise::host
