#include "records/audit/row_seal.hpp"

#include "base/json.hpp"
#include "records/audit/audit_entry.hpp"
#include "records/prepared_unit.hpp"
#include "records/unit_errors.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

namespace mortise::host {

namespace {

constexpr std::size_t seal_size = 8 + 8 + 32;
constexpr std::size_t few_events = 16; // among which a look at each is quicker than a table

/// Structures in the form that they have when they were read back.
std::string stored_text(const Value& value)
{
    const std::string text = json_text(value);
    if (value.kind() != Kind::list && value.kind() != Kind::map && value.kind() != Kind::real) return text;
    const auto back = parse_value(text, "value");
    return back ? json_text(*back) : text;
}

/// The usual kinds as their columns hold them; all others, and whatever is in a field for JSON, as JSON.
void add_value(AuditText& text, const Field& field, const Value& value)
{
    switch (field.kind == FieldKind::json ? Kind::map : value.kind()) {
    case Kind::text:
        text.add(value.text());
        break;
    case Kind::integer:
        text.add(*value.as<std::int64_t>());
        break;
    case Kind::id:
        text.add(value.as<Id>()->number);
        break;
    case Kind::instant:
        text.add(value.as<Instant>()->microseconds);
        break;
    case Kind::decimal:
        text.add(value.as<Decimal>()->coefficient);
        break;
    default:
        text.add(stored_text(value));
    }
}

/// What an update leaves in the table: of the fields that it does not change, what was there.
const Value& written_value(const PreparedChange& change, std::size_t slot)
{
    const bool is_written = !change.before || std::ranges::find(change.changed, slot) != change.changed.end();
    return is_written ? change.after.values[slot] : change.before->values[slot];
}

template <class ValueOf>
Digest digest_row(
    const RecordType& type, const Row& row, Id owner, std::span<const std::byte> salt, ValueOf value_of
)
{
    AuditText text;
    text.add(salt).add(type.id).add(row.id.number).add(row.version).add(owner.number);
    text.add(row.created_at.microseconds).add(row.updated_at.microseconds).add(row.deleted_at.microseconds);
    for (std::size_t slot = 0; slot < type.fields.size(); ++slot) {
        const Value& value = value_of(slot);
        if (value.is_null()) continue;
        text.add(type.fields[slot].column);
        add_value(text, type.fields[slot], value);
    }
    return hash(text.text());
}

Digest digest_change(const PreparedChange& change, std::span<const std::byte> salt)
{
    const bool has_owner = !change.before || change.owner_changed;
    return digest_row(
        *change.type,
        change.after,
        has_owner ? change.after.owner : change.before->owner,
        salt,
        [&](std::size_t slot) -> const Value& { return written_value(change, slot); }
    );
}

void append_seal(std::string& sealed, const RowSeal& seal)
{
    std::array<char, seal_size> bytes{};
    std::memcpy(bytes.data(), &seal.id, 8);
    std::memcpy(bytes.data() + 8, &seal.type, 8);
    std::memcpy(bytes.data() + 16, seal.digest.data(), 32);
    sealed.append(bytes.data(), bytes.size());
}

/// The events of a unit by their subject.
class EventsBySubject {
public:
    explicit EventsBySubject(std::vector<PreparedEvent>& events) : m_events{events}
    {
        if (events.size() <= few_events) return;
        for (PreparedEvent& event : events)
            if (event.subject) m_table.emplace(event.subject.number, &event);
    }

    PreparedEvent* find(Id subject)
    {
        if (!subject) return nullptr;
        if (!m_table.empty()) {
            const auto found = m_table.find(subject.number);
            return found == m_table.end() ? nullptr : found->second;
        }
        const auto found = std::ranges::find(m_events, subject, &PreparedEvent::subject);
        return found == m_events.end() ? nullptr : &*found;
    }

private:
    std::vector<PreparedEvent>& m_events;
    std::unordered_map<std::int64_t, PreparedEvent*> m_table;
};

/// The contact that a record is about, by the field of that name.
Id contact_of(const PreparedChange& change)
{
    const auto slot = change.type->slot("contact");
    const Id* contact = slot ? written_value(change, *slot).as<Id>() : nullptr;
    return contact ? *contact : Id{};
}

} // namespace

Digest seal_of(const RecordType& type, const Row& row, std::span<const std::byte> salt)
{
    return digest_row(type, row, row.owner, salt, [&](std::size_t slot) -> const Value& {
        return row.values[slot];
    });
}

void seal_rows(PreparedUnit& unit)
{
    if (unit.events.empty()) return;
    EventsBySubject events{unit.events};
    for (PreparedEvent& event : unit.events)
        event.sealed.clear();
    for (const PreparedChange& change : unit.changes) {
        if (is_nothing(change)) continue;
        RowSeal seal{change.after.id.number, change.type->id};
        PreparedEvent* event = events.find(change.after.id);
        if (!event) event = events.find(contact_of(change));
        // With the salt of an event of somebody else, the digest would outlive the erasure of this record.
        if (event)
            seal.digest = digest_change(change, event->salt);
        else
            event = &unit.events.front();
        append_seal(event->sealed, seal);
    }
}

std::vector<RowSeal> read_seals(std::string_view sealed)
{
    std::vector<RowSeal> seals;
    for (; sealed.size() >= seal_size; sealed.remove_prefix(seal_size)) {
        RowSeal& seal = seals.emplace_back();
        std::memcpy(&seal.id, sealed.data(), 8);
        std::memcpy(&seal.type, sealed.data() + 8, 8);
        std::memcpy(seal.digest.data(), sealed.data() + 16, 32);
    }
    return seals;
}

} // namespace mortise::host
