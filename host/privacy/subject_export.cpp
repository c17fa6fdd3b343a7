#include "privacy/subject_export.hpp"

#include "events/event_log.hpp"
#include "merging/merge_plan.hpp"
#include "records/record_reader.hpp"
#include "records/records.hpp"
#include "records/redirects.hpp"
#include "records/row_storage.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mortise::host {

namespace {

constexpr std::size_t most_records = 100'000;
constexpr std::size_t events_at_once = 1000;

struct Held {
    TypePointer type;
    std::vector<Row> rows;
};

class Collector {
public:
    Collector(Connection& reader, const Schema& schema) : m_reader{reader}, m_schema{schema} { }

    Result<void> run(const TypePointer& contacts, std::vector<Row> subjects)
    {
        std::vector<Id> ids;
        for (const Row& row : subjects)
            ids.push_back(row.id);
        MORTISE_CHECK(hold(contacts, std::move(subjects)));
        m_waiting.emplace_back(contacts, std::move(ids));
        while (!m_waiting.empty()) {
            const auto [type, referred] = std::move(m_waiting.back());
            m_waiting.pop_back();
            MORTISE_CHECK(follow(*type, referred));
        }
        return suppressions();
    }

    const std::vector<Held>& held() const noexcept { return m_held; }
    const std::set<std::int64_t>& ids() const noexcept { return m_ids; }

private:
    /// What refers to the records; other people are not held with them.
    Result<void> follow(const RecordType& target, const std::vector<Id>& referred)
    {
        for (const TypePointer& type : m_schema.types()) {
            if (type->name == "contact") continue;
            for (std::size_t slot = 0; slot < type->fields.size(); ++slot) {
                const Field& field = type->fields[slot];
                if (field.kind != FieldKind::reference || field.reference_type != target.name) continue;
                MORTISE_TRY(std::vector<Row> rows, rows_that_refer(m_reader, *type, slot, referred));
                std::erase_if(rows, [&](const Row& row) { return m_ids.contains(row.id.number); });
                if (rows.empty()) continue;
                std::vector<Id> ids;
                for (const Row& row : rows)
                    ids.push_back(row.id);
                MORTISE_CHECK(hold(type, std::move(rows)));
                m_waiting.emplace_back(type, std::move(ids));
            }
        }
        return {};
    }

    /// Suppressions are of addresses, whoever has them.
    Result<void> suppressions()
    {
        const TypePointer type = m_schema.find("suppression");
        const auto slot = type ? type->slot("address") : std::nullopt;
        if (!slot) return {};
        std::set<std::string> addresses;
        for (const Held& held : m_held) {
            if (held.type->name != "contact_point") continue;
            for (const Row& row : held.rows)
                addresses.emplace(value_of(*held.type, row, "value").text());
        }
        MORTISE_TRY(
            Statement * select,
            m_reader.cached(
                type->sql.select + " WHERE " + quoted_name(type->fields[*slot].column) + " = ?1 ORDER BY id"
            )
        );
        std::vector<Row> rows;
        for (const std::string& address : addresses) {
            select->bind(1, std::string_view{address});
            for (;;) {
                MORTISE_TRY(const bool more, select->step());
                if (!more) break;
                rows.push_back(read_row(*select, *type));
            }
            select->reset();
        }
        return rows.empty() ? Result<void>{} : hold(type, std::move(rows));
    }

    Result<void> hold(const TypePointer& type, std::vector<Row> rows)
    {
        for (const Row& row : rows)
            m_ids.insert(row.id.number);
        if (m_ids.size() > most_records)
            return Error{
                .code = ErrorCode::limit,
                .message = "more than 100,000 records are about the contact",
                .key = "privacy.too_many",
                .where = "contact",
                .hint = "is it a person? Those of an organisation with many customers are not its own",
            };
        const auto known = std::ranges::find(m_held, type, &Held::type);
        if (known == m_held.end())
            m_held.push_back({type, std::move(rows)});
        else
            std::ranges::move(rows, std::back_inserter(known->rows));
        return {};
    }

    Connection& m_reader;
    const Schema& m_schema;
    std::vector<Held> m_held;
    std::set<std::int64_t> m_ids;
    std::vector<std::pair<TypePointer, std::vector<Id>>> m_waiting;
};

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
        RecordReader records{*reader, context.principal, *contacts};
        MORTISE_TRY(const Id survivor, redirected(*reader, contact));
        present = survivor ? survivor : contact;
        std::vector<Row> rows;
        MORTISE_TRY(Row own, records.get(present, true));
        subject.set("contact", present);
        subject.set("name", value_of(*contacts, own, "name"));
        rows.push_back(std::move(own));
        MORTISE_TRY(const std::vector<Id> merged, redirects_to(*reader, present));
        for (const Id id : merged) {
            MORTISE_TRY(Row other, records.get(id, true));
            rows.push_back(std::move(other));
        }
        Collector collector{*reader, *schema};
        MORTISE_CHECK(collector.run(contacts, std::move(rows)));
        for (const Held& held : collector.held()) {
            MORTISE_TRY(List each, records_of(*reader, held));
            count += each.size();
            types.emplace_back(Map{
                {"type", held.type->name},
                {"label", held.type->label.empty() ? held.type->name : held.type->label},
                {"owner", held.type->owner},
                {"fields", labels_of(*held.type)},
                {"records", std::move(each)},
            });
        }
        ids = collector.ids();
    }
    std::map<std::int64_t, Map> events;
    for (const std::int64_t id : ids) {
        EventFilter filter;
        filter.subject = Id{id};
        filter.limit = events_at_once;
        for (;;) {
            MORTISE_TRY(const std::vector<Event> page, m_events.list(context.principal, filter));
            for (const Event& event : page)
                events.emplace(event.number, map_of_event(event));
            if (page.size() < events_at_once) break;
            filter.since = page.back().number;
        }
    }
    List all;
    for (auto& [number, event] : events)
        all.emplace_back(std::move(event));
    std::set<std::string> owners;
    for (const TypePointer& type : schema->types())
        owners.insert(type->owner);
    List held_by;
    for (const std::string& owner : owners)
        held_by.emplace_back(owner);
    subject.set("types", std::move(types));
    subject.set("events", std::move(all));
    subject.set("held_by", std::move(held_by));

    UnitOfWork unit;
    EventDraft told;
    told.type = "contact.exported";
    told.subject = present;
    told.subject_type = "contact";
    told.event_class = EventClass::audit;
    told.data = Map{{"records", static_cast<std::int64_t>(count)}};
    unit.events.push_back(std::move(told));
    MORTISE_CHECK(m_records.commit(context, std::move(unit)));
    return subject;
}

} // namespace mortise::host
