#include "records/restrictions.hpp"

#include "base/time_text.hpp"
#include "records/person_rights.hpp"
#include "records/redirects.hpp"
#include "records/row_storage.hpp"
#include "records/unit_errors.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {

namespace {

/// Types whose records are data of the contacts that they refer to; others are about something of their own.
constexpr std::array<std::string_view, 4> types_of_contacts{
    "contact_point", "identity", "relation", "source_profile"
};
/// Ways in which no person writes by hand.
constexpr std::array<std::string_view, 3> other_ways{"import", "agent", "public"};

Restriction read_restriction(const Statement& row)
{
    return {Id{row.integer(0)}, std::string{row.text(1)}, std::string{row.text(2)}, Instant{row.integer(3)}};
}

Result<bool> is_any(Connection& connection)
{
    MORTISE_TRY(Statement * select, connection.cached(R"(SELECT EXISTS (SELECT 1 FROM "mt$restriction$"))"));
    MORTISE_CHECK(select->step());
    const bool any = select->integer(0) != 0;
    select->reset();
    return any;
}

Result<void> refuse_one(Connection& connection, Id contact)
{
    MORTISE_TRY(const auto restriction, restriction_of(connection, contact));
    return restriction ? Result<void>{restricted_error(*restriction)} : Result<void>{};
}

bool refers_to_contact(const Field& field)
{
    return field.kind == FieldKind::reference && field.reference_type == "contact";
}

/// The slots by which records of the type refer to contacts.
std::vector<std::size_t> contact_slots(const RecordType& type)
{
    std::vector<std::size_t> slots;
    for (std::size_t slot = 0; slot < type.fields.size(); ++slot)
        if (refers_to_contact(type.fields[slot])) slots.push_back(slot);
    return slots;
}

const Row* before_of(const PreparedChange& change)
{
    return change.before ? &*change.before : nullptr;
}

/// Nothing but whether the address takes what is sent to it.
bool is_only_delivery(const PreparedChange& change)
{
    return change.type->name == "contact_point" && change.operation == Operation::update
        && !change.owner_changed && std::ranges::all_of(change.changed, [&](std::size_t slot) {
               return change.type->fields[slot].name == "state";
           });
}

bool removes_contact(const PreparedChange& change)
{
    return change.type->name == "contact" && change.operation == Operation::remove;
}

/// Nobody asked for the change, and whoever did ask may not know of the contact.
Error along_error(const Restriction& restriction, const RecordType& type, const Row& after, Id visible_to)
{
    Error error = restricted_error(restriction);
    if (visible_to && after.owner != visible_to) {
        error.message = "a contact that you may not see is restricted, and would change along";
        error.where.clear();
        error.hint = "ask who may erase persons";
        return error;
    }
    error.message += "; " + type.name + " " + std::to_string(after.id.number)
        + " would change along with what was asked for";
    error.hint = "\"mortise contacts unrestrict " + std::to_string(restriction.contact.number)
        + "\" lifts that; or who may erase persons changes it by hand before, so that nothing follows";
    return error;
}

class UnitCheck {
public:
    UnitCheck(Connection& connection, const PreparedUnit& unit) : m_connection{connection}, m_unit{unit} { }

    Result<void> run()
    {
        for (std::size_t i = 0; i < m_unit.changes.size(); ++i)
            MORTISE_CHECK(check(i));
        return {};
    }

private:
    Result<void> check(std::size_t index)
    {
        const PreparedChange& change = m_unit.changes[index];
        if (is_nothing(change) || is_only_delivery(change)) return {};
        for (const Id contact : contacts_of(*change.type, before_of(change), change.after)) {
            MORTISE_TRY(const auto restriction, restriction_of(m_connection, contact));
            if (!restriction || lets(change, contact)) continue;
            if (change.derived)
                return along_error(*restriction, *change.type, change.after, m_unit.visible_to);
            return refusal(*restriction, change, index);
        }
        return {};
    }

    bool lets(const PreparedChange& change, Id contact) const
    {
        return m_unit.may_change_restricted && !removes_contact(change)
            && (!change.derived || is_asked_for(contact));
    }

    /// Whether the unit itself, and not what follows from it, changes the contact or its data.
    bool is_asked_for(Id contact) const
    {
        return std::ranges::any_of(m_unit.changes, [&](const PreparedChange& change) {
            if (change.derived || is_nothing(change)) return false;
            const std::vector<Id> contacts = contacts_of(*change.type, before_of(change), change.after);
            return std::ranges::find(contacts, contact) != contacts.end();
        });
    }

