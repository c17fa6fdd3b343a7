#include "records/restrictions.hpp"

#include "base/time_text.hpp"
#include "records/person_rights.hpp"
#include "records/unit_errors.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {

namespace {

/// Types whose records are data of the contacts that they refer to; others are about something of their own.
constexpr std::array<std::string_view, 3> types_of_contacts{"contact_point", "identity", "relation"};

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

/// The contacts whose data the change is: before it and behind it.
Result<void> check_change(Connection& connection, const PreparedChange& change)
{
    if (change.type->name == "contact")
        return change.before ? refuse_one(connection, change.before->id) : Result<void>{};
    if (std::ranges::find(types_of_contacts, change.type->name) == types_of_contacts.end()) return {};
    for (std::size_t slot = 0; slot < change.type->fields.size(); ++slot) {
        const Field& field = change.type->fields[slot];
        if (field.kind != FieldKind::reference || field.reference_type != "contact") continue;
        const Id* after = change.after.values[slot].as<Id>();
        if (after) MORTISE_CHECK(refuse_one(connection, *after));
        const Id* before = change.before ? change.before->values[slot].as<Id>() : nullptr;
        if (before && (!after || *before != *after)) MORTISE_CHECK(refuse_one(connection, *before));
    }
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

Result<void> add_restriction(Connection& connection, const Restriction& restriction)
{
    MORTISE_TRY(const auto present, restriction_of(connection, restriction.contact));
    if (present) {
        Error error = restricted_error(*present);
        error.code = ErrorCode::state;
        error.key = "privacy.restricted";
        return error;
    }
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

Result<void> refuse_restricted(Connection& connection, std::span<const Id> contacts)
{
    MORTISE_TRY(const bool any, is_any(connection));
    if (!any) return {};
    for (const Id contact : contacts)
        MORTISE_CHECK(refuse_one(connection, contact));
    return {};
}

bool may_change_restricted(const CallContext& context, const UnitOfWork& unit)
{
    if (unit.imported || context.channel == "import" || context.principal.plugin) return false;
    if (context.principal.is_system) return true;
    return unit.changes.size() <= max_changes_without_bulk && context.principal.can(Capability::erase);
}

Result<void> check_restrictions(Connection& connection, const PreparedUnit& unit)
{
    if (unit.may_change_restricted || unit.changes.empty()) return {};
    MORTISE_TRY(const bool any, is_any(connection));
    if (!any) return {};
    for (std::size_t i = 0; i < unit.changes.size(); ++i) {
        if (is_nothing(unit.changes[i])) continue;
        auto checked = check_change(connection, unit.changes[i]);
        if (checked) continue;
        Error error = std::move(checked).error();
        if (unit.changes.size() > 1) error.where = "change " + std::to_string(i) + ", " + error.where;
        return error;
    }
    return {};
}

} // namespace mortise::host
