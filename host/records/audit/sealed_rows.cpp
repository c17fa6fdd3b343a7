#include "records/audit/sealed_rows.hpp"

#include "records/audit/audit_entry.hpp"
#include "records/audit/erased_records.hpp"
#include "records/audit/row_seal.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <set>

namespace mortise::host {

Result<bool> SealedRows::find(const RecordType& type, std::int64_t id, std::int64_t unit, Row& row)
{
    MORTISE_TRY(Statement * present, m_reader.cached(type.sql.select_by_id));
    present->bind(1, id);
    MORTISE_TRY(bool found, present->step());
    if (found) row = read_row(*present, type);
    present->reset();
    if (found && row.since == unit) return true;
    std::string& sql = m_history[type.id];
    if (sql.empty())
        sql = "SELECT " + type.sql.columns + " FROM " + quoted_name(type.table + "_h")
            + " WHERE id = ?1 AND since = ?2";
    MORTISE_TRY(Statement * former, m_reader.cached(sql));
    former->bind(1, id);
    former->bind(2, unit);
    MORTISE_TRY(found, former->step());
    if (found) row = read_row(*former, type);
    former->reset();
    return found;
}

Result<void> SealedRows::check(
    const AuditedEvent& event, std::span<const std::byte> salt, const std::function<void(std::string)>& wrong
)
{
    for (const RowSeal& seal : read_seals(event.sealed))
        MORTISE_CHECK(check_seal(event, seal, salt, wrong));
    return {};
}

Result<void> SealedRows::check_seal(
    const AuditedEvent& event,
    const RowSeal& seal,
    std::span<const std::byte> salt,
    const std::function<void(std::string)>& wrong
)
{
    const TypePointer type = m_schema.find(seal.type);
    if (!type) {
        if (m_gone.purged(seal.type))
            ++m_purged;
        else
            wrong("the records of type " + std::to_string(seal.type) + " are gone, and no purge took them");
        return {};
    }
    Row row;
    MORTISE_TRY(const bool found, find(*type, seal.id, event.unit, row));
    if (found) ++m_found[type->id];
    const bool is_bare = seal.digest == Digest{};
    if (salt.empty() || (found && is_bare)) return {}; // the event tells whether that is right
    if (found && seal_of(*type, row, salt) == seal.digest) {
        ++m_compared;
        return {};
    }
    if (m_gone.erased(seal.id, event.number)) return {};
    if (found && m_gone.purged(type->id)) {
        ++m_purged;
        return {};
    }
    const std::string name = type->name + " " + std::to_string(seal.id);
    const std::string written = ", as transaction " + std::to_string(event.unit) + " (event "
        + std::to_string(event.number) + ") wrote it";
    wrong(
        found ? name + " is not what was written: its version " + std::to_string(row.version) + written
              : "a version of " + name + written + ", is missing"
    );
    return {};
}

Result<void> SealedRows::note_erased(const AuditedEvent& event)
{
    const TypePointer type = m_schema.find(event.subject_type);
    if (!type) return {};
    Row row;
    MORTISE_TRY(const bool found, find(*type, event.subject, event.unit, row));
    if (found) ++m_found[type->id];
    return {};
}

std::string SealedRows::which_rows(std::int64_t after) const
{
    std::string which = " WHERE since > " + std::to_string(after);
    for (const auto& [from, to] : m_left_out)
        which += " AND NOT (since > " + std::to_string(from) + " AND since <= " + std::to_string(to) + ')';
    return which;
}

Result<void> SealedRows::check_strangers(
    std::int64_t after, const std::function<Result<void>(std::int64_t unit, std::string)>& wrong
)
{
    MORTISE_TRY(
        Statement events,
        m_reader.prepare(R"(SELECT subject, sealed FROM "mt$event" WHERE number <= ?1 AND unit = ?1
            AND number > ?1 - 20000)")
    );
    for (const TypePointer& type : m_schema.types()) {
        const std::string which = which_rows(after);
        const std::string rows = "SELECT id, since, version FROM " + quoted_name(type->table) + which
            + " UNION ALL SELECT id, since, version FROM " + quoted_name(type->table + "_h") + which;
        MORTISE_TRY(Statement count, m_reader.prepare("SELECT count(*) FROM (" + rows + ")"));
        MORTISE_CHECK(count.step());
        if (count.integer(0) == m_found[type->id]) continue;
        MORTISE_TRY(Statement each, m_reader.prepare(rows + " ORDER BY 2"));
        std::int64_t unit = -1;
        std::set<std::int64_t> written;
        for (;;) {
            MORTISE_TRY(const bool more, each.step());
            if (!more) break;
            if (each.integer(1) != unit) {
                unit = each.integer(1);
                written.clear();
                events.reset();
                events.bind(1, unit);
                for (;;) {
                    MORTISE_TRY(const bool another, events.step());
                    if (!another) break;
                    if (m_gone.is_erasure(unit)) written.insert(events.integer(0));
                    const auto sealed = events.bytes(1);
                    for (const RowSeal& seal :
                         read_seals({reinterpret_cast<const char*>(sealed.data()), sealed.size()}))
                        written.insert(seal.id);
                }
            }
            if (!written.contains(each.integer(0)))
                MORTISE_CHECK(wrong(
                    unit,
                    type->name + " " + std::to_string(each.integer(0)) + " at version "
                        + std::to_string(each.integer(2)) + " was written by no transaction of the log"
                ));
        }
    }
    return {};
}

} // namespace mortise::host
