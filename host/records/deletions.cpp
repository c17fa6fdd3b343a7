#include "records/deletions.hpp"

#include "base/json.hpp"
#include "records/row_storage.hpp"
#include "records/unit_errors.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

namespace mortise::host {

namespace {

constexpr std::size_t most_changes = 10'000; ///< of a unit with all that follows from it
constexpr std::size_t most_named = 5; ///< records that an error lists

/// A field whose records are bound to those that it refers to.
struct Bond {
    TypePointer type;
    std::size_t slot{0};

    const Field& field() const { return type->fields[slot]; }
};

bool is_bond(const Field& field)
{
    return field.on_delete != OnDelete::keep && !field.archived;
}

/// The bonds to the records of each type, looked up once for a unit.
class Bonds {
public:
    explicit Bonds(const Schema& schema) : m_schema{schema} { }

    const std::vector<Bond>& to(const RecordType& target)
    {
        const auto [found, is_new] = m_by_type.try_emplace(target.id);
        if (is_new)
            for (const TypePointer& type : m_schema.types())
                for (std::size_t slot = 0; slot < type->fields.size(); ++slot)
                    if (is_bond(type->fields[slot]) && type->fields[slot].reference_type == target.name)
                        found->second.push_back({type, slot});
        return found->second;
    }

private:
    const Schema& m_schema;
    std::unordered_map<std::int64_t, std::vector<Bond>> m_by_type;
};

std::string condition_of(const Bond& bond)
{
    return " WHERE " + quoted_name(bond.field().column) + " = ?1 AND +deleted_at IS NULL";
}

/// The records that refer to `target` in the database.
Result<std::vector<Row>> bound_to(Connection& connection, const Bond& bond, Id target)
{
    std::vector<Row> rows;
    MORTISE_TRY(
        Statement * select,
        connection.cached(bond.type->sql.select + condition_of(bond) + " ORDER BY id LIMIT ?2")
    );
    select->bind(1, target.number);
    select->bind(2, static_cast<std::int64_t>(most_changes) + 1);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        rows.push_back(read_row(*select, *bond.type));
    }
    select->reset();
    return rows;
}

bool refers_to(const Row& row, const Bond& bond, Id target)
{
    const Id* referred = row.values[bond.slot].as<Id>();
    return referred != nullptr && *referred == target;
}

class Follower {
public:
    Follower(const Preparation& given, PreparedUnit& unit)
        : m_given{given},
          m_unit{unit},
          m_bonds{given.schema}
    {
        for (std::size_t i = 0; i < unit.changes.size(); ++i)
            m_changes.emplace(unit.changes[i].after.id.number, i);
    }

    Result<void> run()
    {
        // NOLINTNEXTLINE(modernize-loop-convert): it grows meanwhile
        for (std::size_t i = 0; i < m_unit.changes.size(); ++i) {
            if (m_unit.changes[i].operation != Operation::remove) continue;
            const Id target = m_unit.changes[i].after.id;
            const TypePointer type = m_unit.changes[i].type;
            for (const Bond& bond : m_bonds.to(*type))
                if (bond.field().on_delete != OnDelete::refuse) MORTISE_CHECK(follow(bond, target));
        }
        return {};
    }

private:
    Result<void> follow(const Bond& bond, Id target)
    {
        MORTISE_TRY(const std::vector<Row> rows, bound_to(m_given.reader, bond, target));
        for (const Row& row : rows) {
            const auto known = m_changes.find(row.id.number);
            if (known != m_changes.end()) {
                MORTISE_CHECK(join(m_unit.changes[known->second], bond, target));
                continue;
            }
            if (m_unit.changes.size() >= most_changes) return too_many(target);
            m_changes.emplace(row.id.number, m_unit.changes.size());
            m_unit.changes.push_back(following(bond, row));
        }
        return {};
    }

    PreparedChange following(const Bond& bond, const Row& row) const
    {
        PreparedChange change;
        change.type = bond.type;
        change.before = row;
        change.after = row;
        change.derived = true;
        ++change.after.version;
        change.after.updated_at = m_given.now;
        if (bond.field().on_delete == OnDelete::remove) {
            change.operation = Operation::remove;
            change.after.deleted_at = m_given.now;
        } else {
            change.operation = Operation::update;
            change.after.values[bond.slot] = Value{};
        }
        return change;
    }

    /// The unit changes the record already.
    Result<void> join(PreparedChange& change, const Bond& bond, Id target) const
    {
        if (change.operation == Operation::remove || !refers_to(change.after, bond, target)) return {};
        if (bond.field().on_delete == OnDelete::clear) {
            change.after.values[bond.slot] = Value{};
            return {};
        }
        if (!change.derived) return record_twice(*change.type, change.after.id);
        change.operation = Operation::remove; // a field of it was cleared before
        change.after.values = change.before->values;
        change.after.owner = change.before->owner;
        change.owner_changed = false;
        change.after.deleted_at = m_given.now;
        return {};
    }

