#include "merging/change_set.hpp"

#include "records/restrictions.hpp"
#include "records/sort_key.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

Operation operation_of(const RecordEdit& edit)
{
    if (!edit.before) return Operation::create;
    if (edit.before->is_deleted() == edit.after.is_deleted()) return Operation::update;
    return edit.after.is_deleted() ? Operation::remove : Operation::restore;
}

/// What goes makes room for what changes, and that for what comes.
int rank_of(const RecordEdit& edit)
{
    switch (operation_of(edit)) {
    case Operation::remove:
        return 0;
    case Operation::update:
        return 1;
    case Operation::restore:
    case Operation::create:
        break;
    }
    return 2;
}

const char* verb_of(Operation operation)
{
    switch (operation) {
    case Operation::create:
        return ".created";
    case Operation::update:
        return ".updated";
    case Operation::remove:
        return ".deleted";
    case Operation::restore:
        break;
    }
    return ".restored";
}

Map data_of(const RecordEdit& edit)
{
    Map fields;
    for (const std::size_t slot : edit.changed()) {
        const std::string& name = edit.type->fields[slot].name;
        const Value& to = edit.after.values[slot];
        fields.append(name, edit.before ? Value{Map{{"from", edit.before->values[slot]}, {"to", to}}} : to);
    }
    if (edit.before && edit.before->owner != edit.after.owner)
        fields.append("owner", Map{{"from", edit.before->owner}, {"to", edit.after.owner}});
    if (fields.empty()) return {};
    return Map{{edit.before ? "changes" : "record", std::move(fields)}};
}

/// What a timeline field refers to now and, if that is another record, what it referred to before.
std::vector<EventLink> links_of(const RecordEdit& edit)
{
    std::vector<EventLink> links;
    for (std::size_t slot = 0; slot < edit.type->fields.size(); ++slot) {
        const Field& field = edit.type->fields[slot];
        if (!field.timeline) continue;
        const Id* now = edit.after.values[slot].as<Id>();
        const Id* before = edit.before ? edit.before->values[slot].as<Id>() : nullptr;
        if (now) links.push_back({*now, field.name});
        if (before && (!now || *before != *now)) links.push_back({*before, field.name});
    }
    return links;
}

} // namespace

std::vector<std::size_t> RecordEdit::changed() const
{
    std::vector<std::size_t> slots;
    for (std::size_t slot = 0; slot < after.values.size(); ++slot)
        if (before ? before->values[slot] != after.values[slot] : !after.values[slot].is_null())
            slots.push_back(slot);
    return slots;
}

bool RecordEdit::is_change() const
{
    return !before || before->is_deleted() != after.is_deleted() || before->owner != after.owner
        || !changed().empty();
}

bool RecordEdit::removes() const
{
    return operation_of(*this) == Operation::remove;
}

Row& ChangeSet::edit(const TypePointer& type, const Row& row)
{
    const auto [at, is_new] = m_edits.try_emplace(row.id.number);
    if (is_new) at->second = {type, row, row};
    return at->second.after;
}

Row& ChangeSet::create(const TypePointer& type, Row row)
{
    RecordEdit& edit = m_edits[row.id.number];
    edit.type = type;
    edit.after = std::move(row);
    return edit.after;
}

const Row* ChangeSet::find(Id id) const
{
    const RecordEdit* edit = find_edit(id);
    return edit ? &edit->after : nullptr;
}

const RecordEdit* ChangeSet::find_edit(Id id) const
{
    const auto found = m_edits.find(id.number);
    return found == m_edits.end() ? nullptr : &found->second;
}

std::size_t ChangeSet::size() const
{
    return static_cast<std::size_t>(std::ranges::count_if(m_edits, [](const auto& each) {
        return each.second.is_change();
    }));
}

std::vector<PreparedChange> ChangeSet::changes(Instant now, const Collator& collator) const
{
    std::vector<const RecordEdit*> order;
    for (const auto& [id, edit] : m_edits)
        if (edit.is_change()) order.push_back(&edit);
    std::ranges::stable_sort(order, {}, [](const RecordEdit* edit) { return rank_of(*edit); });
    std::vector<PreparedChange> changes;
    changes.reserve(order.size());
    for (const RecordEdit* edit : order) {
        PreparedChange change;
        change.operation = operation_of(*edit);
        change.type = edit->type;
        change.before = edit->before;
        change.after = edit->after;
        change.after.version = edit->before ? edit->before->version + 1 : 1;
        change.after.updated_at = now;
        if (!edit->before) change.after.created_at = now;
        if (edit->removes()) change.after.deleted_at = now;
        change.changed = edit->changed();
        change.owner_changed = edit->before && edit->before->owner != edit->after.owner;
        change.derived = true;
        for (const std::size_t slot : edit->type->sorted_slots)
            if (!edit->before || std::ranges::binary_search(change.changed, slot))
                change.sort_keys.push_back(sort_key_of(collator, edit->after.values[slot]));
        changes.push_back(std::move(change));
    }
    return changes;
}

std::vector<EventDraft> ChangeSet::events(Id merged_into) const
{
    std::vector<EventDraft> events;
    for (const auto& [id, edit] : m_edits) {
        const bool is_gone = edit.before && edit.before->is_deleted() && edit.after.is_deleted();
        if (!edit.is_change() || is_gone || edit.type->archived) continue;
        const Operation operation = operation_of(edit);
        EventDraft event;
        event.type = edit.type->name + verb_of(operation);
        event.subject = edit.after.id;
        event.subject_type = edit.type->name;
        event.links = links_of(edit);
        event.data = data_of(edit);
        if (operation == Operation::remove && merged_into && edit.type->name == "contact")
            event.data.set("merged_into", merged_into);
        events.push_back(std::move(event));
    }
    return events;
}

Result<void> refuse_restricted_along(Connection& reader, const ChangeSet& changes, Id visible_to)
{
    MORTISE_TRY(const auto restricted, restricted_contacts(reader));
    if (restricted.empty()) return {};
    for (const auto& [id, edit] : changes.edits()) {
        const Row* before = edit.before ? &*edit.before : nullptr;
        if (edit.is_change()) MORTISE_CHECK(refuse_along(reader, *edit.type, before, edit.after, visible_to));
    }
    return {};
}

} // namespace mortise::host
