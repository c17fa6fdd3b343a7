#include "records/contact_points.hpp"

#include "records/field_codec.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <unordered_map>

namespace mortise::host {

namespace {

constexpr std::array<const char*, 2> kinds{"email", "phone"};

std::size_t slot_of(const RecordType& type, const char* field)
{
    return *type.slot(field);
}

/// A contact point as it will be after the unit.
struct Point {
    Row row;
    std::optional<std::size_t> change; ///< of the unit
    bool is_primary{false};
    std::string value;
};

class Follower {
public:
    Follower(const Preparation& given, PreparedUnit& unit, TypePointer contacts, TypePointer points)
        : m_given{given},
          m_unit{unit},
          m_contacts{std::move(contacts)},
          m_points{std::move(points)},
          m_contact_slot{slot_of(*m_points, "contact")},
          m_kind_slot{slot_of(*m_points, "kind")},
          m_value_slot{slot_of(*m_points, "value")},
          m_primary_slot{slot_of(*m_points, "is_primary")},
          m_address_slots{slot_of(*m_contacts, kinds[0]), slot_of(*m_contacts, kinds[1])}
    {
    }

    Result<void> run()
    {
        MORTISE_TRY(const bool done, follow_new_ones());
        if (done) return {};
        std::set<std::int64_t> contacts;
        for (std::size_t i = 0; i < m_unit.changes.size(); ++i)
            remember(i);
        const std::size_t count = m_unit.changes.size();
        for (std::size_t i = 0; i < count; ++i) {
            const PreparedChange& change = m_unit.changes[i];
            if (change.type == m_contacts && concerns_points(change)) contacts.insert(change.after.id.number);
            if (change.type != m_points || change.derived) continue;
            for (const Row* row : {&change.after, change.before ? &*change.before : nullptr}) {
                const Id* contact = row ? row->values[m_contact_slot].as<Id>() : nullptr;
                if (contact) contacts.insert(contact->number);
            }
        }
        for (const std::int64_t contact : contacts)
            MORTISE_CHECK(follow(Id{contact}));
        return {};
    }

private:
    /// A unit that makes contacts, and says nothing of points itself, needs no looking up: each address
    /// becomes a point. Called again, it finds them made. False: the unit is of another kind.
    Result<bool> follow_new_ones()
    {
        std::vector<std::size_t> contacts;
        std::vector<std::size_t> points;
        for (std::size_t i = 0; i < m_unit.changes.size(); ++i) {
            const PreparedChange& change = m_unit.changes[i];
            if (change.type != m_contacts && change.type != m_points) continue;
            if (change.before || change.derived != (change.type == m_points)) return false;
            (change.derived ? points : contacts).push_back(i);
        }
        if (!points.empty()) return are_followed(contacts, points);
        const auto id_of = [&](std::size_t i) { return m_unit.changes[i].after.id.number; };
        if (!std::ranges::is_sorted(contacts, {}, id_of)) std::ranges::sort(contacts, {}, id_of);
        m_unit.changes.reserve(m_unit.changes.size() + contacts.size());
        for (const std::size_t i : contacts)
            for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
                const Row& contact = m_unit.changes[i].after;
                const Value value = contact.values[m_address_slots[kind]];
                if (!value.is_null()) MORTISE_CHECK(make(contact.id, kinds[kind], value, Id{contact.owner}));
            }
        return true;
    }

    /// Whether the points are those that the contacts' addresses ask for: hooks may have changed some.
    bool are_followed(const std::vector<std::size_t>& contacts, const std::vector<std::size_t>& points) const
    {
        std::unordered_map<std::int64_t, std::size_t> by_id;
        by_id.reserve(contacts.size());
        std::size_t addresses = 0;
        for (const std::size_t i : contacts) {
            const Row& contact = m_unit.changes[i].after;
            by_id.emplace(contact.id.number, i);
            for (const std::size_t slot : m_address_slots)
                addresses += contact.values[slot].is_null() ? 0 : 1;
        }
        return addresses == points.size() && std::ranges::all_of(points, [&](std::size_t i) {
                   const Row& point = m_unit.changes[i].after;
                   const Id* contact = point.values[m_contact_slot].as<Id>();
                   const auto found = contact ? by_id.find(contact->number) : by_id.end();
                   if (found == by_id.end() || point.is_deleted()) return false;
                   const std::string_view said = point.values[m_kind_slot].text();
                   const auto kind = std::ranges::find(kinds, said);
                   return kind != kinds.end() && point.values[m_primary_slot].get_or(false)
                       && point.values[m_value_slot]
                       == m_unit.changes[found->second]
                              .after.values[m_address_slots[static_cast<std::size_t>(kind - kinds.begin())]];
               });
    }

