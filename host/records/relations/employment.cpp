#include "records/relations/employment.hpp"

#include "records/person_rights.hpp"
#include "records/relations/relation_rows.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace mortise::host {

namespace {

using Found = RelationRows::Found;

class Follower {
public:
    Follower(const Preparation& given, PreparedUnit& unit)
        : m_given{given},
          m_unit{unit},
          m_rows{given.reader, given.schema, unit},
          m_slots{m_rows.slots()},
          m_contacts{m_rows.contact_type()},
          m_relations{m_rows.relation_type()},
          m_organisation_slot{*m_contacts->slot("organisation")},
          m_title_slot{*m_contacts->slot("job_title")},
          m_kind_slot{*m_contacts->slot("kind")},
          m_today{day_of(given.now)}
    {
    }

    Result<void> run()
    {
        std::set<std::int64_t> contacts;
        const std::size_t count = m_unit.changes.size();
        for (std::size_t i = 0; i < count; ++i) {
            const PreparedChange& change = m_unit.changes[i];
            if (change.derived) continue;
            if (change.type == m_contacts && says(change, m_organisation_slot, m_title_slot))
                contacts.insert(change.after.id.number);
            if (change.type != m_relations) continue;
            for (const Row* row : {&change.after, change.before ? &*change.before : nullptr})
                if (row && is_employment(m_slots.kind_of(*row)))
                    contacts.insert(m_slots.source_of(*row).number);
        }
        for (const std::int64_t contact : contacts)
            MORTISE_CHECK(follow(Id{contact}));
        return {};
    }

private:
    static bool is_employment(std::string_view kind) { return kind == works_at || kind == part_of; }

    /// Whether the unit itself gives or changes one of the fields.
    static bool says(const PreparedChange& change, std::size_t one, std::size_t other)
    {
        if (change.operation != Operation::create && change.operation != Operation::update) return false;
        const auto differs = [&](std::size_t slot) {
            return change.before ? change.before->values[slot] != change.after.values[slot]
                                 : !change.after.values[slot].is_null();
        };
        return differs(one) || differs(other);
    }

    Result<void> follow(Id id)
    {
        MORTISE_TRY(const std::optional<Row> contact, m_rows.contact(id));
        if (!contact) return {};
        m_kind = contact->values[m_kind_slot].text() == "organisation" ? part_of : works_at;
        MORTISE_TRY(std::vector<Found> rows, m_rows.of(id, m_kind, RelationRows::End::source));
        const bool has_any = !rows.empty();
        std::erase_if(rows, [&](const Found& each) { return !m_slots.period_of(each.row).has(m_today); });
        const auto change = m_rows.change_of(id);
        const bool is_asked = change && !m_unit.changes[*change].derived;
        if (is_asked && says(m_unit.changes[*change], m_organisation_slot, m_organisation_slot))
            return has_any ? set_employer(*contact, rows) : Result<void>{};
        if (is_touched(id)) return take_employer(*contact, rows);
        if (is_asked && says(m_unit.changes[*change], m_title_slot, m_title_slot) && m_kind == works_at)
            for (Found& each : rows)
                if (is_primary(each)) set(each, m_slots.role, contact->values[m_title_slot]);
        return {};
    }

    bool is_primary(const Found& found) const { return found.row.values[m_slots.is_primary].get_or(false); }

    bool is_explicit(const Found& found) const
    {
        return found.change && !m_unit.changes[*found.change].derived;
    }

    /// Whether the unit itself changes what the contact works at.
    bool is_touched(Id contact) const
    {
        return std::ranges::any_of(m_unit.changes, [&](const PreparedChange& change) {
            if (change.type != m_relations || change.derived) return false;
            const auto is_of = [&](const Row& row) {
                return m_slots.source_of(row) == contact && m_slots.kind_of(row) == m_kind;
            };
            return is_of(change.after) || (change.before && is_of(*change.before));
        });
    }

