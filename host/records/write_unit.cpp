#include "base/json.hpp"
#include "records/deletions.hpp"
#include "records/field_codec.hpp"
#include "records/files/file_keeper.hpp"
#include "records/prepared_unit.hpp"
#include "records/redirects.hpp"
#include "records/relations/relation_rules.hpp"
#include "records/restrictions.hpp"
#include "records/row_storage.hpp"
#include "records/unit_errors.hpp"
#include "records/writer.hpp"
#include "store/connection.hpp"

namespace mortise::host {

namespace {

/// Says which change of the unit it is, where that is not plain.
Error place(Error error, std::size_t index, std::size_t count)
{
    if (count > 1 && error.key == "records.not_unique")
        error.where = "change " + std::to_string(index) + ", " + error.where;
    return error;
}

/// A unique index speaks of columns; people know fields.
Error in_words(Connection& connection, const PreparedChange& change, Id visible_to, Error error)
{
    if (error.key != "store.constraint") return error;
    auto meant = broken_uniqueness(connection, change, error.message, visible_to);
    return meant ? *std::move(meant) : error;
}

Result<void> insert_row(Connection& connection, const PreparedChange& change, std::int64_t number)
{
    MORTISE_TRY(Statement * insert, connection.cached(change.type->sql.insert));
    Row& row = const_cast<Row&>(change.after);
    row.since = number;
    bind_row(*insert, *change.type, row, change.sort_keys);
    return insert->run();
    return {};
}

Result<void> keep_history(Connection& connection, const PreparedChange& change, std::int64_t number)
{
    MORTISE_TRY(Statement * keep, connection.cached(change.type->sql.keep_history));
    keep->bind(1, change.after.id.number);
    keep->bind(2, number);
    keep->bind(3, change.before->version);
    MORTISE_CHECK(keep->run());
    return connection.changes() == 1 ? Result<void>{} : changed_meanwhile(change);
}

/// Sets only what changed, so that the indexes of other columns are left alone.
Result<void> update_row(Connection& connection, const PreparedChange& change, std::int64_t number)
{
    const RecordType& type = *change.type;
    std::string sql = "UPDATE " + quoted_name(type.table) + " SET version=?1, updated_at=?2, since=?3";
    int parameter = 4;
    const auto set = [&](const std::string& column) {
        sql.append(", ").append(quoted_name(column)).append("=?").append(std::to_string(++parameter));
    };
    for (const std::size_t slot : change.changed)
        for (const std::string& column : columns_of(type.fields[slot]))
            set(column);
    for (const std::size_t slot : change.changed)
        if (type.fields[slot].sorted) set(key_column_of(type.fields[slot]));
    if (change.owner_changed) set("owner");
    const bool deletion_changed = change.before->deleted_at != change.after.deleted_at;
    if (deletion_changed) set("deleted_at");
    sql += " WHERE id=?4";
    MORTISE_TRY(Statement * update, connection.cached(sql));
    update->bind(1, change.after.version);
    update->bind(2, change.after.updated_at.microseconds);
    update->bind(3, number);
    update->bind(4, change.after.id.number);
    int index = 5;
    for (const std::size_t slot : change.changed)
        bind_field(*update, index, type.fields[slot], change.after.values[slot]);
    for (const std::string& key : change.sort_keys)
        bind_sort_key(*update, index++, key);
    if (change.owner_changed) {
        if (change.after.owner) update->bind(index, change.after.owner.number);
        ++index;
    }
    if (deletion_changed && change.after.is_deleted())
        update->bind(index, change.after.deleted_at.microseconds);
    return update->run();
}

/// A contact that a unit refers to may have been merged into another after the unit was prepared.
Result<void> check_redirects(Connection& connection, const PreparedChange& change)
{
    for (const std::size_t slot : change.changed) {
        const Field& field = change.type->fields[slot];
        const Id* target = change.after.values[slot].as<Id>();
        if (!target || field.reference_type != "contact") continue;
        MORTISE_TRY(const Id survivor, redirected(connection, *target));
        if (survivor) return changed_meanwhile(change);
    }
    return {};
}

Result<void> write_change(Connection& connection, const PreparedChange& change, std::int64_t number)
{
    if (!change.derived) MORTISE_CHECK(check_redirects(connection, change));
    if (change.operation == Operation::create) return insert_row(connection, change, number);
    MORTISE_CHECK(keep_history(connection, change, number));
    return update_row(connection, change, number);
}

Result<void> acknowledge(Connection& connection, const Acknowledgement& done)
{
    MORTISE_TRY(
        Statement * move,
        connection.cached("UPDATE \"mt$subscription\" SET cursor=?1 WHERE id=?2 AND fence=?3 AND cursor=?4")
    );
    move->bind(1, done.to);
    move->bind(2, done.subscription);
    move->bind(3, done.fence);
    move->bind(4, done.from);
    MORTISE_CHECK(move->run());
    if (connection.changes() != 1)
        return Error{
            .code = ErrorCode::conflict,
            .message = "subscription " + std::to_string(done.subscription) + " was moved by somebody else",
            .key = "events.fenced",
            .where = std::to_string(done.subscription),
        };
    for (const std::int64_t number : done.settled) {
        MORTISE_TRY(
            Statement * settle,
            connection.cached("DELETE FROM \"mt$parked\" WHERE subscription=? AND number=?")
        );
        settle->bind(1, done.subscription);
        settle->bind(2, number);
        MORTISE_CHECK(settle->run());
    }
    return {};
}

std::string answer_text(const Commit& commit)
{
    List ids;
    List versions;
    for (const Id id : commit.ids)
        ids.emplace_back(id.number);
    for (const std::int64_t version : commit.versions)
        versions.emplace_back(version);
    return json_text(
        Map{{"number", commit.number}, {"ids", std::move(ids)}, {"versions", std::move(versions)}}
    );
}

Result<void> remember_unit(Connection& connection, const PreparedUnit& unit, const Commit& commit)
{
    MORTISE_TRY(
        Statement * insert, connection.cached("INSERT INTO \"mt$unit\" (id, digest, answer) VALUES (?,?,?)")
    );
    insert->bind_bytes_borrowed(1, *unit.id);
    insert->bind_bytes_borrowed(2, unit.digest);
    insert->bind(3, std::string_view{answer_text(commit)});
    return insert->run();
}

/// Adds the ids and versions of what was asked for to `commit`.
Result<void>
write_changes(Connection& connection, const PreparedUnit& unit, std::int64_t number, Commit& commit)
{
    for (const PreparedChange& change : unit.changes) {
        const bool is_unchanged = is_nothing(change);
        if (!change.derived) {
            commit.ids.push_back(change.after.id);
            commit.versions.push_back(is_unchanged ? change.before->version : change.after.version);
        }
        if (is_unchanged) continue;
        if (auto written = write_change(connection, change, number); !written) {
            Error error = in_words(connection, change, unit.visible_to, std::move(written).error());
            if (change.derived) return error; // nobody asked for it by a number
            return place(std::move(error), commit.ids.size() - 1, unit.changes.size());
        }
        MORTISE_CHECK(check_counts(connection, change));
    }
    return {};
}

std::int64_t written_by(const PreparedUnit& unit)
{
    return std::ranges::count_if(unit.changes, [](const auto& change) { return !is_nothing(change); });
}

} // namespace

Result<Commit> write_unit(WriteTransaction& transaction, const PreparedUnit& unit)
{
    Connection& connection = transaction.connection;
    if (unit.id) {
        MORTISE_TRY(auto repeated, find_unit(connection, *unit.id, unit.digest));
        if (repeated) return *std::move(repeated);
    }
    MORTISE_CHECK(check_restrictions(connection, unit));
    Commit commit;
    const std::int64_t number = transaction.events.last() + static_cast<std::int64_t>(unit.events.size());
    commit.number = unit.events.empty() ? 0 : number;
    MORTISE_CHECK(write_changes(connection, unit, number, commit));
    MORTISE_CHECK(check_bonds(connection, unit));
    MORTISE_CHECK(check_relations(connection, *unit.schema, unit, transaction.now, unit.visible_to));
    if (unit.acknowledgement) MORTISE_CHECK(acknowledge(connection, *unit.acknowledgement));
    if (unit.also) MORTISE_CHECK(unit.also(connection));
    if (!unit.events.empty())
        MORTISE_CHECK(transaction.events.append(
            connection, unit.events, unit.origin, number, written_by(unit), transaction.now
        ));
    if (unit.id) MORTISE_CHECK(remember_unit(connection, unit, commit));
    return commit;
}

Result<std::optional<Commit>>
find_unit(Connection& connection, const UnitId& id, const std::array<std::byte, 32>& digest)
{
    MORTISE_TRY(Statement * select, connection.cached("SELECT digest, answer FROM \"mt$unit\" WHERE id = ?"));
    select->bind_bytes_borrowed(1, id);
    MORTISE_TRY(const bool found, select->step());
    if (!found) {
        select->reset();
        return std::optional<Commit>{};
    }
    const bool same = std::ranges::equal(select->bytes(0), digest);
    auto answer = parse_value(select->text(1), "answer of a unit of work");
    select->reset();
    if (!same)
        return Error{
            .code = ErrorCode::conflict,
            .message = "the same unit of work was committed before with other contents",
            .key = "records.unit_reused",
            .where = {},
            .hint = "give every unit of work an id (or idempotency key) of its own",
        };
    MORTISE_TRY(const Value parsed, std::move(answer));
    Commit commit;
    commit.repeated = true;
    commit.number = parsed["number"].get_or<std::int64_t>(0);
    for (const Value& each : parsed["ids"].get_or(List{}))
        commit.ids.push_back({each.get_or<std::int64_t>(0)});
    for (const Value& each : parsed["versions"].get_or(List{}))
        commit.versions.push_back(each.get_or<std::int64_t>(0));
    return std::optional{std::move(commit)};
}

Result<void> create_unit_tables(Connection& connection)
{
    MORTISE_CHECK(create_redirect_table(connection));
    MORTISE_CHECK(create_restriction_table(connection));
    MORTISE_CHECK(create_file_tables(connection));
    return connection.execute(R"(
        CREATE TABLE IF NOT EXISTS "mt$unit" (id BLOB PRIMARY KEY, digest BLOB NOT NULL, answer TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS "mt$subscription" (id INTEGER PRIMARY KEY, plugin TEXT NOT NULL, name TEXT NOT NULL,
            patterns TEXT NOT NULL, cursor INTEGER NOT NULL, fence INTEGER NOT NULL DEFAULT 0, UNIQUE (plugin, name));
        CREATE TABLE IF NOT EXISTS "mt$parked" (subscription INTEGER NOT NULL, number INTEGER NOT NULL,
            subject INTEGER NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, dead INTEGER NOT NULL,
            error TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (subscription, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS "mt$origin_database" (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS "mt$origin" (database INTEGER NOT NULL, number INTEGER NOT NULL,
            record INTEGER NOT NULL, PRIMARY KEY (database, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS "mt$import_open" (import INTEGER NOT NULL, kind INTEGER NOT NULL,
            row INTEGER NOT NULL, field TEXT NOT NULL, entry TEXT NOT NULL,
            PRIMARY KEY (import, kind, row, field)) WITHOUT ROWID;
    )");
}

} // namespace mortise::host
