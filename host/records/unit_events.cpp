#include "records/unit_events.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "records/event_subject.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

class EventMaker {
public:
    EventMaker(const Preparation& given, const UnitOfWork& unit, PreparedUnit& prepared)
        : m_given{given},
          m_unit{unit},
          m_prepared{prepared}
    {
    }

    Result<void> run()
    {
        std::vector<std::byte> salts((m_prepared.changes.size() + m_unit.events.size()) * 16);
        random_bytes(salts);
        std::size_t next_salt = 0;
        const auto finish = [&](PreparedEvent event) {
            std::copy_n(salts.begin() + static_cast<std::ptrdiff_t>(next_salt), 16, event.salt.begin());
            next_salt += 16;
            Hasher hasher;
            hasher.add(event.salt);
            hasher.add(event.data);
            event.payload_digest = hasher.finish();
            if (event.schema.empty()) event.schema = event.type + "/1";
            m_prepared.events.push_back(std::move(event));
        };
        m_prepared.events.reserve(m_prepared.changes.size() + m_unit.events.size());
        for (const PreparedChange& change : m_prepared.changes)
            if (tells(change)) finish(event_of(change));
        for (const EventDraft& draft : m_unit.events) {
            PreparedEvent event;
            event.type = draft.type;
            event.subject = draft.subject;
            MORTISE_TRY(event.subject_type, type_of(draft));
            event.time = draft.time.value_or(m_given.now);
            event.event_class = draft.event_class;
            event.external = draft.external;
            event.schema = draft.schema;
            event.links = draft.links;
            event.data = json_text(Value{draft.data});
            finish(std::move(event));
        }
        return {};
    }

private:
    /// The event of a contact tells its addresses too: points that follow from it have none of their own.
    static bool tells(const PreparedChange& change)
    {
        if (change.derived && change.type->name == "contact_point") return false;
        return change.operation != Operation::update || !change.changed.empty() || change.owner_changed;
    }

    Result<std::int64_t> type_of(const EventDraft& draft) const
    {
        if (!draft.subject) return std::int64_t{0};
        for (const PreparedChange& change : m_prepared.changes)
            if (change.after.id == draft.subject) return change.type->id;
        return subject_type_of(m_given.schema, m_given.reader, draft);
    }

    PreparedEvent event_of(const PreparedChange& change) const
    {
        const RecordType& type = *change.type;
        PreparedEvent event;
        event.type = type.name + "."
            + std::string{
                change.operation == Operation::create       ? "created"
                    : change.operation == Operation::update ? "updated"
                    : change.operation == Operation::remove ? "deleted"
                                                            : "restored"
            };
        event.subject = change.after.id;
        event.subject_type = type.id;
        event.time = m_given.now;
        event.data = data_of(change);
        for (std::size_t slot = 0; slot < type.fields.size(); ++slot)
            if (type.fields[slot].timeline) link_both(change, slot, type.fields[slot].name, event);
        return event;
    }

    /// Links what a field refers to now and, if that is another record, what it referred to before.
    static void
    link_both(const PreparedChange& change, std::size_t slot, const std::string& role, PreparedEvent& event)
    {
        const Id* now = change.after.values[slot].as<Id>();
        const Id* before = change.before ? change.before->values[slot].as<Id>() : nullptr;
        if (now) event.links.push_back({*now, role});
        if (before && (!now || *before != *now)) event.links.push_back({*before, role});
    }

    /// {"record": {field: value}} of a new record, {"changes": {field: {from, to}}} of a change. Written as
    /// text at once: as a value it would be copied, and that is a good part of what an imported row costs.
    static std::string data_of(const PreparedChange& change)
    {
        const bool is_new = change.operation == Operation::create;
        if (!is_new && change.operation != Operation::update) return "{}";
        std::string text = is_new ? R"({"record":{)" : R"({"changes":{)";
        const auto add = [&](std::string_view name, const Value* from, const Value& to) {
            if (!text.ends_with('{')) text += ',';
            append_json_string(text, name);
            text += ':';
            if (from) {
                text += R"({"from":)";
                append_json_text(text, *from);
                text += R"(,"to":)";
            }
            append_json_text(text, to);
            if (from) text += '}';
        };
        for (const std::size_t slot : change.changed)
            add(change.type->fields[slot].name,
                change.before ? &change.before->values[slot] : nullptr,
                change.after.values[slot]);
        if (change.owner_changed) {
            const Value before{change.before->owner};
            add("owner", &before, Value{change.after.owner});
        }
        return text += "}}";
    }

    const Preparation& m_given;
    const UnitOfWork& m_unit;
    PreparedUnit& m_prepared;
};

} // namespace

Result<void> make_events(const Preparation& given, const UnitOfWork& unit, PreparedUnit& prepared)
{
    return EventMaker{given, unit, prepared}.run();
}

} // namespace mortise::host
