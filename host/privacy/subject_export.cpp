#include "privacy/subject_export.hpp"

#include "events/event_log.hpp"
#include "privacy/held_records.hpp"
#include "records/record_reader.hpp"
#include "records/records.hpp"
#include "records/redirects.hpp"
#include "records/restrictions.hpp"
#include "records/row_storage.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mortise::host {

namespace {

constexpr std::size_t events_at_once = 1000;

Result<List> records_of(Connection& reader, const Held& held)
{
    List records;
    for (const Row& row : held.rows) {
        List history;
        MORTISE_TRY(Statement * select, reader.cached(held.type->sql.select_history));
        select->bind(1, row.id.number);
        for (;;) {
            MORTISE_TRY(const bool more, select->step());
            if (!more) break;
            history.emplace_back(map_of(*held.type, read_row(*select, *held.type)));
        }
        select->reset();
        Map record{{"record", map_of(*held.type, row)}};
        if (!history.empty()) record.set("history", std::move(history));
        records.emplace_back(std::move(record));
    }
    return records;
}

Map map_of_event(const Event& event)
{
    Map map{{"number", event.number}, {"type", event.type}, {"time", event.time}, {"actor", event.actor}};
    if (event.subject) map.set("subject", event.subject);
    if (!event.subject_type.empty()) map.set("subject_type", event.subject_type);
    if (event.external) map.set("external", true);
    map.set("data", event.data);
    return map;
}

Map labels_of(const RecordType& type)
{
    Map labels;
    for (const Field& field : type.fields)
        labels.append(field.name, field.label.empty() ? field.name : field.label);
    return labels;
}

Map map_of_type(const RecordType& type, List records)
{
    return {
        {"type", type.name},
        {"label", type.label.empty() ? type.name : type.label},
        {"owner", type.owner},
        {"fields", labels_of(type)},
        {"records", std::move(records)},
    };
}

/// Each once, in the order in which they happened.
Result<List> events_about(EventLog& log, const Principal& principal, const std::set<std::int64_t>& ids)
{
    std::map<std::int64_t, Map> events;
    for (const std::int64_t id : ids) {
        EventFilter filter;
        filter.subject = Id{id};
        filter.limit = events_at_once;
        for (;;) {
            MORTISE_TRY(const std::vector<Event> page, log.list(principal, filter));
            for (const Event& event : page)
                events.emplace(event.number, map_of_event(event));
            if (page.size() < events_at_once) break;
            filter.since = page.back().number;
        }
    }
    List all;
    for (auto& [number, event] : events)
        all.emplace_back(std::move(event));
    return all;
}

List owners_in(const Schema& schema)
{
    std::set<std::string> names;
    for (const TypePointer& type : schema.types())
        names.insert(type->owner);
    List owners;
    for (const std::string& name : names)
        owners.emplace_back(name);
    return owners;
}

} // namespace

Result<Map> SubjectExport::collect(const CallContext& context, Id contact)
{
    if (context.principal.plugin || context.principal.row_owner())
        return Error{
            .code = ErrorCode::denied,
            .message = "what is held about a person is for users who see all records",
            .key = "privacy.all_records",
            .where = {},
            .hint = "ask an administrator",
        };
    const SchemaPointer schema = m_records.schema();
    const TypePointer contacts = schema->find("contact");
    Map subject{{"format", "mortise-subject/1"}, {"exported_at", m_clock.now()}};
    std::set<std::int64_t> ids;
    List types;
    std::size_t count = 0;
    Id present;
    {
        const ReadLease reader = m_database.read();
        MORTISE_CHECK(reader->begin());
        RecordReader records{*reader, context.principal, contacts};
        MORTISE_TRY(const Id survivor, redirected(*reader, contact));
        present = survivor ? survivor : contact;
        MORTISE_TRY(const Row own, records.get(present, true));
        subject.set("contact", present);
        subject.set("name", value_of(*contacts, own, "name"));
        HeldRecords held_records{*reader, *schema};
        MORTISE_CHECK(held_records.collect(present));
        for (const Held& held : held_records.all()) {
            MORTISE_TRY(List each, records_of(*reader, held));
            count += each.size();
            types.emplace_back(map_of_type(*held.type, std::move(each)));
        }
        ids = held_records.ids();
        MORTISE_TRY(const auto restriction, restriction_of(*reader, present));
        if (restriction)
            subject.set(
                "restricted",
                Map{{"reason", restriction->reason}, {"by", restriction->by}, {"since", restriction->since}}
            );
    }
    MORTISE_TRY(List events, events_about(m_events, context.principal, ids));
    subject.set("types", std::move(types));
    subject.set("events", std::move(events));
    subject.set("held_by", owners_in(*schema));

    UnitOfWork unit;
    EventDraft told;
    told.type = "contact.exported";
    told.subject = present;
    told.subject_type = "contact";
    told.event_class = EventClass::audit;
    told.data = Map{{"records", static_cast<std::int64_t>(count)}};
    unit.events.push_back(std::move(told));
    MORTISE_CHECK(m_records.commit(context, unit));
    return subject;
}

} // namespace mortise::host
