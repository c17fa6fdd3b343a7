#include "records/contact_points.hpp"
#include "records/contact_rules.hpp"
#include "records/deletions.hpp"
#include "records/field_codec.hpp"
#include "records/files/file_references.hpp"
#include "records/identity_rules.hpp"
#include "records/person_rights.hpp"
#include "records/prepared_unit.hpp"
#include "records/redirects.hpp"
#include "records/relations/employment.hpp"
#include "records/relations/relation_rules.hpp"
#include "records/restrictions.hpp"
#include "records/row_storage.hpp"
#include "records/sort_key.hpp"
#include "records/unit_errors.hpp"
#include "records/unit_events.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <set>

namespace mortise::host {

namespace {

constexpr std::size_t max_changes = 10'000;
constexpr std::uint32_t max_depth = 16;
constexpr std::size_t usual_changes = 8; // fields of a record

Error place(Error error, std::size_t index, std::size_t count)
{
    if (count > 1)
        error.where = "change " + std::to_string(index) + (error.where.empty() ? "" : ", " + error.where);
    return error;
}

Error not_there(const RecordType& type, Id id)
{
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no " + type.name + " " + std::to_string(id.number),
        .key = "records.not_found",
        .where = std::to_string(id.number),
    };
}

class DraftView final : public Draft {
public:
    DraftView(PreparedChange& change, std::set<std::size_t>& amended) : m_change{change}, m_amended{amended}
    {
    }

    Operation operation() const noexcept override { return m_change.operation; }
    const RecordType& type() const noexcept override { return *m_change.type; }
    Id id() const noexcept override { return m_change.after.id; }
    const Row* before() const noexcept override { return m_change.before ? &*m_change.before : nullptr; }
    const Row& after() const noexcept override { return m_change.after; }

    Result<void> amend(std::string_view field, const Value& value) override
    {
        MORTISE_TRY(const std::size_t slot, m_change.type->require_slot(field));
        const Field& target = m_change.type->fields[slot];
        MORTISE_TRY(m_change.after.values[slot], coerce(target, value));
        MORTISE_CHECK(check_limits(target, m_change.after.values[slot]));
        m_amended.insert(slot);
        return {};
    }

private:
    PreparedChange& m_change;
    std::set<std::size_t>& m_amended;
};

/// Ids of records. Those of a unit mostly come in order, and then it is a list.
class IdSet {
public:
    /// False if it was there.
    bool insert(std::int64_t id)
    {
        if (m_ids.empty() || m_ids.back() < id) {
            m_ids.push_back(id);
            return true;
        }
        const auto at = std::ranges::lower_bound(m_ids, id);
        if (*at == id) return false;
        m_ids.insert(at, id);
        return true;
    }
    bool contains(std::int64_t id) const { return std::ranges::binary_search(m_ids, id); }

private:
    std::vector<std::int64_t> m_ids; // sorted
};

/// Prepares one unit, step by step.
class Preparer {
public:
    Preparer(const Preparation& preparation, const UnitOfWork& unit) : m_given{preparation}, m_unit{unit} { }

