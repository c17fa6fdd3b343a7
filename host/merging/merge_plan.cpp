#include "merging/merge_plan.hpp"

#include "merging/duplicates.hpp"
#include "merging/merge_types.hpp"
#include "merging/merged_relations.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {

namespace {

/// Kinds of points of which a contact names the primary one itself.
constexpr std::array address_kinds{"email", "phone"};

using Successors = std::map<std::int64_t, Id>;

class MovePlanner {
public:
    MovePlanner(const PlanTools& tools, MergePlan& plan) : m_tools{tools}, m_plan{plan} { }

    Result<void> run(const Row& survivor)
    {
        Row& present = m_plan.changes.edit(m_plan.contacts, m_plan.rows.front());
        present.values = survivor.values;
        present.owner = survivor.owner;
        Successors successors;
        for (const Row& loser : m_plan.losers()) {
            successors[loser.id.number] = m_plan.survivor();
            m_plan.changes.edit(m_plan.contacts, loser).deleted_at = Instant{1};
        }
        m_queue.emplace_back(m_plan.contacts, std::move(successors));
        while (!m_queue.empty()) {
            const auto [target, moves] = std::move(m_queue.back());
            m_queue.pop_back();
            MORTISE_CHECK(move(target, moves));
        }
        MORTISE_CHECK(settle_employment(m_tools, m_plan.changes, survivor));
        return settle_points(survivor);
    }

private:
    Result<void> move(const TypePointer& target, const Successors& moves)
    {
        std::vector<Id> olds;
        std::vector<Id> targets;
        for (const auto& [old, successor] : moves) {
            olds.push_back({old});
            if (std::ranges::find(targets, successor) == targets.end()) targets.push_back(successor);
        }
        for (const TypePointer& type : m_tools.schema.types()) {
            if (type->name == merge_type) continue;
            std::vector<std::size_t> moved;
            for (std::size_t slot = 0; slot < type->fields.size(); ++slot) {
                const Field& field = type->fields[slot];
                if (field.kind != FieldKind::reference || field.reference_type != target->name) continue;
                MORTISE_TRY(const std::size_t count, move_field(type, slot, olds, moves));
                if (count == 0) continue;
                moved.push_back(slot);
                count_references(*type, field, count);
            }
            if (moved.empty()) continue;
            MORTISE_TRY(
                const auto duplicates, drop_duplicates(m_tools, m_plan.changes, type, moved, targets)
            );
            follow(type, duplicates);
        }
        return {};
    }

    Result<std::size_t> move_field(
        const TypePointer& type, std::size_t slot, const std::vector<Id>& olds, const Successors& moves
    )
    {
        MORTISE_TRY(const std::vector<Row> rows, rows_that_refer(m_tools.reader, *type, slot, olds));
        std::size_t count = 0;
        for (const Row& row : rows) {
            if (is_merged(row.id)) continue; // stays as it was; the survivor's fields are chosen
            Row& after = m_plan.changes.edit(type, row);
            const Id* old = after.values[slot].as<Id>();
            const auto found = old ? moves.find(old->number) : moves.end();
            if (found == moves.end()) continue;
            if (type->name == "contact_point") take_owner(after, found->first);
            after.values[slot] = found->second;
            ++count;
        }
        return count;
    }

    bool is_merged(Id id) const { return std::ranges::find(m_plan.rows, id, &Row::id) != m_plan.rows.end(); }

    /// Points have the owner of their contact.
    void take_owner(Row& point, std::int64_t loser) const
    {
        const auto contact = std::ranges::find(m_plan.rows, Id{loser}, &Row::id);
        if (contact != m_plan.rows.end() && contact->owner == point.owner)
            point.owner = m_plan.changes.find(m_plan.survivor())->owner;
    }

    void count_references(const RecordType& type, const Field& field, std::size_t count)
    {
        const auto known = std::ranges::find_if(m_plan.references, [&](const MovedReferences& each) {
            return each.type == type.name && each.field == field.name;
        });
        if (known != m_plan.references.end())
            known->records += count;
        else
            m_plan.references.push_back({type.name, field.name, count});
    }

    /// What refers to a record that was dropped refers to the one that stays.
    void follow(const TypePointer& type, const std::vector<Duplicate>& duplicates)
    {
        Successors successors;
        for (const auto& [gone, kept] : duplicates) {
            m_plan.dropped.push_back({type->name, gone, kept});
            successors[gone.number] = kept;
        }
        for (auto& [gone, kept] : successors)
            for (auto next = successors.find(kept.number); next != successors.end();
                 next = successors.find(kept.number))
                kept = next->second;
        if (!successors.empty()) m_queue.emplace_back(type, std::move(successors));
    }

