#include "records/audit/audit_events.hpp"

#include "store/connection.hpp"

namespace mortise::host {

Result<EventReader> EventReader::open(Connection& connection)
{
    MORTISE_TRY(
        Statement select,
        connection.prepare(
            R"(SELECT e.number, ifnull(t.text, ''), e.subject, e.subject_type, e.time, e.recorded,
            ifnull(a.text, ''), ifnull(c.text, ''), ifnull(s.text, ''), e.class, e.external, e.unit, e.cause,
            e.correlation, e.depth, e.leaf, ifnull(e.links, ''), e.sealed, d.salt, d.data
            FROM "mt$event" e LEFT JOIN "mt$name" t ON t.id = e.type LEFT JOIN "mt$name" a ON a.id = e.actor
            LEFT JOIN "mt$name" c ON c.id = e.client LEFT JOIN "mt$name" s ON s.id = e.schema
            LEFT JOIN "mt$event_data" d ON d.number = e.number
            WHERE e.number > ?1 AND e.number <= ?2 ORDER BY e.number)"
        )
    );
    return EventReader{std::move(select)};
}

void EventReader::seek(std::int64_t after, std::int64_t last)
{
    m_select.reset();
    m_select.bind(1, after);
    m_select.bind(2, last);
}

AuditedEvent EventReader::event() const
{
    const std::span<const std::byte> sealed = m_select.bytes(17);
    return {
        .number = m_select.integer(0),
        .type = m_select.text(1),
        .subject = m_select.integer(2),
        .subject_type = m_select.integer(3),
        .time = m_select.integer(4),
        .recorded = m_select.integer(5),
        .actor = m_select.text(6),
        .client = m_select.text(7),
        .schema = m_select.text(8),
        .event_class = m_select.integer(9),
        .external = m_select.integer(10),
        .unit = m_select.integer(11),
        .cause = m_select.integer(12),
        .correlation = m_select.integer(13),
        .depth = m_select.integer(14),
        .leaf = m_select.bytes(15),
        .links = m_select.text(16),
        .sealed = {reinterpret_cast<const char*>(sealed.data()), sealed.size()},
    };
}

Result<Digest> EventReader::content_of(std::int64_t after, std::int64_t last)
{
    Hasher content;
    AuditText text;
    seek(after, last);
    for (;;) {
        MORTISE_TRY(const bool more, next());
        if (!more) return content.finish();
        text.clear();
        add_event(text, event());
        content.add(text.text());
    }
}

} // namespace mortise::host
