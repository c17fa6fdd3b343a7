#include "merging/merged_relations.hpp"

#include "merging/merge_plan.hpp"
#include "records/relations/relation_kinds.hpp"
#include "records/relations/relation_rows.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace mortise::host {

namespace {

class Sieve {
public:
    Sieve(
        const PlanTools& tools,
        const ChangeSet& changes,
        std::span<const Row> rows,
        RelationKinds kinds,
        const TypePointer& type
    )
        : m_tools{tools},
          m_changes{changes},
          m_rows{rows},
          m_kinds{std::move(kinds)},
          m_type{type},
          m_slots{*type},
          m_today{day_of(tools.now)}
    {
    }

    Result<std::vector<Duplicate>> run()
    {
        std::vector<const Row*> kept;
        for (const Row& row : m_rows) {
            if (present(row).is_deleted()) continue;
            MORTISE_TRY(const Id instead, instead_of(row, kept));
            if (instead)
                m_gone.emplace_back(row.id, instead);
            else
                kept.push_back(&row);
        }
        return std::move(m_gone);
    }

private:
    const Row& present(const Row& row) const
    {
        const Row* changed = m_changes.find(row.id);
        return changed ? *changed : row;
    }

    bool is_gone(Id id) const { return std::ranges::find(m_gone, id, &Duplicate::first) != m_gone.end(); }

    /// What stays in its place: the row itself if it goes for nothing, 0 if it stays. One that the merge does
    /// not move was right before.
    Result<Id> instead_of(const Row& row, const std::vector<const Row*>& kept)
    {
        const Row& after = present(row);
        if (!m_changes.find_edit(row.id)) return Id{};
        if (m_slots.source_of(after) == m_slots.target_of(after)) return row.id;
        const RelationKind* kind = m_kinds.find(m_slots.kind_of(after));
        for (const Row* other : kept)
            if (says_the_same(present(*other), after, kind) || excludes(present(*other), after, kind))
                return other->id;
        if (!kind || !kind->tree) return Id{};
        MORTISE_TRY(const bool closes, closes_circle(after));
        return closes ? row.id : Id{};
    }

    std::pair<std::int64_t, std::int64_t> ends_of(const Row& row, const RelationKind* kind) const
    {
        std::pair ends{m_slots.source_of(row).number, m_slots.target_of(row).number};
        if (kind && kind->symmetric && ends.second < ends.first) std::swap(ends.first, ends.second);
        return ends;
    }

    bool says_the_same(const Row& one, const Row& other, const RelationKind* kind) const
    {
        return m_slots.kind_of(one) == m_slots.kind_of(other) && ends_of(one, kind) == ends_of(other, kind)
            && one.values[m_slots.role] == other.values[m_slots.role]
            && m_slots.period_of(one) == m_slots.period_of(other);
    }

    /// Whether both are valid on some day from today on, and one at a time is allowed.
    bool excludes(const Row& one, const Row& other, const RelationKind* kind) const
    {
        if (!kind || !kind->single || m_slots.kind_of(one) != kind->name) return false;
        const auto is_end_of = [&](Id contact, const Row& row) {
            return m_slots.source_of(row) == contact
                || (kind->symmetric && m_slots.target_of(row) == contact);
        };
        const bool meet = is_end_of(m_slots.source_of(other), one)
            || (kind->symmetric && is_end_of(m_slots.target_of(other), one));
        const Period both
            = m_slots.period_of(one).with(m_slots.period_of(other)).with(Period{.from = m_today.days});
        return meet && !both.is_empty();
    }

    Result<bool> closes_circle(const Row& row)
    {
        constexpr std::size_t most_steps = 10'000;
        const Id end = m_slots.source_of(row);
        std::vector<std::pair<Id, Period>> steps{{m_slots.target_of(row), m_slots.period_of(row)}};
        std::set<std::pair<std::int64_t, Period>> seen;
        for (std::size_t i = 0; i < steps.size() && i < most_steps; ++i) {
            const auto [contact, period] = steps[i];
            if (contact == end) return true;
            MORTISE_TRY(const std::vector<Row> parents, relations_from(contact, m_slots.kind_of(row)));
            for (const Row& parent : parents) {
                const Period both = m_slots.period_of(parent).with(period);
                const Id next = m_slots.target_of(parent);
                if (!both.is_empty() && seen.emplace(next.number, both).second)
                    steps.emplace_back(next, both);
            }
        }
        return false;
    }

    /// As the merge leaves them.
    Result<std::vector<Row>> relations_from(Id contact, std::string_view kind)
    {
        MORTISE_TRY(
            std::vector<Row> rows,
            rows_that_refer(m_tools.reader, *m_type, m_slots.source, std::span{&contact, 1})
        );
        for (const Row& row : m_rows)
            if (m_changes.find_edit(row.id) && m_slots.source_of(present(row)) == contact)
                rows.push_back(row);
        std::vector<Row> found;
        for (const Row& row : rows) {
            const Row& after = present(row);
            if (!after.is_deleted() && !is_gone(row.id) && m_slots.source_of(after) == contact
                && m_slots.kind_of(after) == kind)
                found.push_back(after);
        }
        return found;
    }

    const PlanTools& m_tools;
    const ChangeSet& m_changes;
    std::span<const Row> m_rows;
    RelationKinds m_kinds;
    TypePointer m_type;
    RelationSlots m_slots;
    Date m_today;
    std::vector<Duplicate> m_gone;
};

} // namespace

Result<std::vector<Duplicate>>
surplus_relations(const PlanTools& tools, const ChangeSet& changes, std::span<const Row> rows)
{
    MORTISE_TRY(RelationKinds kinds, RelationKinds::read(tools.reader, tools.schema));
    return Sieve{tools, changes, rows, std::move(kinds), tools.schema.find(relation_type)}.run();
}

Result<void> settle_employment(const PlanTools& tools, ChangeSet& changes, const Row& survivor)
{
    const TypePointer type = tools.schema.find(relation_type);
    const TypePointer contacts = tools.schema.find("contact");
    const RelationSlots slots{*type};
    const Date today = day_of(tools.now);
    const Value& organisation = survivor.values[*contacts->slot("organisation")];
    const bool is_organisation = survivor.values[*contacts->slot("kind")].text() == "organisation";
    MORTISE_TRY(
        std::vector<Row> rows, rows_that_refer(tools.reader, *type, slots.source, std::span{&survivor.id, 1})
    );
    for (const auto& [id, edit] : changes.edits())
        if (edit.type == type && edit.before && slots.source_of(*edit.before) != survivor.id
            && slots.source_of(edit.after) == survivor.id)
            rows.push_back(*edit.before);
    bool is_found = false;
    for (const Row& row : rows) {
        const Row* changed = changes.find(row.id);
        const Row& present = changed ? *changed : row;
        if (present.is_deleted() || slots.kind_of(present) != (is_organisation ? part_of : works_at)
            || !slots.period_of(present).has(today))
            continue;
        const bool is_primary = !is_found && present.values[slots.target] == organisation;
        is_found |= is_primary;
        if (present.values[slots.is_primary].get_or(false) != is_primary)
            changes.edit(type, row).values[slots.is_primary] = is_primary;
    }
    return {};
}

} // namespace mortise::host