    static Error too_many(Id target)
    {
        return Error{
            .code = ErrorCode::limit,
            .message = "with record " + std::to_string(target.number) + " more than "
                + std::to_string(most_changes) + " others would change at once",
            .key = "records.unit_too_large",
            .where = std::to_string(target.number),
            .hint = "delete the records that refer to it first, in parts",
        };
    }

    const Preparation& m_given;
    PreparedUnit& m_unit;
    Bonds m_bonds;
    std::unordered_map<std::int64_t, std::size_t> m_changes; // by record
};

bool has_deletion(const PreparedUnit& unit)
{
    return std::ranges::any_of(unit.changes, [](const PreparedChange& change) {
        return change.operation == Operation::remove;
    });
}

/// For who sees nothing of the type of the records that stand in the way, or not the field.
Error in_use_unseen(const PreparedChange& change)
{
    return Error{
        .code = ErrorCode::conflict,
        .message = change.type->name + " " + std::to_string(change.after.id.number)
            + " cannot be deleted: records that you may not see refer to it",
        .key = "records.in_use",
        .where = std::to_string(change.after.id.number),
        .hint = "ask somebody who sees more",
    };
}

/// Who may not see the records that stand in the way is told that there are some, and of which type.
Error in_use(
    const PreparedChange& change, const Bond& bond, const std::vector<Row>& rows, const Principal& principal
)
{
    if (!principal.reads(bond.type->name)
        || (principal.rights && principal.rights->of(bond.type->name).hidden.contains(bond.field().name)))
        return in_use_unseen(change);
    const Id visible_to = principal.row_owner(bond.type->name);
    std::string named;
    std::size_t count = 0;
    for (const Row& row : rows) {
        if (visible_to && row.owner != visible_to && !bond.type->shared) continue;
        if (++count > most_named) break;
        named += (named.empty() ? " " : ", ") + std::to_string(row.id.number);
    }
    if (count > most_named) named += ", ...";
    List ids;
    for (const Row& row : rows)
        if (!visible_to || row.owner == visible_to || bond.type->shared) ids.emplace_back(row.id);
    return Error{
        .code = ErrorCode::conflict,
        .message = change.type->name + " " + std::to_string(change.after.id.number)
            + " cannot be deleted: it is the " + bond.field().name + " of " + bond.type->name + named,
        .key = "records.in_use",
        .where = std::to_string(change.after.id.number),
        .hint = "let them refer to another " + change.type->name + ", or delete them first",
        .details = json_text(Map{{"type", bond.type->name}, {"field", bond.field().name}, {"ids", ids}}),
    };
}

} // namespace

Result<void> follow_deletions(const Preparation& preparation, PreparedUnit& unit)
{
    if (!has_deletion(unit)) return {};
    return Follower{preparation, unit}.run();
}

Result<void> refuse_deletions_in_use(const Preparation& preparation, const PreparedUnit& unit)
{
    if (!has_deletion(unit)) return {};
    Bonds bonds{preparation.schema};
    std::unordered_map<std::int64_t, const PreparedChange*> changes;
    for (const PreparedChange& change : unit.changes)
        changes.emplace(change.after.id.number, &change);
    for (const PreparedChange& change : unit.changes) {
        if (change.operation != Operation::remove) continue;
        for (const Bond& bond : bonds.to(*change.type)) {
            if (bond.field().on_delete != OnDelete::refuse) continue;
            MORTISE_TRY(std::vector<Row> rows, bound_to(preparation.reader, bond, change.after.id));
            std::erase_if(rows, [&](const Row& row) {
                const auto known = changes.find(row.id.number);
                return known != changes.end()
                    && (known->second->operation == Operation::remove
                        || !refers_to(known->second->after, bond, change.after.id));
            });
            if (!rows.empty()) return in_use(change, bond, rows, preparation.context.principal);
        }
    }
    return {};
}

Result<void> check_bonds(Connection& connection, const PreparedUnit& unit)
{
    std::optional<Bonds> bonds;
    for (const PreparedChange& change : unit.changes) {
        if (change.operation == Operation::remove) {
            if (!bonds) bonds.emplace(*unit.schema);
            for (const Bond& bond : bonds->to(*change.type)) {
                MORTISE_TRY(
                    Statement * select,
                    connection.cached(
                        "SELECT 1 FROM " + quoted_name(bond.type->table) + condition_of(bond) + " LIMIT 1"
                    )
                );
                select->bind(1, change.after.id.number);
                MORTISE_TRY(const bool found, select->step());
                select->reset();
                if (found) return changed_meanwhile(change);
            }
            continue;
        }
        for (const std::size_t slot : change.changed) {
            const Field& field = change.type->fields[slot];
            const Id* target = change.after.values[slot].as<Id>();
            if (!target || !is_bond(field)) continue;
            const TypePointer type = unit.schema->find(field.reference_type);
            if (!type) continue;
            MORTISE_TRY(
                Statement * select,
                connection.cached(
                    "SELECT 1 FROM " + quoted_name(type->table) + " WHERE id = ?1 AND deleted_at IS NULL"
                )
            );
            select->bind(1, target->number);
            MORTISE_TRY(const bool found, select->step());
            select->reset();
            if (!found) return changed_meanwhile(change);
        }
    }
    return {};
}

} // namespace mortise::host