    Result<PreparedUnit> run()
    {
        if (m_unit.changes.size() > max_changes)
            return Error{
                .code = ErrorCode::limit,
                .message = "the unit of work has " + std::to_string(m_unit.changes.size())
                    + " changes when at most " + std::to_string(max_changes) + " are allowed",
                .key = "records.unit_too_large",
                .where = {},
                .hint = "commit in several units",
            };
        if (m_given.context.depth > max_depth)
            return Error{
                .code = ErrorCode::limit,
                .message = "the chain of causes is deeper than " + std::to_string(max_depth) + " events",
                .key = "events.too_deep",
                .where = {},
                .hint = "two handlers seem to answer each other: let one of them look at the event's actor",
            };
        MORTISE_CHECK(may_change_so_many(m_given.context, m_unit));
        m_prepared.changes.resize(m_unit.changes.size());
        for (std::size_t i = 0; i < m_unit.changes.size(); ++i)
            if (auto made = make_change(m_unit.changes[i], m_prepared.changes[i]); !made)
                return place(std::move(made).error(), i, m_unit.changes.size());
        // First the deletions, since contacts may be among what goes with a record; then again for their
        // points.
        MORTISE_CHECK(follow_deletions(m_given, m_prepared));
        MORTISE_CHECK(follow_contact_points(m_given, m_prepared));
        MORTISE_CHECK(persons_points_may_follow(m_given, m_prepared));
        MORTISE_CHECK(follow_relations());
        MORTISE_CHECK(follow_deletions(m_given, m_prepared));
        MORTISE_TRY(const bool hooked, run_hooks());
        if (hooked) {
            MORTISE_CHECK(follow_contact_points(m_given, m_prepared));
            MORTISE_CHECK(follow_relations());
        }
        MORTISE_CHECK(refuse_deletions_in_use(m_given, m_prepared));
        for (const PreparedChange& change : m_prepared.changes)
            if (change.operation == Operation::remove) m_removed.insert(change.after.id.number);
        for (std::size_t i = 0; i < m_prepared.changes.size(); ++i)
            if (auto checked = check_change(m_prepared.changes[i]); !checked)
                return place(std::move(checked).error(), i, m_unit.changes.size());
        MORTISE_CHECK(refuse_records_twice(m_prepared));
        m_prepared.may_change_restricted = may_change_restricted(m_given.context, m_unit);
        m_prepared.despite_restrictions = m_unit.despite_restrictions;
        m_prepared.visible_to = m_given.context.principal.row_owner();
        MORTISE_CHECK(check_restrictions(m_given.reader, m_prepared));
        MORTISE_CHECK(check_relations(
            m_given.reader, m_given.schema, m_prepared, m_given.now, m_given.context.principal.row_owner()
        ));
        MORTISE_CHECK(make_events(m_given, m_unit, m_prepared));
        m_prepared.id = m_unit.id;
        m_prepared.acknowledgement = m_unit.acknowledgement;
        m_prepared.also = m_unit.also;
        m_prepared.origin
            = {m_given.context.principal.name(),
               m_given.context.client,
               m_given.context.cause,
               m_given.context.correlation,
               m_given.context.depth};
        return std::move(m_prepared);
    }

private:
    Result<void> follow_relations()
    {
        MORTISE_CHECK(name_relations(m_given, m_prepared));
        return follow_employment(m_given, m_prepared);
    }

    Result<void> make_change(const Change& asked, PreparedChange& change)
    {
        MORTISE_TRY(const TypePointer seen, m_given.seen.require(asked.type));
        change.type = m_given.schema.find(seen->id);
        change.operation = asked.operation;
        const RecordType& type = *change.type;
        MORTISE_CHECK(person_may(m_given.context.principal, type, asked.operation));
        MORTISE_CHECK(may_write(type, asked));
        if (type.archived)
            return Error{
                .code = ErrorCode::state,
                .message = "records of the type " + type.name + " can only be read: its plugin was removed",
                .key = "records.archived_type",
                .where = type.name,
                .hint = "install " + type.owner + " again to write them",
            };
        if (asked.operation == Operation::create) return make_new(asked, change);
        if (m_created.contains(asked.id.number)) return record_twice(type, asked.id);
        MORTISE_TRY(change.before, read(type, asked.id));
        MORTISE_CHECK(may_change(type, *change.before, action_of(asked.operation)));
        if (change.before->is_deleted() && type.name == "contact") MORTISE_CHECK(follow_merge(asked, change));
        if (asked.version && *asked.version != change.before->version)
            return conflict_error(m_given.reader, *seen, *change.before, asked);
        const bool deleted = change.before->is_deleted();
        if (deleted != (asked.operation == Operation::restore))
            return deleted
                ? not_there(type, change.before->id)
                : Error{
                      .code = ErrorCode::state,
                      .message = type.name + " " + std::to_string(asked.id.number) + " is not deleted",
                      .key = "records.not_deleted",
                      .where = std::to_string(asked.id.number)
                  };
        change.after = *change.before;
        ++change.after.version;
        change.after.updated_at = m_given.now;
        if (asked.operation == Operation::remove)
            change.after.deleted_at = m_given.now;
        else if (asked.operation == Operation::restore) {
            change.after.deleted_at = {};
            m_created.insert(asked.id.number); // others of the unit may refer to what comes back
        } else
            MORTISE_CHECK(set_values(asked, change));
        return {};
    }

    /// An update of a contact that was merged into another is one of the survivor, unless it is based on what
    /// the contact was before. Nothing else is done to it.
    Result<void> follow_merge(const Change& asked, PreparedChange& change) const
    {
        MORTISE_TRY(const Id survivor, redirected(m_given.reader, asked.id));
        if (!survivor) return {};
        if (asked.operation == Operation::update && !asked.version) {
            MORTISE_TRY(change.before, read(*change.type, survivor));
            return may_change(*change.type, *change.before, Action::write);
        }
        const std::string name = std::to_string(survivor.number);
        return Error{
            .code = ErrorCode::state,
            .message = "contact " + std::to_string(asked.id.number) + " was merged into contact " + name,
            .key = "records.merged",
            .where = std::to_string(asked.id.number),
            .hint = asked.operation == Operation::restore ? "undo the merge to have both again"
                                                          : "use contact " + name,
        };
    }