    /// The contact says where it belongs.
    Result<void> set_employer(const Row& contact, std::vector<Found>& rows)
    {
        const Id wanted = contact.values[m_organisation_slot].get_or(Id{});
        Found* there = nullptr;
        for (Found& each : rows) {
            if (m_slots.target_of(each.row) == wanted) {
                if (!there || (is_primary(each) && !is_primary(*there))) there = &each;
            } else if (is_primary(each)) {
                if (is_explicit(each))
                    set(each, m_slots.is_primary, false);
                else
                    end_yesterday(each);
            }
        }
        if (!wanted) return {};
        if (!there) {
            MORTISE_TRY(const std::optional<Row> employer, m_rows.contact(wanted));
            const bool fits = employer && employer->values[m_kind_slot].text() == "organisation";
            return fits ? make(contact, wanted, true) : Result<void>{};
        }
        set(*there, m_slots.is_primary, true);
        if (m_kind != works_at) return {};
        const Value& title = contact.values[m_title_slot];
        if (!title.is_null()) set(*there, m_slots.role, title);
        return {};
    }

    /// The relations say where the contact belongs.
    Result<void> take_employer(const Row& contact, std::vector<Found>& rows)
    {
        const Id present = contact.values[m_organisation_slot].get_or(Id{});
        const bool is_lost = present && lost(contact.id, present);
        const bool is_free = !present || is_lost || m_kind == part_of;
        Found* chosen = choose(rows, present, is_free);
        if (!chosen) return is_lost ? set_contact(contact, Id{}, Value{}) : Result<void>{};
        const Id target = m_slots.target_of(chosen->row);
        const bool stays = std::ranges::any_of(rows, [&](const Found& each) {
            return m_slots.target_of(each.row) == present;
        });
        if (present && present != target && !stays && !is_free) MORTISE_CHECK(make(contact, present, false));
        for (Found& each : rows)
            set(each, m_slots.is_primary, &each == chosen);
        const Value& title = contact.values[m_title_slot];
        const bool says_role = is_explicit(*chosen) && m_unit.changes[*chosen->change].before
            && m_unit.changes[*chosen->change].before->values[m_slots.role]
                != chosen->row.values[m_slots.role];
        if (present == target && chosen->row.values[m_slots.role].is_null() && !title.is_null() && !says_role
            && m_kind == works_at)
            set(*chosen, m_slots.role, title);
        return set_contact(contact, target, chosen->row.values[m_slots.role]);
    }

    Found* choose(std::vector<Found>& rows, Id present, bool is_free) const
    {
        Found* primary = nullptr;
        Found* same = nullptr;
        for (Found& each : rows) {
            if (is_primary(each) && is_explicit(each) && is_new_primary(each)) return &each;
            if (is_primary(each) && !primary) primary = &each;
            if (m_slots.target_of(each.row) == present && !same) same = &each;
        }
        if (primary) return primary;
        if (same) return same;
        return is_free && !rows.empty() ? &rows.front() : nullptr;
    }

    bool is_new_primary(const Found& found) const
    {
        const PreparedChange& change = m_unit.changes[*found.change];
        return !change.before || change.before->is_deleted()
            || !change.before->values[m_slots.is_primary].get_or(false)
            || !m_slots.period_of(*change.before).has(m_today);
    }

    /// Whether the unit takes away the relation that the contact's organisation came from.
    bool lost(Id contact, Id organisation) const
    {
        const auto says_it = [&](const Row& row) {
            return !row.is_deleted() && m_slots.source_of(row) == contact && m_slots.kind_of(row) == m_kind
                && m_slots.target_of(row) == organisation && m_slots.period_of(row).has(m_today);
        };
        return std::ranges::any_of(m_unit.changes, [&](const PreparedChange& change) {
            return change.type == m_relations && !change.derived && change.before && says_it(*change.before)
                && !says_it(change.after);
        });
    }

    /// The change of a record, made if the unit has none.
    PreparedChange& changing(const TypePointer& type, const Row& row)
    {
        if (const auto known = m_rows.change_of(row.id)) return m_unit.changes[*known];
        PreparedChange change;
        change.operation = Operation::update;
        change.type = type;
        change.before = row;
        change.after = row;
        ++change.after.version;
        change.after.updated_at = m_given.now;
        change.derived = true;
        return add(std::move(change));
    }

    PreparedChange& add(PreparedChange change)
    {
        m_unit.changes.push_back(std::move(change));
        m_rows.remember(m_unit.changes.size() - 1);
        return m_unit.changes.back();
    }

    void set(Found& found, std::size_t slot, const Value& value)
    {
        if (found.row.values[slot] == value) return;
        changing(m_relations, found.row).after.values[slot] = value;
        found.change = m_rows.change_of(found.row.id);
        found.row.values[slot] = value;
    }