    Result<void> settle_points(const Row& survivor)
    {
        const TypePointer points = m_tools.schema.find("contact_point");
        std::vector<Id> contacts;
        contacts.reserve(m_plan.rows.size());
        for (const Row& row : m_plan.rows)
            contacts.push_back(row.id);
        MORTISE_TRY(
            std::vector<Row> rows,
            rows_that_refer(m_tools.reader, *points, *points->slot("contact"), contacts)
        );
        std::erase_if(rows, [&](const Row& row) {
            const Row* after = m_plan.changes.find(row.id);
            return (after ? *after : row).is_deleted();
        });
        one_primary_each(*points, rows);
        return settle_primary(m_tools, m_plan.changes, survivor, rows);
    }

    /// Of the kinds that follow no field of the contact the survivor's primary point stays the primary one.
    void one_primary_each(const RecordType& type, const std::vector<Row>& rows)
    {
        const std::size_t primary = *type.slot("is_primary");
        const std::size_t kind = *type.slot("kind");
        std::vector<std::string_view> taken{address_kinds.begin(), address_kinds.end()};
        for (const Row& row : rows) { // the survivor's come first
            if (!row.values[primary].get_or(false)) continue;
            const std::string_view own = row.values[kind].text();
            if (std::ranges::find(taken, own) == taken.end())
                taken.push_back(own);
            else if (std::ranges::find(address_kinds, own) == address_kinds.end())
                m_plan.changes.edit(m_tools.schema.find(type.name), row).values[primary] = false;
        }
    }

    const PlanTools& m_tools;
    MergePlan& m_plan;
    std::vector<std::pair<TypePointer, Successors>> m_queue;
};

Result<void> make_point(
    const PlanTools& tools, ChangeSet& changes, const Row& contact, const char* kind, const Value& value
)
{
    const TypePointer type = tools.schema.find("contact_point");
    Row row;
    MORTISE_TRY(row.id, tools.next_id());
    row.owner = contact.owner;
    row.values.resize(type->fields.size());
    for (std::size_t slot = 0; slot < type->fields.size(); ++slot)
        if (!type->fields[slot].archived) row.values[slot] = type->fields[slot].default_value;
    row.values[*type->slot("contact")] = contact.id;
    row.values[*type->slot("kind")] = kind;
    row.values[*type->slot("value")] = value;
    row.values[*type->slot("is_primary")] = true;
    changes.create(type, std::move(row));
    return {};
}

} // namespace

Result<std::vector<Row>>
rows_that_refer(Connection& reader, const RecordType& type, std::size_t slot, std::span<const Id> ids)
{
    MORTISE_TRY(
        Statement * select,
        reader.cached(
            type.sql.select + " WHERE " + quoted_name(columns_of(type.fields[slot]).front())
            + " = ?1 ORDER BY id"
        )
    );
    std::vector<Row> rows;
    for (const Id id : ids) {
        select->bind(1, id.number);
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            rows.push_back(read_row(*select, type));
        }
        select->reset();
    }
    return rows;
}

Result<void>
settle_primary(const PlanTools& tools, ChangeSet& changes, const Row& contact, std::span<const Row> points)
{
    const TypePointer contacts = tools.schema.find("contact");
    const TypePointer type = tools.schema.find("contact_point");
    const std::size_t kind_slot = *type->slot("kind");
    const std::size_t value_slot = *type->slot("value");
    const std::size_t primary_slot = *type->slot("is_primary");
    for (const char* kind : address_kinds) {
        const Value& address = contact.values[*contacts->slot(kind)];
        bool found = address.is_null();
        for (const Row& point : points) {
            const Row* changed = changes.find(point.id);
            const Row& present = changed ? *changed : point;
            if (present.values[kind_slot].text() != kind) continue;
            const bool is_primary = !found && present.values[value_slot].text() == address.text();
            found |= is_primary;
            if (present.values[primary_slot].get_or(false) != is_primary)
                changes.edit(type, point).values[primary_slot] = is_primary;
        }
        if (!found) MORTISE_CHECK(make_point(tools, changes, contact, kind, address));
    }
    return {};
}

Result<void> plan_moves(const PlanTools& tools, const Row& survivor, MergePlan& plan)
{
    return MovePlanner{tools, plan}.run(survivor);
}

} // namespace mortise::host
