#include "records/audit/audit_writer.hpp"

#include "base/random.hpp"
#include "records/audit/audit_events.hpp"
#include "store/connection.hpp"

namespace mortise::host {

namespace {

constexpr const char* audit_table = R"(
    CREATE TABLE IF NOT EXISTS "mt$audit" (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL,
        account TEXT NOT NULL, client TEXT NOT NULL, way TEXT NOT NULL, kind TEXT NOT NULL, records INTEGER NOT NULL,
        events INTEGER NOT NULL, last INTEGER NOT NULL, detail TEXT NOT NULL, content BLOB NOT NULL, hash BLOB NOT NULL)
)";

constexpr const char* insert_entry = "INSERT INTO \"mt$audit\" (number, at, actor, account, client, way, "
                                     "kind, records, events, last, detail, "
                                     "content, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)";

/// Trails of two databases have no entry in common.
std::string begun_detail()
{
    std::array<std::byte, 16> seed{};
    random_bytes(seed);
    return R"({"seed":")" + hex(seed) + R"("})";
}

} // namespace

Result<void> AuditWriter::open(Connection& connection, std::int64_t last, Instant now)
{
    MORTISE_CHECK(connection.execute(audit_table));
    MORTISE_TRY(
        Statement end,
        connection.prepare(
            "SELECT " + std::string{audit_columns} + " FROM \"mt$audit\" ORDER BY number DESC LIMIT 1"
        )
    );
    MORTISE_TRY(const bool found, end.step());
    const AuditEntry present = found ? read_audit_entry(end) : AuditEntry{};
    end.reset();
    m_head = {present.number, present.hash};
    if (found && present.last >= last) return {};
    AuditEntry entry;
    entry.at = now;
    entry.actor = "system";
    entry.kind = found ? audit_resumed : audit_began;
    entry.last = last;
    if (found) {
        entry.events = last - present.last;
        MORTISE_TRY(EventReader events, EventReader::open(connection));
        MORTISE_TRY(entry.content, events.content_of(present.last, last));
    } else
        entry.detail = begun_detail();
    return append(connection, std::move(entry));
}

Result<void> AuditWriter::append(Connection& connection, AuditEntry entry)
{
    entry.number = m_head.number + 1;
    entry.hash = audit_hash(entry, m_head.hash);
    MORTISE_TRY(Statement * insert, connection.cached(insert_entry));
    insert->bind(1, entry.number);
    insert->bind(2, entry.at.microseconds);
    insert->bind_borrowed(3, entry.actor);
    insert->bind_borrowed(4, entry.account);
    insert->bind_borrowed(5, entry.client);
    insert->bind_borrowed(6, entry.way);
    insert->bind_borrowed(7, entry.kind);
    insert->bind(8, entry.records);
    insert->bind(9, entry.events);
    insert->bind(10, entry.last);
    insert->bind_borrowed(11, entry.detail);
    insert->bind_bytes_borrowed(12, entry.content);
    insert->bind_bytes_borrowed(13, entry.hash);
    MORTISE_CHECK(insert->run());
    m_head = {entry.number, entry.hash};
    return {};
}

} // namespace mortise::host