    /// A plugin may write what it was granted, and always its own types and its own fields.
    Result<void> may_write(const RecordType& type, const Change& asked) const
    {
        const Principal& principal = m_given.context.principal;
        if (!principal.plugin || type.owner == principal.plugin->plugin()) return {};
        const bool only_own_fields
            = asked.operation == Operation::update && !asked.values.empty()
            && std::ranges::all_of(asked.values, [&](const Entry& entry) {
                   const auto slot = type.slot(entry.key);
                   return slot && type.fields[*slot].owner == principal.plugin->plugin();
               });
        return only_own_fields ? Result<void>{} : principal.require(type.plural + ".write");
    }

    Result<Row> read(const RecordType& type, Id id) const
    {
        MORTISE_TRY(Statement * select, m_given.reader.cached(type.sql.select_by_id));
        select->bind(1, id.number);
        MORTISE_TRY(const bool found, select->step());
        Row row = found ? read_row(*select, type) : Row{};
        select->reset();
        if (!found || !m_given.context.principal.reads(type.name)) return not_there(type, id);
        if (!type.shared && !is_within(type, row, Action::read)) return not_there(type, id);
        return row;
    }

    bool is_within(const RecordType& type, const Row& row, Action action) const
    {
        const Id own = m_given.context.principal.row_owner(type.name, action);
        return !own || row.owner == own;
    }

    /// What is shared, or may only be read, is there to read and to refer to, and no more.
    Result<void> may_change(const RecordType& type, const Row& row, Action action) const
    {
        if (is_within(type, row, action)) return {};
        return Error{
            .code = ErrorCode::denied,
            .message = type.name + " " + std::to_string(row.id.number)
                + " belongs to somebody else; you may read it and refer to it",
            .key = "access.scope",
            .where = std::to_string(row.id.number),
        };
    }

    Result<void> make_new(const Change& asked, PreparedChange& change)
    {
        const RecordType& type = *change.type;
        Row& row = change.after;
        row.id = asked.id;
        if (!row.id) {
            MORTISE_TRY(row.id, m_given.next_id());
        }
        row.version = 1;
        row.owner = m_given.context.principal.user;
        row.created_at = row.updated_at = m_given.now;
        row.values.resize(type.fields.size());
        for (std::size_t slot = 0; slot < type.fields.size(); ++slot)
            if (!type.fields[slot].archived) row.values[slot] = type.fields[slot].default_value;
        if (!m_created.insert(row.id.number)) return record_twice(type, row.id);
        return set_values(asked, change);
    }

    Result<void> set_values(const Change& asked, PreparedChange& change)
    {
        const RecordType& type = *change.type;
        for (const auto& [name, value] : asked.values) {
            if (name == "owner") {
                MORTISE_CHECK(set_owner(value, change));
                continue;
            }
            MORTISE_CHECK(person_may_set(m_given, type, name));
            MORTISE_TRY(const std::size_t slot, type.require_slot(name));
            const Field& field = type.fields[slot];
            if (field.archived)
                return Error{
                    .code = ErrorCode::state,
                    .message = "the field " + name + " can only be read: its plugin was removed",
                    .key = "records.archived_field",
                    .where = name,
                };
            MORTISE_TRY(change.after.values[slot], coerce(field, value));
            MORTISE_CHECK(check_limits(field, change.after.values[slot]));
        }
        if (type.name == "contact") complete_contact(type, change.after);
        if (type.name == "contact_point") return normalise_point(type, change);
        if (type.name == "identity") return normalise_identity(type, change);
        return {};
    }

    Result<void> set_owner(const Value& value, PreparedChange& change) const
    {
        const Field as_reference{.name = "owner", .kind = FieldKind::reference};
        MORTISE_TRY(const Value owner, coerce(as_reference, value));
        const Id id = owner.get_or(Id{});
        const Id visible_to = m_given.context.principal.row_owner(change.type->name, Action::write);
        if (visible_to && id != visible_to)
            return Error{
                .code = ErrorCode::denied,
                .message = "you may not give a record to somebody else",
                .key = "access.scope",
                .where = "owner",
            };
        change.owner_changed = change.before && change.before->owner != id;
        change.after.owner = id;
        return {};
    }

    Result<bool> run_hooks()
    {
        if (!m_given.hooks) return false;
        std::set<std::size_t> amended;
        std::vector<DraftView> views;
        for (PreparedChange& change : m_prepared.changes)
            if (m_given.hooks->wants(*change.type, change.operation)) views.emplace_back(change, amended);
        if (views.empty()) return false;
        std::vector<Draft*> drafts;
        drafts.reserve(views.size());
        for (DraftView& view : views)
            drafts.push_back(&view);
        MORTISE_CHECK(m_given.hooks->run(m_given.context, drafts));
        return true;
    }

