#include "records/records.hpp"
#include "relations/relation_book.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace mortise::host {

namespace {

constexpr std::size_t most_contacts = 10'000;

/// Walks a tree with the rights of one person: where it may not see a contact, it ends.
class Walk {
public:
    Walk(Records& records, Views& views, const Principal& principal, std::string_view kind, Date day)
        : m_records{records},
          m_views{views},
          m_principal{principal},
          m_kind{kind},
          m_day{day},
          m_contacts{records.schema()->find("contact")},
          m_slots{*records.schema()->find(relation_type)}
    {
    }

    Result<RelationTree> run(Row contact)
    {
        RelationTree tree;
        tree.contact = std::move(contact);
        m_seen = {tree.contact.id.number};
        MORTISE_CHECK(climb(tree));
        m_seen = {tree.contact.id.number};
        MORTISE_CHECK(descend(tree, tree.contact.id, 1));
        tree.is_cut = m_is_cut;
        return tree;
    }

private:
    Result<void> climb(RelationTree& tree)
    {
        std::vector<TreePlace> level{{tree.contact, 0, {}}};
        while (!level.empty()) {
            std::vector<TreePlace> next;
            for (const TreePlace& place : level) {
                MORTISE_TRY(std::vector<Row> above, parents_of(place.contact));
                for (Row& row : above) {
                    if (!take(row.id)) continue;
                    next.push_back({std::move(row), place.depth + 1, place.contact.id});
                    tree.above.push_back(next.back());
                }
            }
            level = std::move(next);
        }
        return {};
    }

    Result<void> descend(RelationTree& tree, Id from, std::int64_t depth)
    {
        constexpr std::int64_t deepest = 200;
        if (depth > deepest) {
            m_is_cut = true;
            return {};
        }
        MORTISE_TRY(std::vector<Row> below, children_of(from));
        for (Row& row : below) {
            if (!take(row.id)) continue;
            const Id id = row.id;
            tree.below.push_back({std::move(row), depth, from});
            MORTISE_CHECK(descend(tree, id, depth + 1));
        }
        return {};
    }

    /// False: it was met before, as may be where older data has a circle, or there are too many.
    bool take(Id id)
    {
        if (m_seen.contains(id.number)) return false;
        m_is_cut |= m_seen.size() > most_contacts;
        return !m_is_cut && m_seen.insert(id.number).second;
    }

    Result<std::vector<Row>> contacts(std::vector<Id> ids)
    {
        std::ranges::sort(ids);
        const auto same = std::ranges::unique(ids);
        ids.erase(same.begin(), same.end());
        MORTISE_TRY(std::vector<Row> rows, m_records.get(m_principal, "contact", ids));
        std::ranges::stable_sort(rows, {}, [this](const Row& row) {
            return std::string{value_of(*m_contacts, row, "name").text()};
        });
        return rows;
    }

    Result<std::vector<Id>> related(Id contact, bool upwards)
    {
        MORTISE_TRY(
            const auto rows,
            m_records.find(
                m_principal, relation_type, upwards ? "source" : "target", Value{contact}, most_contacts
            )
        );
        std::vector<Id> ids;
        for (const Row& row : rows)
            if (m_slots.kind_of(row) == m_kind && m_slots.period_of(row).has(m_day))
                ids.push_back(upwards ? m_slots.target_of(row) : m_slots.source_of(row));
        return ids;
    }

    Result<std::vector<Row>> parents_of(const Row& contact)
    {
        MORTISE_TRY(std::vector<Id> ids, related(contact.id, true));
        const Id field = value_of(*m_contacts, contact, "organisation").get_or(Id{});
        const bool is_organisation = value_of(*m_contacts, contact, "kind").text() == "organisation";
        // With relations the field is the one of today; without it is undated.
        if (m_kind == part_of && ids.empty() && is_organisation && field) {
            MORTISE_TRY(const bool is_dated, has_any(contact.id, field));
            if (!is_dated) ids.push_back(field);
        }
        return contacts(std::move(ids));
    }

    Result<std::vector<Row>> children_of(Id contact)
    {
        MORTISE_TRY(std::vector<Id> ids, related(contact, false));
        if (m_kind != part_of) return contacts(std::move(ids));
        auto found = m_views.query(
            m_principal,
            {.sql = "SELECT id FROM contact WHERE organisation = ? AND kind = 'organisation'",
             .named = {},
             .positional = {Value{contact}},
             .limits = {},
             .as_of = {}}
        );
        if (!found) return contacts(std::move(ids)); // a field is hidden from the person
        std::vector<Id> by_field;
        for (;;) {
            MORTISE_TRY(const bool more, found->step());
            if (!more) break;
            by_field.push_back(found->value(0).get_or(Id{}));
        }
        for (const Id id : by_field) {
            MORTISE_TRY(const bool is_dated, has_any(id, contact));
            if (!is_dated) ids.push_back(id);
        }
        return contacts(std::move(ids));
    }

    /// Whether relations say when that was so, rather than the field alone.
    Result<bool> has_any(Id source, Id target)
    {
        MORTISE_TRY(
            const auto rows,
            m_records.find(m_principal, relation_type, "source", Value{source}, most_contacts)
        );
        return std::ranges::any_of(rows, [&](const Row& row) {
            return m_slots.kind_of(row) == part_of && m_slots.target_of(row) == target;
        });
    }

    Records& m_records;
    Views& m_views;
    const Principal& m_principal;
    std::string m_kind;
    Date m_day;
    TypePointer m_contacts;
    RelationSlots m_slots;
    std::set<std::int64_t> m_seen;
    bool m_is_cut{false};
};

} // namespace

Result<RelationTree>
RelationBook::tree(const Principal& principal, Id contact, std::string_view kind, std::optional<Date> at)
{
    MORTISE_TRY(Row row, m_records.get(principal, "contact", contact));
    MORTISE_TRY(const RelationKinds known, kinds());
    const RelationKinds::Meant meant = known.meant(kind.empty() ? part_of : kind);
    if (!meant.kind) return unknown_relation_kind(known, kind);
    const std::string& name = meant.kind->name;
    if (!meant.kind->tree)
        return Error{
            .code = ErrorCode::invalid,
            .message = "relations of the kind " + name + " make no tree",
            .key = "relation.no_tree",
            .where = "kind",
            .hint = "\"mortise records relation_kind list --where tree=true\" shows those that do",
        };
    return Walk{m_records, m_views, principal, name, at.value_or(today())}.run(std::move(row));
}

} // namespace mortise::host