    Error refusal(const Restriction& restriction, const PreparedChange& change, std::size_t index) const
    {
        Error error = restricted_error(restriction);
        if (removes_contact(change))
            error.hint = "\"mortise contacts unrestrict " + std::to_string(restriction.contact.number)
                + "\" lifts that; until then nobody deletes it";
        if (m_unit.changes.size() > 1) error.where = "change " + std::to_string(index) + ", " + error.where;
        return error;
    }

    Connection& m_connection;
    const PreparedUnit& m_unit;
};

/// Adds what the rows are bound to.
Result<void>
add_bonds(Statement& select, const RecordType& type, Id contact, std::map<std::int64_t, Id>& bonds)
{
    for (;;) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) break;
        const Row row = read_row(select, type);
        for (std::size_t slot = 0; slot < type.fields.size(); ++slot) {
            const Field& field = type.fields[slot];
            const bool is_bond = field.on_delete == OnDelete::clear || field.on_delete == OnDelete::remove;
            const Id* target = is_bond && !field.archived ? row.values[slot].as<Id>() : nullptr;
            if (target && *target != contact) bonds.emplace(target->number, contact);
        }
    }
    select.reset();
    return {};
}

} // namespace

Result<void> create_restriction_table(Connection& connection)
{
    return connection.execute(R"(
        CREATE TABLE IF NOT EXISTS "mt$restriction$" (contact INTEGER PRIMARY KEY, reason TEXT NOT NULL,
            actor TEXT NOT NULL, since INTEGER NOT NULL)
    )");
}

Result<std::optional<Restriction>> restriction_of(Connection& connection, Id contact)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached(R"(SELECT contact, reason, actor, since FROM "mt$restriction$" WHERE contact = ?1)")
    );
    select->bind(1, contact.number);
    MORTISE_TRY(const bool found, select->step());
    auto restriction = found ? std::optional{read_restriction(*select)} : std::nullopt;
    select->reset();
    return restriction;
}

Result<std::optional<Restriction>> present_restriction_of(Connection& connection, Id contact)
{
    MORTISE_TRY(const Id survivor, redirected(connection, contact));
    return restriction_of(connection, survivor ? survivor : contact);
}

Result<std::vector<Restriction>> restrictions(Connection& connection)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached(R"(SELECT contact, reason, actor, since FROM "mt$restriction$" ORDER BY contact)")
    );
    std::vector<Restriction> all;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        all.push_back(read_restriction(*select));
    }
    select->reset();
    return all;
}

Result<std::set<std::int64_t>> restricted_contacts(Connection& connection)
{
    MORTISE_TRY(const std::vector<Restriction> all, restrictions(connection));
    std::set<std::int64_t> contacts;
    for (const Restriction& restriction : all)
        contacts.insert(restriction.contact.number);
    return contacts;
}

Result<std::set<std::int64_t>>
about_restricted(Connection& connection, const RecordType& type, std::span<const Id> ids)
{
    std::set<std::int64_t> found;
    MORTISE_TRY(const bool any, is_any(connection));
    if (!any || ids.empty()) return found;
    std::string columns = type.name == "contact" ? "t.id" : "";
    if (type.name != "contact")
        for (const std::size_t slot : contact_slots(type))
            columns.append(columns.empty() ? "t." : ", t.").append(quoted_name(type.fields[slot].column));
    if (columns.empty()) return found;
    MORTISE_TRY(
        Statement * select,
        connection.cached(
            "SELECT t.id FROM " + quoted_name(type.table)
            + " t WHERE t.id BETWEEN ?1 AND ?2 AND EXISTS (SELECT 1 FROM \"mt$restriction$\" WHERE contact "
              "IN ("
            + columns + "))"
        )
    );
    const auto [first, last] = std::ranges::minmax(ids, {}, [](Id id) { return id.number; });
    select->bind(1, first.number);
    select->bind(2, last.number);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        found.insert(select->integer(0));
    }
    select->reset();
    return found;
}

Result<void> add_restriction(Connection& connection, const Restriction& restriction)
{
    MORTISE_TRY(const auto present, restriction_of(connection, restriction.contact));
    if (present) return restricted_before(*present);
    MORTISE_TRY(
        Statement * insert,
        connection.cached(R"(INSERT INTO "mt$restriction$" (contact, reason, actor, since) VALUES (?,?,?,?))")
    );
    insert->bind(1, restriction.contact.number);
    insert->bind(2, std::string_view{restriction.reason});
    insert->bind(3, std::string_view{restriction.by});
    insert->bind(4, restriction.since.microseconds);
    return insert->run();
}

