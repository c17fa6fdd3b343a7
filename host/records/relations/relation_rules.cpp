#include "records/relations/relation_rules.hpp"

#include "records/redirects.hpp"
#include "records/relations/relation_rows.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace mortise::host {

namespace {

using End = RelationRows::End;

constexpr std::size_t most_steps = 10'000; // up a tree

Error refused(std::string key, std::string message, std::string where, std::string hint = {})
{
    return {
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = std::move(key),
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

std::string listed(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " or ") + word;
    return text;
}

std::string name_of(Id id)
{
    return std::to_string(id.number);
}

bool has_changed(const PreparedChange& change, std::initializer_list<std::size_t> slots)
{
    if (!change.before || change.operation == Operation::restore) return true;
    return std::ranges::any_of(slots, [&](std::size_t slot) {
        return change.before->values[slot] != change.after.values[slot];
    });
}

bool is_relevant(const PreparedChange& change)
{
    const std::string& type = change.type->name;
    return type == relation_type || type == "contact" || type == relation_kind_type;
}

/// Most units of contacts are nothing to judge: such that change neither what a contact is nor where it
/// belongs, and new ones that are no part of each other.
bool may_break_rules(const PreparedUnit& unit)
{
    std::int64_t first_new = std::numeric_limits<std::int64_t>::max();
    for (const PreparedChange& change : unit.changes)
        if (!change.before) first_new = std::min(first_new, change.after.id.number);
    return std::ranges::any_of(unit.changes, [&](const PreparedChange& change) {
        if (!is_relevant(change) || change.derived) return false;
        if (change.type->name != "contact") return true;
        const std::size_t organisation = *change.type->slot("organisation");
        const Id* parent = change.after.values[organisation].as<Id>();
        if (!change.before) return parent && parent->number >= first_new;
        return has_changed(change, {organisation, *change.type->slot("kind")});
    });
}

class Judge {
public:
    Judge(RelationRows& rows, const RelationKinds& kinds, Date today, Id visible_to)
        : m_rows{rows},
          m_slots{rows.slots()},
          m_kinds{kinds},
          m_today{today},
          m_visible_to{visible_to}
    {
    }

    Result<void> relation(const PreparedChange& change)
    {
        const Row& row = change.after;
        const RelationKind* kind = m_kinds.find(m_slots.kind_of(row));
        const bool is_other = has_changed(change, {m_slots.source, m_slots.target, m_slots.kind});
        if (is_other) {
            if (!kind) return unknown_relation_kind(m_kinds, m_slots.kind_of(row));
            MORTISE_CHECK(kind_and_ends(change, *kind));
        }
        const bool is_other_time = has_changed(change, {m_slots.valid_from, m_slots.valid_to});
        if (is_other_time && m_slots.period_of(row).is_empty())
            return refused(
                "relation.period",
                "the relation ends before it begins",
                "valid_to",
                "valid_to is its last day, and not before valid_from"
            );
        if (is_other || is_other_time || has_changed(change, {m_slots.role}))
            MORTISE_CHECK(says_something_new(row, kind));
        if (!kind || (!is_other && !is_other_time)) return {};
        if (kind->single) MORTISE_CHECK(only_one(row, *kind));
        if (kind->tree) MORTISE_CHECK(no_circle(row, *kind));
        return {};
    }

    Result<void> contact(const PreparedChange& change)
    {
        const std::size_t organisation = *m_rows.contacts().slot("organisation");
        const std::size_t kind = *m_rows.contacts().slot("kind");
        if (change.before && change.before->values[kind] != change.after.values[kind])
            MORTISE_CHECK(fits_its_relations(change.after, change.after.values[kind].text()));
        const Id* parent = change.after.values[organisation].as<Id>();
        if (!parent || !has_changed(change, {organisation})) return {};
        if (*parent != change.after.id) {
            if (change.after.values[kind].text() != "organisation") return {};
            MORTISE_TRY(const auto way, way_back(*parent, {}, change.after.id, part_of));
            if (way.empty()) return {};
        }
        return refused(
            "relation.circle",
            "contact " + name_of(change.after.id) + " would be part of itself",
            "organisation",
            "an organisation cannot be part of one that is part of it"
        );
    }

    /// Relations have the name of their kind.
    Result<void> kind(const PreparedChange& change)
    {
        if (!change.before) return {};
        const std::string name{value_of(*change.type, *change.before, "name").text()};
        const bool goes = change.operation == Operation::remove;
        if (change.operation == Operation::restore
            || (!goes && value_of(*change.type, change.after, "name").text() == name))
            return {};
        MORTISE_TRY(const bool is_used, has_relations(name));
        if (!is_used) return {};
        if (goes)
            return Error{
                .code = ErrorCode::state,
                .message = "there are relations of the kind " + name,
                .key = "relation.kind_used",
                .where = name_of(change.after.id),
                .hint = "set its in_use to false: then there are no new ones",
            };
        return Error{
            .code = ErrorCode::state,
            .message = "there are relations of the kind " + name + ", so it keeps that name",
            .key = "relation.kind_used",
            .where = "name",
            .hint = "change its label, which is what people read",
        };
    }

private:
    Result<void> kind_and_ends(const PreparedChange& change, const RelationKind& kind)
    {
        const Row& row = change.after;
        const bool is_new_kind = !change.before || change.operation == Operation::restore
            || m_slots.kind_of(*change.before) != kind.name;
        if (!kind.in_use && is_new_kind)
            return refused(
                "relation.kind_not_in_use",
                "the kind of relation " + kind.name + " is not in use any more",
                "kind",
                "there are " + m_kinds.names()
            );
        if (m_slots.source_of(row) == m_slots.target_of(row))
            return refused(
                "relation.itself",
                "contact " + name_of(m_slots.source_of(row)) + " cannot be related to itself",
                "target"
            );
        MORTISE_CHECK(end_fits(m_slots.source_of(row), kind.source_kinds, kind, "source"));
        return end_fits(m_slots.target_of(row), kind.target_kinds, kind, "target");
    }

    Result<void>
    end_fits(Id id, const std::vector<std::string>& allowed, const RelationKind& kind, const char* field)
    {
        if (allowed.empty()) return {};
        MORTISE_TRY(const std::optional<Row> contact, m_rows.contact(id));
        if (!contact) return {}; // whether it has to be there the reference's own rule tells
        const std::string_view is = contact->values[*m_rows.contacts().slot("kind")].text();
        if (std::ranges::find(allowed, is) != allowed.end()) return {};
        const bool is_source = std::string_view{field} == "source";
        return refused(
            "relation.wrong_end",
            "contact " + name_of(id) + " is of the kind \"" + std::string{is} + "\", and the " + field
                + " of " + kind.name + " must be " + listed(allowed),
            field,
            "it reads \"" + listed(kind.source_kinds) + " " + kind.label + " " + listed(kind.target_kinds)
                + "\": "
                + (is_source ? "are source and target exchanged?" : "is another kind of relation meant?")
        );
    }

    /// Those that say the same are not told apart by who they are from, if the kind is symmetric.
    Result<std::vector<Row>> same_kind(const Row& row, const RelationKind* kind)
    {
        std::vector<Row> rows;
        const auto take = [&](std::vector<RelationRows::Found> found) {
            for (RelationRows::Found& each : found)
                if (each.row.id != row.id) rows.push_back(std::move(each.row));
        };
        MORTISE_TRY(auto found, m_rows.of(m_slots.source_of(row), m_slots.kind_of(row), End::source));
        take(std::move(found));
        if (!kind || !kind->symmetric) return rows;
        MORTISE_TRY(auto others, m_rows.of(m_slots.source_of(row), m_slots.kind_of(row), End::target));
        take(std::move(others));
        return rows;
    }

    std::string words_for(const Row& other) const
    {
        if (m_visible_to && other.owner != m_visible_to) return "another relation";
        return "relation " + name_of(other.id);
    }

    Result<void> says_something_new(const Row& row, const RelationKind* kind)
    {
        const Id source = m_slots.source_of(row);
        const Id target = m_slots.target_of(row);
        MORTISE_TRY(std::vector<RelationRows::Found> others, m_rows.between(source, target));
        if (kind && kind->symmetric) {
            MORTISE_TRY(const auto back, m_rows.between(target, source));
            others.insert(others.end(), back.begin(), back.end());
        }
        for (const auto& [other, change] : others) {
            if (other.id == row.id || m_slots.kind_of(other) != m_slots.kind_of(row)
                || other.values[m_slots.role] != row.values[m_slots.role]
                || m_slots.period_of(other).with(m_slots.period_of(row)).is_empty())
                continue;
            return Error{
                .code = ErrorCode::exists,
                .message = words_for(other) + " says the same of the same time",
                .key = "relation.exists",
                .where = "target",
                .hint = "change that one, or give this one another role or time",
            };
        }
        return {};
    }

    Result<void> only_one(const Row& row, const RelationKind& kind)
    {
        const Period from_today{.from = m_today.days};
        const Period period = m_slots.period_of(row).with(from_today);
        if (period.is_empty()) return {};
        MORTISE_CHECK(only_one_of(m_slots.source_of(row), row, kind, period));
        return kind.symmetric ? only_one_of(m_slots.target_of(row), row, kind, period) : Result<void>{};
    }

    Result<void> only_one_of(Id contact, const Row& row, const RelationKind& kind, const Period& period)
    {
        Row as_source = row;
        as_source.values[m_slots.source] = contact;
        MORTISE_TRY(const std::vector<Row> others, same_kind(as_source, &kind));
        for (const Row& other : others) {
            if (m_slots.period_of(other).with(period).is_empty()) continue;
            const Id there
                = m_slots.target_of(other) == contact ? m_slots.source_of(other) : m_slots.target_of(other);
            MORTISE_TRY(const std::optional<Row> known, m_rows.contact(there));
            if (!known) continue; // it was deleted
            return Error{
                .code = ErrorCode::exists,
                .message = "contact " + name_of(contact) + " has one relation \"" + kind.label
                    + "\" at a time, and " + words_for(other) + " is that one",
                .key = "relation.single",
                .where = "valid_from",
                .hint = "end that one first: set its valid_to to the day before this one begins (\"mortise "
                        "contacts "
                        "relate ... --replace\" does both)",
            };
        }
        return {};
    }

    Result<void> no_circle(const Row& row, const RelationKind& kind)
    {
        MORTISE_TRY(
            const std::vector<Id> way,
            way_back(m_slots.target_of(row), m_slots.period_of(row), m_slots.source_of(row), kind.name)
        );
        if (way.empty()) return {};
        std::string by;
        if (!m_visible_to)
            for (const Id id : way)
                by += (by.empty() ? ", by way of " : ", ") + name_of(id);
        return refused(
            "relation.circle",
            "contact " + name_of(m_slots.source_of(row)) + " would be above itself: \"" + kind.label
                + "\" makes no circle" + by,
            "target",
            "end or change one of the relations of the circle"
        );
    }

    struct Step {
        Id contact;
        Period period;
        std::size_t from; ///< index of the step before
    };

    /// The contacts from `from` upwards to `to`, in the time; none if no way leads there.
    Result<std::vector<Id>> way_back(Id from, const Period& period, Id to, std::string_view kind)
    {
        std::vector<Step> steps{{from, period, 0}};
        std::set<std::pair<std::int64_t, Period>> seen{{from.number, period}};
        for (std::size_t i = 0; i < steps.size() && i < most_steps; ++i) {
            if (steps[i].contact == to) return way_to(steps, i);
            const Step step = steps[i];
            MORTISE_TRY(const auto parents, parents_of(step.contact, kind));
            for (const auto& [parent, time] : parents) {
                const Period both = time.with(step.period);
                if (!both.is_empty() && seen.emplace(parent.number, both).second)
                    steps.push_back({parent, both, i});
            }
        }
        return std::vector<Id>{};
    }

    static std::vector<Id> way_to(const std::vector<Step>& steps, std::size_t end)
    {
        std::vector<Id> way;
        for (std::size_t i = end; i != 0; i = steps[i].from)
            way.push_back(steps[i].contact);
        way.push_back(steps.front().contact);
        std::ranges::reverse(way);
        return way;
    }

    Result<std::vector<std::pair<Id, Period>>> parents_of(Id contact, std::string_view kind)
    {
        std::vector<std::pair<Id, Period>> parents;
        MORTISE_TRY(const auto rows, m_rows.of(contact, kind, End::source));
        for (const RelationRows::Found& each : rows)
            parents.emplace_back(m_slots.target_of(each.row), m_slots.period_of(each.row));
        if (kind != part_of) return parents;
        MORTISE_TRY(const std::optional<Row> row, m_rows.contact(contact));
        const Id* field = row ? row->values[*m_rows.contacts().slot("organisation")].as<Id>() : nullptr;
        const bool is_organisation
            = row && row->values[*m_rows.contacts().slot("kind")].text() == "organisation";
        if (field && is_organisation) parents.emplace_back(*field, Period{.from = m_today.days});
        return parents;
    }

    Result<void> fits_its_relations(const Row& contact, std::string_view becomes)
    {
        for (const End end : {End::source, End::target}) {
            MORTISE_TRY(const auto rows, m_rows.of(contact.id, end));
            for (const RelationRows::Found& each : rows) {
                const RelationKind* kind = m_kinds.find(m_slots.kind_of(each.row));
                if (!kind) continue;
                const auto& allowed = end == End::source ? kind->source_kinds : kind->target_kinds;
                if (allowed.empty() || std::ranges::find(allowed, becomes) != allowed.end()) continue;
                return refused(
                    "relation.wrong_end",
                    "contact " + name_of(contact.id) + " cannot become \"" + std::string{becomes}
                        + "\": " + words_for(each.row) + " is of the kind " + kind->name + " and needs "
                        + listed(allowed) + " there",
                    "kind",
                    "delete that relation first, in the same unit or before"
                );
            }
        }
        return {};
    }

    Result<bool> has_relations(const std::string& kind)
    {
        MORTISE_TRY(
            Statement * select,
            m_rows.connection().cached(
                "SELECT 1 FROM " + quoted_name(m_rows.relation_type()->table)
                + " WHERE kind = ?1 AND deleted_at IS NULL LIMIT 1"
            )
        );
        select->bind(1, std::string_view{kind});
        MORTISE_TRY(const bool found, select->step());
        select->reset();
        return found;
    }

    RelationRows& m_rows;
    const RelationSlots& m_slots;
    const RelationKinds& m_kinds;
    Date m_today;
    Id m_visible_to;
};

} // namespace

Result<void> name_relations(const Preparation& preparation, PreparedUnit& unit)
{
    std::optional<RelationKinds> kinds;
    for (PreparedChange& change : unit.changes) {
        if (change.type->name != relation_type || change.derived) continue;
        if (change.operation != Operation::create && change.operation != Operation::update) continue;
        const RelationSlots slots{*change.type};
        Value& kind = change.after.values[slots.kind];
        if (!kind.is_null() && (!change.before || change.before->values[slots.kind] != kind)) {
            if (!kinds) {
                MORTISE_TRY(kinds, RelationKinds::read(preparation.reader, preparation.schema));
            }
            const RelationKinds::Meant meant = kinds->meant(kind.text());
            if (meant.is_inverse)
                return refused(
                    "relation.unknown_kind",
                    '"' + std::string{kind.text()} + "\" is " + meant.kind->name + " in the other direction",
                    "kind",
                    "exchange source and target, and write " + meant.kind->name
                );
            if (!meant.kind) return unknown_relation_kind(*kinds, kind.text());
            kind = meant.kind->name;
        }
        for (const std::size_t slot : {slots.source, slots.target}) {
            const Id* contact = change.after.values[slot].as<Id>();
            if (!contact) continue;
            MORTISE_TRY(const Id survivor, redirected(preparation.reader, *contact));
            if (survivor) change.after.values[slot] = survivor;
        }
    }
    return {};
}

Result<void> check_relations(
    Connection& connection, const Schema& schema, const PreparedUnit& unit, Instant now, Id visible_to
)
{
    if (!may_break_rules(unit)) return {};
    MORTISE_TRY(const RelationKinds kinds, RelationKinds::read(connection, schema));
    RelationRows rows{connection, schema, unit};
    Judge judge{rows, kinds, day_of(now), visible_to};
    const auto asked = std::ranges::count(unit.changes, false, &PreparedChange::derived);
    std::size_t place = 0;
    for (const PreparedChange& change : unit.changes) {
        if (change.derived) continue;
        ++place;
        if (!is_relevant(change)) continue;
        Result<void> judged;
        if (change.type->name == relation_kind_type)
            judged = judge.kind(change);
        else if (change.operation == Operation::remove)
            continue;
        else
            judged = change.type->name == relation_type ? judge.relation(change) : judge.contact(change);
        if (judged) continue;
        Error error = std::move(judged).error();
        if (asked > 1) error.where = "change " + std::to_string(place - 1) + ", " + error.where;
        return error;
    }
    return {};
}

} // namespace mortise::host
