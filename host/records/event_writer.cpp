#include "records/event_writer.hpp"

#include "base/hash.hpp"
#include "records/audit/act_scope.hpp"
#include "records/event_leaf.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <cstring>

namespace mortise::host {

namespace {

constexpr const char* tables = R"(
    CREATE TABLE IF NOT EXISTS "mt$name" (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS "mt$event" (number INTEGER PRIMARY KEY, type INTEGER NOT NULL, subject INTEGER,
        subject_type INTEGER, time INTEGER NOT NULL, recorded INTEGER NOT NULL, actor INTEGER NOT NULL,
        client INTEGER NOT NULL, schema INTEGER NOT NULL, class INTEGER NOT NULL, external INTEGER NOT NULL,
        unit INTEGER NOT NULL, cause INTEGER NOT NULL, correlation INTEGER NOT NULL, depth INTEGER NOT NULL,
        leaf BLOB NOT NULL, links TEXT, sealed BLOB);
    CREATE TABLE IF NOT EXISTS "mt$event_data" (number INTEGER PRIMARY KEY, salt BLOB NOT NULL, data TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS "mt$event_link" (record INTEGER NOT NULL, number INTEGER NOT NULL, role INTEGER NOT NULL,
        PRIMARY KEY (record, number, role)) WITHOUT ROWID;
)";

constexpr const char* insert_event
    = "INSERT INTO \"mt$event\" (number, type, subject, subject_type, time, recorded, "
      "actor, client, schema, class, external, unit, cause, correlation, depth, leaf, "
      "links, sealed) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

constexpr std::size_t most_kinds = 12;

/// What databases of older hosts lack. Older hosts leave it null, which tells that they wrote the event.
Result<void> add_later_columns_of_events(Connection& connection)
{
    MORTISE_TRY(
        Statement has_sealed,
        connection.prepare("SELECT 1 FROM pragma_table_info('mt$event') WHERE name = 'sealed'")
    );
    MORTISE_TRY(const bool found, has_sealed.step());
    has_sealed.reset();
    if (found) return {};
    return connection.execute("ALTER TABLE \"mt$event\" ADD COLUMN sealed BLOB");
}

/// The types of the events, each once, with commas.
std::string kinds_of(const std::vector<PreparedEvent>& events)
{
    std::vector<std::string_view> kinds;
    std::string text;
    for (const PreparedEvent& event : events) {
        if (kinds.size() == most_kinds || std::ranges::find(kinds, event.type) != kinds.end()) continue;
        kinds.emplace_back(event.type);
        text.append(text.empty() ? "" : ",").append(event.type);
    }
    return text;
}

/// "role=id,role=id": what is read back with the event; the link table serves look-ups by record.
std::string links_text(const std::vector<EventLink>& links)
{
    std::string text;
    for (const EventLink& link : links)
        text.append(text.empty() ? "" : ",")
            .append(link.role)
            .append("=")
            .append(std::to_string(link.record.number));
    return text;
}

} // namespace

Digest event_leaf(
    std::string_view type,
    std::int64_t number,
    Instant recorded,
    Instant time,
    Id subject,
    const Digest& payload_digest
)
{
    std::array<std::byte, 32 + 32 + 128> block{};
    const std::array<std::int64_t, 4> header{
        number, recorded.microseconds, time.microseconds, subject.number
    };
    std::memcpy(block.data(), header.data(), sizeof header);
    std::memcpy(block.data() + 32, payload_digest.data(), 32);
    const std::size_t name_size = std::min<std::size_t>(type.size(), 128);
    std::memcpy(block.data() + 64, type.data(), name_size);
    return hash(std::span{block}.first(64 + name_size));
}

Result<void> EventWriter::open(Connection& connection, Instant now)
{
    MORTISE_CHECK(connection.execute(tables));
    MORTISE_CHECK(add_later_columns_of_events(connection));
    MORTISE_TRY(
        Statement last,
        connection.prepare("SELECT number, recorded FROM \"mt$event\" ORDER BY number DESC LIMIT 1")
    );
    MORTISE_TRY(const bool found, last.step());
    m_last = found ? last.integer(0) : 0;
    m_recorded.microseconds = found ? last.integer(1) : 0;
    MORTISE_TRY(Statement names, connection.prepare("SELECT text, id FROM \"mt$name\""));
    m_names.clear();
    for (;;) {
        MORTISE_TRY(const bool more, names.step());
        if (!more) break;
        m_names.emplace(names.text(0), names.integer(1));
    }
    return m_audit.open(connection, m_last, std::max(m_recorded, now));
}

Result<std::int64_t> EventWriter::name_id(Connection& connection, std::string_view text)
{
    if (const auto found = m_names.find(text); found != m_names.end()) return found->second;
    // An undone unit may have made the cache forget a name that the transaction still has.
    MORTISE_TRY(
        Statement * insert,
        connection.cached(
            "INSERT INTO \"mt$name\" (text) VALUES (?) ON CONFLICT (text) DO UPDATE SET text = text "
            "RETURNING id"
        )
    );
    insert->bind(1, text);
    MORTISE_CHECK(insert->step());
    const std::int64_t id = insert->integer(0);
    insert->reset();
    m_names.emplace(text, id);
    m_fresh_names.emplace_back(text);
    return id;
}

Result<void>
EventWriter::append_links(Connection& connection, const PreparedEvent& event, std::int64_t number)
{
    MORTISE_TRY(
        Statement * insert,
        connection.cached("INSERT OR IGNORE INTO \"mt$event_link\" (record, number, role) VALUES (?,?,?)")
    );
    const auto link = [&](Id record, std::string_view role) -> Result<void> {
        if (!record) return {};
        MORTISE_TRY(const std::int64_t role_id, name_id(connection, role));
        insert->bind(1, record.number);
        insert->bind(2, number);
        insert->bind(3, role_id);
        return insert->run();
    };
    MORTISE_CHECK(link(event.subject, "subject"));
    for (const EventLink& each : event.links)
        MORTISE_CHECK(link(each.record, each.role));
    return {};
}

AuditEntry EventWriter::entry_of(const std::vector<PreparedEvent>& events, const EventOrigin& origin) const
{
    AuditEntry entry;
    entry.at = m_recorded;
    entry.actor = origin.actor;
    entry.client = origin.client;
    if (m_act) {
        entry.account = m_act->account;
        entry.way = m_act->way;
    }
    entry.kind = kinds_of(events);
    entry.events = static_cast<std::int64_t>(events.size());
    return entry;
}

Result<void> EventWriter::append(
    Connection& connection,
    const std::vector<PreparedEvent>& events,
    const EventOrigin& origin,
    std::int64_t unit,
    std::int64_t records,
    Instant now
)
{
    m_recorded = std::max(m_recorded, now);
    MORTISE_TRY(const std::int64_t actor, name_id(connection, origin.actor));
    MORTISE_TRY(const std::int64_t client, name_id(connection, origin.client));
    MORTISE_TRY(Statement * insert, connection.cached(insert_event));
    MORTISE_TRY(
        Statement * insert_data,
        connection.cached("INSERT INTO \"mt$event_data\" (number, salt, data) VALUES (?,?,?)")
    );
    const std::int64_t correlation = origin.correlation != 0 ? origin.correlation : m_last + 1;
    Hasher content;
    AuditText told;
    for (const PreparedEvent& event : events) {
        MORTISE_TRY(const std::int64_t type, name_id(connection, event.type));
        MORTISE_TRY(const std::int64_t schema, name_id(connection, event.schema));
        const std::int64_t number = ++m_last;
        const Digest leaf
            = event_leaf(event.type, number, m_recorded, event.time, event.subject, event.payload_digest);
        const std::string links = links_text(event.links);
        const AuditedEvent audited{
            .number = number,
            .type = event.type,
            .subject = event.subject.number,
            .subject_type = event.subject_type,
            .time = event.time.microseconds,
            .recorded = m_recorded.microseconds,
            .actor = origin.actor,
            .client = origin.client,
            .schema = event.schema,
            .event_class = static_cast<std::int64_t>(event.event_class),
            .external = std::int64_t{event.external},
            .unit = unit,
            .cause = origin.cause,
            .correlation = correlation,
            .depth = std::int64_t{origin.depth},
            .leaf = leaf,
            .links = links,
            .sealed = event.sealed,
        };
        told.clear();
        add_event(told, audited);
        content.add(told.text());
        insert->bind(1, number);
        insert->bind(2, type);
        if (event.subject) insert->bind(3, event.subject.number);
        if (event.subject_type != 0) insert->bind(4, event.subject_type);
        insert->bind(5, audited.time);
        insert->bind(6, audited.recorded);
        insert->bind(7, actor);
        insert->bind(8, client);
        insert->bind(9, schema);
        insert->bind(10, audited.event_class);
        insert->bind(11, audited.external);
        insert->bind(12, unit);
        insert->bind(13, origin.cause);
        insert->bind(14, correlation);
        insert->bind(15, audited.depth);
        insert->bind_bytes_borrowed(16, leaf);
        if (!links.empty()) insert->bind_borrowed(17, links);
        insert->bind_bytes_borrowed(18, std::as_bytes(std::span{event.sealed}));
        MORTISE_CHECK(insert->run());
        insert_data->bind(1, number);
        insert_data->bind_bytes_borrowed(2, event.salt);
        insert_data->bind_borrowed(3, event.data);
        MORTISE_CHECK(insert_data->run());
        MORTISE_CHECK(append_links(connection, event, number));
    }
    AuditEntry entry = entry_of(events, origin);
    entry.records = records;
    entry.last = m_last;
    entry.content = content.finish();
    return m_audit.append(connection, std::move(entry));
}

Result<void> EventWriter::tell(Connection& connection, std::string_view kind, std::string detail, Instant now)
{
    AuditEntry entry;
    entry.at = std::max(m_recorded, now);
    entry.actor = m_act ? m_act->actor : "system";
    if (m_act) {
        entry.account = m_act->account;
        entry.client = m_act->client;
        entry.way = m_act->way;
    }
    entry.kind = kind;
    entry.last = m_last;
    entry.detail = std::move(detail);
    return m_audit.append(connection, std::move(entry));
}

void EventWriter::rewind(const Mark& mark) noexcept
{
    m_last = mark.event;
    m_audit.rewind(mark.entry);
    for (const std::string& name : m_fresh_names)
        m_names.erase(name);
    m_fresh_names.clear();
}

} // namespace mortise::host