    bool concerns_points(const PreparedChange& change) const
    {
        if (change.operation == Operation::remove || change.operation == Operation::restore) return true;
        if (change.before && change.before->owner != change.after.owner) return true;
        return std::ranges::any_of(kinds, [&](const char* kind) { return says_address(change, kind); });
    }

    /// Whether the unit itself gives or changes the contact's address of a kind.
    bool says_address(const PreparedChange& change, const char* kind) const
    {
        const std::size_t slot = slot_of(*m_contacts, kind);
        if (change.derived) return false;
        return change.before ? change.before->values[slot] != change.after.values[slot]
                             : !change.after.values[slot].is_null();
    }

    void remember(std::size_t index)
    {
        const PreparedChange& change = m_unit.changes[index];
        if (change.type != m_contacts && change.type != m_points) return;
        m_changes.emplace(change.after.id.number, index);
        m_loses_points |= change.type == m_points && !change.derived && change.before.has_value();
        const Id* contact = change.type == m_points ? change.after.values[m_contact_slot].as<Id>() : nullptr;
        if (contact) m_points_of[contact->number].push_back(index);
    }

    /// Ids are unique across types.
    std::optional<std::size_t> change_of(Id id) const
    {
        const auto found = m_changes.find(id.number);
        return found == m_changes.end() ? std::nullopt : std::optional{found->second};
    }

    Result<void> follow(Id contact)
    {
        const auto change = change_of(contact);
        const bool is_new = change && !m_unit.changes[*change].before;
        MORTISE_TRY(std::vector<Point> points, points_of(contact, !is_new));
        if (change && m_unit.changes[*change].operation == Operation::remove) return remove_all(points);
        if (change && m_unit.changes[*change].operation == Operation::restore)
            return restore_all(m_unit.changes[*change]);
        if (change && m_unit.changes[*change].before) follow_owner(*change, points);
        for (const char* kind : kinds) {
            const bool is_said = change && says_address(m_unit.changes[*change], kind);
            MORTISE_CHECK(
                is_said ? set_primary(contact, kind, m_unit.changes[*change], points)
                        : take_primary(contact, kind, points)
            );
        }
        return {};
    }

    /// The points that the contact will have, oldest first.
    Result<std::vector<Point>> points_of(Id contact, bool in_database)
    {
        std::vector<Point> points;
        if (in_database) {
            MORTISE_TRY(
                Statement * select,
                m_given.reader.cached(m_points->sql.select + " WHERE contact = ? AND +deleted_at IS NULL")
            );
            select->bind(1, contact.number);
            for (;;) {
                MORTISE_TRY(const bool more, select->step());
                if (!more) break;
                points.push_back(
                    {.row = read_row(*select, *m_points), .change = {}, .is_primary = false, .value = {}}
                );
            }
            select->reset();
        }
        std::erase_if(points, [&](const Point& point) {
            return change_of(point.row.id).has_value(); // as the unit has it
        });
        if (const auto known = m_points_of.find(contact.number); known != m_points_of.end())
            for (const std::size_t i : known->second)
                if (!m_unit.changes[i].after.is_deleted())
                    points.push_back(
                        {.row = m_unit.changes[i].after, .change = i, .is_primary = false, .value = {}}
                    );
        for (Point& point : points)
            read_back(point);
        std::ranges::sort(points, {}, [](const Point& point) { return point.row.id.number; });
        return points;
    }

    void read_back(Point& point) const
    {
        point.value = point.row.values[m_value_slot].text();
        point.is_primary = point.row.values[m_primary_slot].get_or(false);
    }

    /// The change of a point or contact, made if the unit has none.
    std::size_t changing(const TypePointer& type, const Row& row, Operation operation)
    {
        PreparedChange change;
        change.operation = operation;
        change.type = type;
        change.before = row;
        change.after = row;
        ++change.after.version;
        change.after.updated_at = m_given.now;
        change.derived = true;
        m_unit.changes.push_back(std::move(change));
        remember(m_unit.changes.size() - 1);
        return m_unit.changes.size() - 1;
    }

    PreparedChange& changing(Point& point)
    {
        if (!point.change) point.change = changing(m_points, point.row, Operation::update);
        return m_unit.changes[*point.change];
    }

