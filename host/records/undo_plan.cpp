#include "records/undo_plan.hpp"

#include "records/restrictions.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <set>

namespace mortise::host {

namespace {

/// The changes that bring one record to its plan. A record that is deleted must be restored before its fields
/// are set.
std::vector<Change> changes_of(const UndoPlan& plan)
{
    std::vector<Change> changes;
    const auto add = [&](Operation operation, Map values) {
        changes.push_back(
            {.operation = operation,
             .type = plan.type->name,
             .id = plan.row.id,
             .version = {},
             .values = std::move(values)}
        );
    };
    if (plan.remove) {
        if (!plan.was_deleted) add(Operation::remove, {});
        return changes;
    }
    if (plan.was_deleted && !plan.row.is_deleted()) add(Operation::restore, {});
    if (!plan.values.empty()) add(Operation::update, plan.values);
    if (!plan.was_deleted && plan.row.is_deleted()) add(Operation::remove, {});
    if (!changes.empty()) changes.front().version = plan.version;
    return changes;
}

/// Puts plans in an order in which each comes behind those of the records that its own goes with.
class Order {
public:
    explicit Order(const UndoPlans& plans) : m_plans{plans} { }

    const std::vector<const UndoPlan*>& run()
    {
        for (const auto& [id, plan] : m_plans)
            visit(id, plan);
        return m_order;
    }

private:
    void visit(std::int64_t id, const UndoPlan& plan)
    {
        if (!m_seen.insert(id).second) return;
        for (std::size_t slot = 0; slot < plan.type->fields.size(); ++slot) {
            const Id* target = plan.row.values[slot].as<Id>();
            if (!target || plan.type->fields[slot].on_delete == OnDelete::keep) continue;
            const auto found = m_plans.find(target->number);
            if (found != m_plans.end()) visit(found->first, found->second);
        }
        m_order.push_back(&plan);
    }

    const UndoPlans& m_plans;
    std::set<std::int64_t> m_seen;
    std::vector<const UndoPlan*> m_order;
};

/// Takes out of the plans what is data of restricted contacts, and what would change it along, and tells of
/// it. `may_change`: the one who asks may change it by hand, though not delete a contact.
class RestrictedLeft {
public:
    RestrictedLeft(std::set<std::int64_t> restricted, bool may_change, UndoOutcome& outcome)
        : m_restricted{std::move(restricted)},
          m_may_change{may_change},
          m_outcome{outcome}
    {
    }

    void run(UndoPlans& plans, const std::map<std::int64_t, Id>& bonds)
    {
        for (const auto& [id, plan] : plans)
            if (plan.goes() && plan.type->name == "contact") m_stay.insert(Id{id});
        std::erase_if(plans, [this](const auto& each) { return is_left(each.second); });
        std::erase_if(plans, [&](const auto& each) {
            const auto bond = bonds.find(each.first);
            if (!each.second.goes() || bond == bonds.end() || m_changed.contains(bond->second)) return false;
            tell(each.second, "a restricted contact would change along");
            return true;
        });
    }

private:
    bool is_left(const UndoPlan& plan)
    {
        if (changes_of(plan).empty()) return false;
        std::vector<Id> contacts = plan.contacts;
        std::ranges::copy(contacts_of(*plan.type, &plan.row, plan.row), std::back_inserter(contacts));
        std::erase_if(contacts, [this](Id contact) { return !m_restricted.contains(contact.number); });
        if (contacts.empty()) return false;
        const bool stays
            = std::ranges::any_of(contacts, [this](Id contact) { return m_stay.contains(contact); });
        if (m_may_change && !stays) {
            m_changed.insert(contacts.begin(), contacts.end());
            return false;
        }
        tell(plan, "the contact is restricted");
        return true;
    }

    void tell(const UndoPlan& plan, std::string reason)
    {
        m_outcome.conflicts.push_back({plan.type->name, plan.row.id, "", std::move(reason)});
        ++m_outcome.restricted;
    }

    std::set<std::int64_t> m_restricted;
    bool m_may_change;
    UndoOutcome& m_outcome;
    std::set<Id> m_stay; // that the undo would delete, with what is their data
    std::set<Id> m_changed; // whose data the undo itself changes
};

} // namespace

bool UndoPlan::goes() const noexcept
{
    return !was_deleted && (remove || row.is_deleted());
}

std::vector<Change> undo_changes(const UndoPlans& plans, std::size_t& records)
{
    std::vector<Change> restored;
    std::vector<Change> updated;
    std::vector<Change> removed;
    Order order{plans};
    for (const UndoPlan* plan : order.run()) {
        std::vector<Change> changes = changes_of(*plan);
        if (!changes.empty()) ++records;
        for (Change& change : changes)
            (change.operation == Operation::remove        ? removed
                 : change.operation == Operation::restore ? restored
                                                          : updated)
                .push_back(std::move(change));
    }
    std::ranges::move(updated, std::back_inserter(restored));
    std::ranges::move(std::views::reverse(removed), std::back_inserter(restored));
    return restored;
}

Result<bool> leave_restricted(
    Connection& reader,
    const Schema& schema,
    const CallContext& context,
    bool by_hand,
    UndoPlans& plans,
    UndoOutcome& outcome
)
{
    MORTISE_TRY(std::set<std::int64_t> restricted, restricted_contacts(reader));
    if (restricted.empty()) return by_hand;
    UnitOfWork all;
    all.by_hand = by_hand;
    std::size_t records = 0;
    all.changes = undo_changes(plans, records);
    const bool may_change = may_change_restricted(context, all);
    MORTISE_TRY(const auto bonds, bound_by_restricted(reader, schema));
    RestrictedLeft{std::move(restricted), may_change, outcome}.run(plans, bonds);
    return may_change;
}

} // namespace mortise::host