Result<void> lift_restriction(Connection& connection, const Restriction& restriction)
{
    MORTISE_TRY(
        Statement * remove,
        connection.cached(R"(DELETE FROM "mt$restriction$" WHERE contact = ?1 AND since = ?2 AND actor = ?3)")
    );
    remove->bind(1, restriction.contact.number);
    remove->bind(2, restriction.since.microseconds);
    remove->bind(3, std::string_view{restriction.by});
    MORTISE_CHECK(remove->run());
    if (connection.changes() == 1) return {};
    const std::string id = std::to_string(restriction.contact.number);
    return Error{
        .code = ErrorCode::retry,
        .message = "the restriction of contact " + id + " was lifted, or is another, meanwhile",
        .key = "privacy.changed_meanwhile",
        .where = id,
    };
}

Result<void> remove_restriction(Connection& connection, Id contact)
{
    MORTISE_TRY(Statement * remove, connection.cached(R"(DELETE FROM "mt$restriction$" WHERE contact = ?1)"));
    remove->bind(1, contact.number);
    return remove->run();
}

Error restricted_error(const Restriction& restriction)
{
    const std::string id = std::to_string(restriction.contact.number);
    return {
        .code = ErrorCode::refused,
        .message = "contact " + id + " is restricted: what is held about it is kept and not changed, as "
            + restriction.by + " said on " + format_instant(restriction.since)
            + (restriction.reason.empty() ? "" : " (" + restriction.reason + ")"),
        .key = "records.restricted",
        .where = id,
        .hint = "\"mortise contacts unrestrict " + id
            + "\" lifts that; until then only who may erase persons changes it, by hand",
    };
}

Error restricted_before(const Restriction& restriction)
{
    Error error = restricted_error(restriction);
    error.code = ErrorCode::state;
    error.key = "privacy.restricted";
    return error;
}

Result<void> refuse_restricted(Connection& connection, std::span<const Id> contacts)
{
    MORTISE_TRY(const bool any, is_any(connection));
    if (!any) return {};
    for (const Id contact : contacts)
        MORTISE_CHECK(refuse_one(connection, contact));
    return {};
}

std::vector<Id> contacts_of(const RecordType& type, const Row* before, const Row& after)
{
    std::vector<Id> contacts;
    if (type.name == "contact") {
        if (before) contacts.push_back(before->id);
        return contacts;
    }
    if (std::ranges::find(types_of_contacts, type.name) == types_of_contacts.end()) return contacts;
    for (const std::size_t slot : contact_slots(type))
        for (const Row* row : {before, &after}) {
            const Id* contact = row ? row->values[slot].as<Id>() : nullptr;
            if (contact != nullptr && std::ranges::find(contacts, *contact) == contacts.end())
                contacts.push_back(*contact);
        }
    return contacts;
}

Result<std::map<std::int64_t, Id>> bound_by_restricted(Connection& connection, const Schema& schema)
{
    std::map<std::int64_t, Id> bonds;
    MORTISE_TRY(const std::set<std::int64_t> restricted, restricted_contacts(connection));
    for (const std::int64_t number : restricted) {
        const TypePointer contacts = schema.find("contact");
        MORTISE_TRY(Statement * by_id, connection.cached(contacts->sql.select_by_id));
        by_id->bind(1, number);
        MORTISE_CHECK(add_bonds(*by_id, *contacts, Id{number}, bonds));
        for (const std::string_view name : types_of_contacts) {
            const TypePointer type = schema.find(name);
            if (!type) continue;
            for (const std::size_t slot : contact_slots(*type)) {
                MORTISE_TRY(
                    Statement * select,
                    connection.cached(
                        type->sql.select + " WHERE " + quoted_name(type->fields[slot].column)
                        + " = ?1 AND +deleted_at IS NULL"
                    )
                );
                select->bind(1, number);
                MORTISE_CHECK(add_bonds(*select, *type, Id{number}, bonds));
            }
        }
    }
    return bonds;
}

bool may_change_restricted(const CallContext& context, const UnitOfWork& unit)
{
    const Principal& who = context.principal;
    const bool is_person = who.user && !who.plugin && !who.is_system;
    const bool is_by_hand = unit.by_hand && !unit.imported
        && std::ranges::find(other_ways, context.channel) == other_ways.end()
        && unit.changes.size() <= max_changes_without_bulk;
    return is_person && is_by_hand && who.can(Capability::erase);
}

Result<void> check_restrictions(Connection& connection, const PreparedUnit& unit)
{
    if (unit.despite_restrictions || unit.changes.empty()) return {};
    MORTISE_TRY(const bool any, is_any(connection));
    return any ? UnitCheck{connection, unit}.run() : Result<void>{};
}

Result<void> refuse_along(
    Connection& connection, const RecordType& type, const Row* before, const Row& after, Id visible_to
)
{
    for (const Id contact : contacts_of(type, before, after)) {
        MORTISE_TRY(const auto restriction, restriction_of(connection, contact));
        if (restriction) return along_error(*restriction, type, after, visible_to);
    }
    return {};
}

} // namespace mortise::host
