#include "merging/duplicates.hpp"

#include "merging/merge_plan.hpp"
#include "merging/merged_relations.hpp"
#include "records/field_codec.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace mortise::host {

namespace {

class Search {
public:
    Search(ChangeSet& changes, const TypePointer& type, std::vector<Row> rows)
        : m_changes{changes},
          m_type{type},
          m_rows{std::move(rows)}
    {
    }

    Result<std::vector<Duplicate>> run(const PlanTools& tools, const std::vector<std::size_t>& moved)
    {
        if (m_type->name == "relation") {
            MORTISE_TRY(const auto surplus, surplus_relations(tools, m_changes, m_rows));
            for (const auto& [gone, kept] : surplus)
                drop(*std::ranges::find(m_rows, gone, &Row::id), *std::ranges::find(m_rows, kept, &Row::id));
        }
        if (m_type->name == "contact_point") by_fields({"contact", "kind", "value"}, false);
        if (m_type->name == "consent") consents();
        for (const Constraint& constraint : m_type->constraints)
            if (constraint.is_unique() && concerns(constraint.unique, moved)) unique(constraint);
        for (const std::size_t slot : moved)
            if (m_type->fields[slot].unique) by_fields({m_type->fields[slot].name}, true);
        return std::move(m_found);
    }

private:
    const Row& present(const Row& row) const
    {
        const Row* changed = m_changes.find(row.id);
        return changed ? *changed : row;
    }

    bool concerns(const std::vector<std::string>& fields, const std::vector<std::size_t>& moved) const
    {
        return std::ranges::any_of(moved, [&](std::size_t slot) {
            return std::ranges::find(fields, m_type->fields[slot].name) != fields.end();
        });
    }

    /// The values of the fields; empty if one of them has none and `all` must.
    std::vector<Value> key_of(const Row& row, const std::vector<std::string>& fields, bool all) const
    {
        std::vector<Value> key;
        for (const std::string& field : fields) {
            const auto slot = m_type->slot(field);
            key.push_back(slot ? row.values[*slot] : Value{});
            if (all && key.back().is_null()) return {};
        }
        return key;
    }

    void by_fields(const std::vector<std::string>& fields, bool all)
    {
        std::vector<std::pair<std::vector<Value>, const Row*>> kept;
        for (const Row& row : m_rows) {
            if (present(row).is_deleted()) continue;
            std::vector<Value> key = key_of(present(row), fields, all);
            if (key.empty()) continue;
            const auto same = std::ranges::find(kept, key, &std::pair<std::vector<Value>, const Row*>::first);
            if (same == kept.end())
                kept.emplace_back(std::move(key), &row);
            else
                drop(row, *same->second);
        }
    }

    void unique(const Constraint& constraint)
    {
        const std::vector<Row> all = m_rows;
        std::erase_if(m_rows, [&](const Row& row) { return !counts(constraint, present(row)); });
        by_fields(constraint.unique, true);
        m_rows = all;
    }

    bool counts(const Constraint& constraint, const Row& row) const
    {
        return std::ranges::all_of(constraint.where, [&](const Entry& entry) {
            const auto slot = m_type->slot(entry.key);
            if (!slot) return false;
            const auto wanted = coerce(m_type->fields[*slot], entry.value);
            return wanted && *wanted == row.values[*slot];
        });
    }

    /// Of what was said about the same the latest word counts, and a withdrawal before what was said in the
    /// same moment.
    void consents()
    {
        const auto rank = [this](const Row& row) {
            const Instant at = value_of(*m_type, row, "at").get_or(Instant{});
            return std::pair{-at.microseconds, value_of(*m_type, row, "state").text() != "withdrawn"};
        };
        std::ranges::stable_sort(m_rows, {}, [&](const Row& row) { return rank(present(row)); });
        by_fields({"contact", "purpose", "channel", "point"}, false);
    }

    void drop(const Row& row, const Row& kept)
    {
        if (m_type->name == "contact_point") keep_facts(row, kept);
        m_changes.edit(m_type, row).deleted_at = Instant{1};
        if (kept.id != row.id) m_found.emplace_back(row.id, kept.id);
    }

    /// What only the point that goes knows.
    void keep_facts(const Row& row, const Row& kept)
    {
        const std::size_t state = *m_type->slot("state");
        const auto is_unknown
            = [&](const Value& value) { return value.is_null() || value.text() == "unverified"; };
        if (is_unknown(present(kept).values[state]) && !is_unknown(present(row).values[state]))
            m_changes.edit(m_type, kept).values[state] = present(row).values[state];
        const std::size_t label = *m_type->slot("label");
        if (present(kept).values[label].is_null() && !present(row).values[label].is_null())
            m_changes.edit(m_type, kept).values[label] = present(row).values[label];
    }

    ChangeSet& m_changes;
    const TypePointer& m_type;
    std::vector<Row> m_rows;
    std::vector<Duplicate> m_found;
};

bool is_watched(const RecordType& type, const std::vector<std::size_t>& slots)
{
    static constexpr std::array<std::string_view, 3> own{"contact_point", "relation", "consent"};
    if (std::ranges::find(own, type.name) != own.end()) return true;
    return std::ranges::any_of(slots, [&](std::size_t slot) {
        const Field& field = type.fields[slot];
        return field.unique || std::ranges::any_of(type.constraints, [&](const Constraint& constraint) {
                   return std::ranges::find(constraint.unique, field.name) != constraint.unique.end();
               });
    });
}

} // namespace

Result<std::vector<Duplicate>> drop_duplicates(
    const PlanTools& tools,
    ChangeSet& changes,
    const TypePointer& type,
    const std::vector<std::size_t>& slots,
    const std::vector<Id>& targets
)
{
    if (!is_watched(*type, slots)) return std::vector<Duplicate>{};
    // Those that were there before the others: they stay.
    std::vector<Row> rows;
    std::map<std::int64_t, bool> seen;
    std::vector<std::size_t> looked_at = slots;
    if (type->name == "relation") looked_at = {*type->slot("source"), *type->slot("target")};
    for (const std::size_t slot : looked_at) {
        MORTISE_TRY(std::vector<Row> found, rows_that_refer(tools.reader, *type, slot, targets));
        for (Row& row : found)
            if (seen.emplace(row.id.number, true).second) rows.push_back(std::move(row));
    }
    for (const auto& [id, edit] : changes.edits())
        if (edit.type == type && edit.before && seen.emplace(id, true).second) rows.push_back(*edit.before);
    return Search{changes, type, std::move(rows)}.run(tools, slots);
}

} // namespace mortise::host