    void end_yesterday(Found& found)
    {
        if (m_slots.period_of(found.row).from < m_today.days)
            return set(found, m_slots.valid_to, Date{m_today.days - 1});
        PreparedChange& change = changing(m_relations, found.row);
        if (change.before) change.operation = Operation::remove;
        change.after.deleted_at = m_given.now;
        found.row.deleted_at = m_given.now;
    }

    Result<void> make(const Row& contact, Id organisation, bool is_primary)
    {
        PreparedChange change;
        change.operation = Operation::create;
        change.type = m_relations;
        change.derived = true;
        MORTISE_TRY(change.after.id, m_given.next_id());
        change.after.version = 1;
        change.after.owner = contact.owner;
        change.after.created_at = change.after.updated_at = m_given.now;
        std::vector<Value>& values = change.after.values;
        values.resize(m_relations->fields.size());
        for (std::size_t slot = 0; slot < values.size(); ++slot)
            if (!m_relations->fields[slot].archived) values[slot] = m_relations->fields[slot].default_value;
        values[m_slots.source] = contact.id;
        values[m_slots.target] = organisation;
        values[m_slots.kind] = m_kind;
        values[m_slots.is_primary] = is_primary;
        if (is_primary) values[m_slots.valid_from] = m_today;
        if (m_kind == works_at) values[m_slots.role] = contact.values[m_title_slot];
        add(std::move(change));
        return {};
    }

    Result<void> set_contact(const Row& contact, Id organisation, const Value& role)
    {
        const bool is_other = contact.values[m_organisation_slot].get_or(Id{}) != organisation;
        const bool has_other_title = m_kind == works_at && contact.values[m_title_slot] != role;
        if (!is_other && !has_other_title) return {};
        if (!m_rows.change_of(contact.id)) MORTISE_CHECK(may_change(contact, is_other, has_other_title));
        PreparedChange& change = changing(m_contacts, contact);
        change.after.values[m_organisation_slot] = organisation ? Value{organisation} : Value{};
        if (has_other_title) change.after.values[m_title_slot] = role;
        return {};
    }

    /// Who may not set the fields of the contact may not set them by a relation.
    Result<void> may_change(const Row& contact, bool organisation, bool title) const
    {
        const Principal& principal = m_given.context.principal;
        if (const Id seen = principal.row_owner("contact");
            !principal.reads("contact") || (seen && seen != contact.owner))
            return Error{
                .code = ErrorCode::invalid,
                .message
                = "source refers to contact " + std::to_string(contact.id.number) + ", which is not there",
                .key = "records.broken_reference",
                .where = "source",
            };
        MORTISE_CHECK(person_may(principal, *m_contacts, Operation::update));
        const auto is_closed = [&](const char* field) {
            const TypeRights& rights = principal.rights->of("contact");
            return rights.hidden.contains(field) || rights.read_only.contains(field);
        };
        const Id own = principal.row_owner("contact", Action::write);
        if ((!own || own == contact.owner)
            && (!principal.rights
                || ((!organisation || !is_closed("organisation")) && (!title || !is_closed("job_title")))))
            return {};
        return Error{
            .code = ErrorCode::denied,
            .message = "the relation would change the organisation and job title of contact "
                + std::to_string(contact.id.number) + ", which you may not",
            .key = "relation.contact",
            .where = "is_primary",
            .hint = "ask whom the contact belongs to, or an administrator",
        };
    }

    const Preparation& m_given;
    PreparedUnit& m_unit;
    RelationRows m_rows;
    const RelationSlots& m_slots;
    TypePointer m_contacts;
    TypePointer m_relations;
    std::size_t m_organisation_slot;
    std::size_t m_title_slot;
    std::size_t m_kind_slot;
    Date m_today;
    std::string_view m_kind; ///< that the contact in hand has its organisation by
};

/// Contacts that are new have no relations but those of the same unit.
bool may_follow(const PreparedUnit& unit)
{
    return std::ranges::any_of(unit.changes, [](const PreparedChange& change) {
        if (change.type->name == relation_type) return true;
        if (change.type->name != "contact" || !change.before || change.operation != Operation::update)
            return false;
        return std::ranges::any_of(std::array{"organisation", "job_title"}, [&](const char* field) {
            const std::size_t slot = *change.type->slot(field);
            return change.before->values[slot] != change.after.values[slot];
        });
    });
}

} // namespace

Result<void> follow_employment(const Preparation& preparation, PreparedUnit& unit)
{
    if (!may_follow(unit)) return {};
    return Follower{preparation, unit}.run();
}

} // namespace mortise::host
