#include "records/relations/relation_rows.hpp"

#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

Date day_of(Instant time) noexcept
{
    constexpr std::int64_t day = 86'400'000'000;
    const std::int64_t days = time.microseconds / day;
    return {time.microseconds % day < 0 ? days - 1 : days};
}

RelationSlots::RelationSlots(const RecordType& type)
    : source{*type.slot("source")},
      target{*type.slot("target")},
      kind{*type.slot("kind")},
      role{*type.slot("role")},
      valid_from{*type.slot("valid_from")},
      valid_to{*type.slot("valid_to")},
      is_primary{*type.slot("is_primary")}
{
}

Period RelationSlots::period_of(const Row& row) const
{
    Period period;
    if (const Date* from = row.values[valid_from].as<Date>()) period.from = from->days;
    if (const Date* to = row.values[valid_to].as<Date>()) period.to = to->days;
    return period;
}

RelationRows::RelationRows(Connection& connection, const Schema& schema, const PreparedUnit& unit)
    : m_connection{connection},
      m_unit{unit},
      m_contacts{schema.find("contact")},
      m_relations{schema.find(host::relation_type)},
      m_slots{*m_relations}
{
    for (std::size_t i = 0; i < unit.changes.size(); ++i)
        remember(i);
}

void RelationRows::remember(std::size_t change)
{
    const PreparedChange& changed = m_unit.changes[change];
    if (changed.type->id != m_contacts->id && changed.type->id != m_relations->id) return;
    if (!m_changes.emplace(changed.after.id.number, change).second) return;
    if (changed.type->id == m_relations->id) m_relation_changes.push_back(change);
}

std::optional<std::size_t> RelationRows::change_of(Id id) const
{
    const auto found = m_changes.find(id.number);
    return found == m_changes.end() ? std::nullopt : std::optional{found->second};
}

Result<std::vector<RelationRows::Found>> RelationRows::of(Id contact, End end)
{
    const std::size_t slot = end == End::source ? m_slots.source : m_slots.target;
    std::vector<Found> found;
    MORTISE_TRY(
        Statement * select,
        m_connection.cached(
            m_relations->sql.select + " WHERE " + quoted_name(m_relations->fields[slot].column)
            + " = ?1 AND +deleted_at IS NULL"
        )
    );
    select->bind(1, contact.number);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        Row row = read_row(*select, *m_relations);
        if (!m_changes.contains(row.id.number)) found.push_back({std::move(row), std::nullopt});
    }
    select->reset();
    for (const std::size_t i : m_relation_changes) {
        const Row& after = m_unit.changes[i].after;
        if (!after.is_deleted() && after.values[slot].get_or(Id{}) == contact) found.push_back({after, i});
    }
    std::ranges::sort(found, {}, [](const Found& each) { return each.row.id.number; });
    return found;
}

Result<std::vector<RelationRows::Found>> RelationRows::between(Id source, Id target)
{
    std::vector<Found> found;
    MORTISE_TRY(
        Statement * select,
        m_connection.cached(
            m_relations->sql.select + " WHERE source = ?1 AND target = ?2 AND +deleted_at IS NULL"
        )
    );
    select->bind(1, source.number);
    select->bind(2, target.number);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        Row row = read_row(*select, *m_relations);
        if (!m_changes.contains(row.id.number)) found.push_back({std::move(row), std::nullopt});
    }
    select->reset();
    for (const std::size_t i : m_relation_changes) {
        const Row& after = m_unit.changes[i].after;
        if (!after.is_deleted() && m_slots.source_of(after) == source && m_slots.target_of(after) == target)
            found.push_back({after, i});
    }
    return found;
}

Result<std::vector<RelationRows::Found>> RelationRows::of(Id contact, std::string_view kind, End end)
{
    MORTISE_TRY(std::vector<Found> found, of(contact, end));
    std::erase_if(found, [&](const Found& each) { return m_slots.kind_of(each.row) != kind; });
    return found;
}

Result<std::optional<Row>> RelationRows::contact(Id id)
{
    std::optional<Row> row;
    if (const auto change = change_of(id)) {
        if (m_unit.changes[*change].type->id == m_contacts->id) row = m_unit.changes[*change].after;
    } else {
        MORTISE_TRY(Statement * select, m_connection.cached(m_contacts->sql.select_by_id));
        select->bind(1, id.number);
        MORTISE_TRY(const bool there, select->step());
        if (there) row = read_row(*select, *m_contacts);
        select->reset();
    }
    if (row && row->is_deleted()) row.reset();
    return row;
}

} // namespace mortise::host