    /// Another record or a file. The value may become another: a contact that was merged is replaced, and a
    /// file has the size of its contents.
    Result<void> check_what_is_named(PreparedChange& change, std::size_t slot) const
    {
        const Field& field = change.type->fields[slot];
        Value& value = change.after.values[slot];
        if (value.is_null()) return {};
        if (field.is_file()) return check_file(m_given, *change.type, field, change.after.id, value);
        return field.kind == FieldKind::reference ? check_reference(field, value) : Result<void>{};
    }

    Result<void> check_change(PreparedChange& change)
    {
        if (change.operation == Operation::remove) return {};
        if (change.operation == Operation::restore) return check_restored(change);
        const RecordType& type = *change.type;
        change.changed.reserve(usual_changes);
        change.sort_keys.reserve(type.sorted_slots.size());
        for (std::size_t slot = 0; slot < type.fields.size(); ++slot) {
            const Field& field = type.fields[slot];
            const Value& value = change.after.values[slot];
            if (!change.before ? value.is_null() : value == change.before->values[slot]) {
                if (value.is_null() && field.required && !field.archived && !change.before)
                    return missing(type, field);
                continue;
            }
            if (value.is_null() && field.required) return missing(type, field);
            MORTISE_CHECK(check_what_is_named(change, slot));
            if (!change.before || !(value == change.before->values[slot])) change.changed.push_back(slot);
        }
        for (const std::size_t slot : type.sorted_slots)
            if (!change.before || std::ranges::binary_search(change.changed, slot))
                change.sort_keys.push_back(sort_key_of(m_given.collator, change.after.values[slot]));
        return {};
    }

    /// What goes with a record does not come back without it.
    Result<void> check_restored(PreparedChange& change) const
    {
        for (std::size_t slot = 0; slot < change.type->fields.size(); ++slot) {
            const Field& field = change.type->fields[slot];
            Value target = change.after.values[slot];
            if (field.required && !field.archived && target.is_null()) // of an erased one nothing is left
                return missing(*change.type, field);
            if (field.on_delete == OnDelete::keep || field.archived || target.is_null()) continue;
            if (auto checked = check_reference(field, target); !checked) {
                Error error = std::move(checked).error();
                if (error.key == "records.broken_reference")
                    error.hint = "restore that one too, before or in the same unit, or undo its deletion";
                return error;
            }
        }
        return {};
    }

    static Error missing(const RecordType& type, const Field& field)
    {
        return Error{
            .code = ErrorCode::invalid,
            .message = "a " + type.name + " needs a value for " + field.name,
            .key = "records.required",
            .where = field.name,
        };
    }

    /// A contact that was merged into another is replaced by it.
    Result<void> check_reference(const Field& field, Value& value) const
    {
        Id id = *value.as<Id>();
        if (m_created.contains(id.number)) return {};
        MORTISE_TRY(const TypePointer target, m_given.schema.require(field.reference_type));
        const bool goes = field.on_delete != OnDelete::keep && m_removed.contains(id.number);
        auto row = read(*target, id);
        if (row && !row->is_deleted() && !goes) return {};
        if (target->name == "contact") {
            MORTISE_TRY(const Id survivor, redirected(m_given.reader, id));
            if (survivor) {
                value = id = survivor;
                row = read(*target, id);
                if (row && !row->is_deleted()) return {};
            }
        }
        if (!row && row.error().code != ErrorCode::not_found) return std::move(row).error();
        return Error{
            .code = ErrorCode::invalid,
            .message = field.name + " refers to " + target->name + " " + std::to_string(id.number)
                + (goes ? ", which the same unit of work deletes" : ", which is not there"),
            .key = "records.broken_reference",
            .where = field.name,
        };
    }

    const Preparation& m_given;
    const UnitOfWork& m_unit;
    PreparedUnit m_prepared;
    IdSet m_created; ///< or restored
    IdSet m_removed;
};

} // namespace

std::string_view name_of(Operation operation) noexcept
{
    switch (operation) {
    case Operation::create:
        return "create";
    case Operation::update:
        return "update";
    case Operation::remove:
        return "delete";
    case Operation::restore:
        return "restore";
    }
    return "";
}

Result<PreparedUnit> prepare_unit(const Preparation& preparation, const UnitOfWork& unit)
{
    return Preparer{preparation, unit}.run();
}

} // namespace mortise::host