    void set(Point& point, std::size_t slot, Value value)
    {
        if (point.row.values[slot] == value) return;
        PreparedChange& change = changing(point);
        change.after.values[slot] = std::move(value);
        point.row = change.after;
        read_back(point);
    }

    bool is_explicit(const Point& point) const
    {
        return point.change && !m_unit.changes[*point.change].derived;
    }

    Result<void> remove_all(std::vector<Point>& points)
    {
        for (Point& point : points)
            if (!point.change) remove(point);
        return {};
    }

    void remove(Point& point)
    {
        if (point.change && !m_unit.changes[*point.change].before) { // made by this unit: never mind
            m_unit.changes[*point.change].after.deleted_at = m_given.now;
            return;
        }
        PreparedChange& change = changing(point);
        change.operation = Operation::remove;
        change.after = *change.before;
        ++change.after.version;
        change.after.updated_at = m_given.now;
        change.after.deleted_at = m_given.now;
    }

    /// Those come back that went with the contact.
    Result<void> restore_all(const PreparedChange& contact)
    {
        const std::int64_t when = contact.before->deleted_at.microseconds;
        MORTISE_TRY(
            Statement * select,
            m_given.reader.cached(m_points->sql.select + " WHERE contact = ?1 AND +deleted_at = ?2")
        );
        select->bind(1, contact.after.id.number);
        select->bind(2, when);
        std::vector<Row> rows;
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            rows.push_back(read_row(*select, *m_points));
        }
        select->reset();
        for (const Row& row : rows)
            if (!change_of(row.id))
                m_unit.changes[changing(m_points, row, Operation::restore)].after.deleted_at = {};
        return {};
    }

    void follow_owner(std::size_t contact, std::vector<Point>& points)
    {
        const Id before = m_unit.changes[contact].before->owner;
        const Id after = m_unit.changes[contact].after.owner;
        if (before == after) return;
        for (Point& point : points) {
            if (is_explicit(point) || point.row.owner != before) continue;
            PreparedChange& change = changing(point);
            change.after.owner = after;
            change.owner_changed = true;
            point.row = change.after;
        }
    }

    bool is_of(const Point& point, std::string_view kind) const
    {
        return point.row.values[m_kind_slot].text() == kind;
    }

    /// The contact says what its address is.
    Result<void>
    set_primary(Id contact, const char* kind, const PreparedChange& said, std::vector<Point>& points)
    {
        const Value value = said.after.values[slot_of(*m_contacts, kind)];
        const Id owner = said.after.owner;
        Point* same = nullptr;
        Point* primary = nullptr;
        for (Point& point : points) {
            if (!is_of(point, kind)) continue;
            if (!same && !value.is_null() && point.value == value.text()) same = &point;
            if (point.is_primary && point.value != value.text()) primary = &point;
        }
        if (value.is_null()) {
            if (primary) remove(*primary);
            return {};
        }
        if (same || (primary && is_explicit(*primary))) {
            for (Point& point : points)
                if (is_of(point, kind) && &point != same && point.is_primary)
                    set(point, m_primary_slot, false);
            if (same) {
                set(*same, m_primary_slot, true);
                return {};
            }
            primary = nullptr;
        }
        if (!primary) {
            MORTISE_CHECK(make(contact, kind, value, owner));
            remember(m_unit.changes.size() - 1);
            return {};
        }
        set(*primary, m_value_slot, value);
        set(*primary, slot_of(*m_points, "raw"), Value{});
        set(*primary, slot_of(*m_points, "state"), Value{"unverified"});
        return {};
    }

    Result<void> make(Id contact, const char* kind, const Value& value, Id owner)
    {
        PreparedChange change;
        change.operation = Operation::create;
        change.type = m_points;
        change.derived = true;
        MORTISE_TRY(change.after.id, m_given.next_id());
        change.after.version = 1;
        change.after.owner = owner;
        change.after.created_at = change.after.updated_at = m_given.now;
        change.after.values.resize(m_points->fields.size());
        for (std::size_t slot = 0; slot < m_points->fields.size(); ++slot)
            if (!m_points->fields[slot].archived)
                change.after.values[slot] = m_points->fields[slot].default_value;
        change.after.values[m_contact_slot] = contact;
        change.after.values[m_kind_slot] = kind;
        change.after.values[m_value_slot] = value;
        change.after.values[m_primary_slot] = true;
        m_unit.changes.push_back(std::move(change));
        return {};
    }

    /// The points say what the contact's address is.
    Result<void> take_primary(Id contact, const char* kind, std::vector<Point>& points)
    {
        Point* chosen = nullptr;
        bool touched = false;
        bool chosen_now = false;
        for (Point& point : points) {
            if (!is_of(point, kind)) continue;
            touched |= is_explicit(point);
            const bool now = point.is_primary && is_explicit(point) && was_not_primary(point);
            if (point.is_primary && (!chosen || !chosen->is_primary || (now && !chosen_now))) {
                chosen = &point;
                chosen_now = now;
            } else if (!chosen)
                chosen = &point;
        }
        touched |= lost_one(contact, kind);
        if (!touched) return {};
        for (Point& point : points)
            if (is_of(point, kind)) set(point, m_primary_slot, &point == chosen);
        return set_address(contact, kind, chosen ? Value{chosen->value} : Value{});
    }

    bool was_not_primary(const Point& point) const
    {
        const PreparedChange& change = m_unit.changes[*point.change];
        return !change.before || !change.before->values[m_primary_slot].get_or(false)
            || change.before->is_deleted();
    }

    /// Whether the unit takes a point of the kind away from the contact.
    bool lost_one(Id contact, const char* kind) const
    {
        if (!m_loses_points) return false;
        return std::ranges::any_of(m_changes, [&](const auto& known) {
            const PreparedChange& change = m_unit.changes[known.second];
            if (change.type != m_points || change.derived || !change.before) return false;
            const Id* before = change.before->values[m_contact_slot].as<Id>();
            const Id* after = change.after.values[m_contact_slot].as<Id>();
            return before && *before == contact && change.before->values[m_kind_slot].text() == kind
                && (change.after.is_deleted() || !after || *after != contact
                    || change.after.values[m_kind_slot].text() != kind);
        });
    }

    Result<void> set_address(Id contact, const char* kind, const Value& value)
    {
        auto change = change_of(contact);
        const std::size_t slot = slot_of(*m_contacts, kind);
        if (!change) {
            MORTISE_TRY(Statement * select, m_given.reader.cached(m_contacts->sql.select_by_id));
            select->bind(1, contact.number);
            MORTISE_TRY(const bool found, select->step());
            std::optional<Row> row;
            if (found) row = read_row(*select, *m_contacts);
            select->reset();
            if (!row || row->is_deleted() || row->values[slot] == value) return {};
            change = changing(m_contacts, *row, Operation::update);
        }
        m_unit.changes[*change].after.values[slot] = value;
        return {};
    }

    const Preparation& m_given;
    PreparedUnit& m_unit;
    TypePointer m_contacts;
    TypePointer m_points;
    std::size_t m_contact_slot;
    std::size_t m_kind_slot;
    std::size_t m_value_slot;
    std::size_t m_primary_slot;
    std::array<std::size_t, kinds.size()> m_address_slots;
    std::unordered_map<std::int64_t, std::size_t> m_changes; // by record
    std::unordered_map<std::int64_t, std::vector<std::size_t>> m_points_of; // of the unit, by contact
    bool m_loses_points{false}; ///< the unit changes points that were there
};

} // namespace

Result<void> normalise_point(const RecordType& type, PreparedChange& change)
{
    Value& value = change.after.values[slot_of(type, "value")];
    Value& raw = change.after.values[slot_of(type, "raw")];
    const std::string_view kind = change.after.values[slot_of(type, "kind")].text();
    const Field& kept = type.fields[slot_of(type, "value")];
    Field field{.name = "value", .country = kept.country};
    if (kind == "email")
        field.kind = FieldKind::email;
    else if (kind == "phone")
        field.kind = FieldKind::phone;
    else if (kind == "url")
        field.kind = FieldKind::url;
    else
        return {};
    MORTISE_TRY(Value normal, coerce(field, value));
    if (normal == value) return {};
    if (raw.is_null() || (change.before && raw == change.before->values[slot_of(type, "raw")])) raw = value;
    value = std::move(normal);
    return {};
}

Result<void> follow_contact_points(const Preparation& preparation, PreparedUnit& unit)
{
    TypePointer contacts;
    TypePointer points;
    for (const PreparedChange& change : unit.changes) {
        if (change.type->name != "contact" && change.type->name != "contact_point") continue;
        contacts = preparation.schema.find("contact");
        points = preparation.schema.find("contact_point");
        break;
    }
    if (!contacts || !points) return {};
    return Follower{preparation, unit, std::move(contacts), std::move(points)}.run();
}

} // namespace mortise::host
