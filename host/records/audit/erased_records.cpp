#include "records/audit/erased_records.hpp"

#include "base/json.hpp"
#include "records/audit/audit_entry.hpp"
#include "records/audit/audit_writer.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <charconv>

namespace mortise::host {

Result<ErasedRecords> ErasedRecords::read(Connection& reader)
{
    ErasedRecords found;
    MORTISE_TRY(
        Statement erasures,
        reader.prepare(
            R"(SELECT last, number FROM "mt$audit" WHERE ',' || kind || ',' GLOB '*,erasure.created,*')"
        )
    );
    for (;;) {
        MORTISE_TRY(const bool more, erasures.step());
        if (!more) break;
        found.m_erasures.emplace(erasures.integer(0), erasures.integer(1));
    }
    MORTISE_TRY(
        Statement records, // older hosts erased without an entry, and without seals
        reader.prepare(R"(WITH resumed AS MATERIALIZED
            (SELECT number, last, last - events AS after FROM "mt$audit" WHERE kind = ?1)
            SELECT e.subject, e.number, e.unit, CASE WHEN e.sealed IS NULL THEN
            (SELECT r.number FROM resumed r WHERE e.number > r.after AND e.number <= r.last) END
            FROM "mt$event" e WHERE e.subject IS NOT NULL AND e.type IN
            (SELECT id FROM "mt$name" WHERE text GLOB '*.erased') ORDER BY e.number)")
    );
    records.bind(1, audit_resumed);
    for (;;) {
        MORTISE_TRY(const bool more, records.step());
        if (!more) break;
        const auto erasure = found.m_erasures.find(records.integer(2));
        const std::int64_t entry = erasure != found.m_erasures.end() ? erasure->second : records.integer(3);
        if (entry != 0) found.m_records[records.integer(0)] = {records.integer(1), entry};
    }
    MORTISE_CHECK(found.read_expiries(reader));
    MORTISE_TRY(Statement purges, reader.prepare(R"(SELECT number, detail FROM "mt$audit" WHERE kind = ?1)"));
    purges.bind(1, audit_purged);
    for (;;) {
        MORTISE_TRY(const bool more, purges.step());
        if (!more) return found;
        const auto detail = parse_value(purges.text(1), "detail");
        if (!detail) continue; // the walk tells of it
        for (const char* what : {"types", "emptied"})
            for (const Value& type : (*detail)[what].get_or(List{}))
                found.m_purged.emplace(type.get_or<std::int64_t>(0), purges.integer(0));
    }
}

Result<void> ErasedRecords::read_expiries(Connection& reader)
{
    MORTISE_TRY(
        Statement entries,
        reader.prepare(R"(SELECT number, last, detail FROM "mt$audit" WHERE kind = ?1 ORDER BY number)")
    );
    entries.bind(1, audit_expired);
    for (;;) {
        MORTISE_TRY(const bool more, entries.step());
        if (!more) return {};
        const auto detail = parse_value(entries.text(2), "detail");
        if (!detail) continue; // the walk tells of it
        const auto number = [&](const char* name) { return (*detail)[name].get_or<std::int64_t>(0); };
        m_expiries.push_back(
            {entries.integer(0),
             std::string{(*detail)["types"].text()},
             number("class"),
             number("before"),
             number("after"),
             std::min(number("to"), entries.integer(1)),
             {}}
        );
        for (const Value& kept : (*detail)["but"].get_or(List{}))
            m_expiries.back().but.push_back(kept.get_or<std::int64_t>(0));
        std::ranges::sort(m_expiries.back().but);
    }
}

std::optional<std::int64_t> ErasedRecords::expired(const AuditedEvent& event) const
{
    if (!event.sealed.empty()) return std::nullopt;
    const auto fits = [&](const Expiry& expiry) {
        const std::string_view types = expiry.types;
        const bool is_meant = types == "*" || types == event.type
            || (types.ends_with(".*") && event.type.starts_with(types.substr(0, types.size() - 1)));
        return is_meant && event.number > expiry.after && event.number <= expiry.to
            && event.event_class == expiry.event_class && event.recorded < expiry.before
            && !std::ranges::binary_search(expiry.but, event.number);
    };
    const auto found = std::ranges::find_if(m_expiries, fits);
    return found == m_expiries.end() ? std::nullopt : std::optional{found->entry};
}

std::optional<std::int64_t> ErasedRecords::erased(std::int64_t record, std::int64_t number) const
{
    const auto found = m_records.find(record);
    if (found == m_records.end() || found->second.event < number) return std::nullopt;
    return found->second.entry;
}

std::optional<std::int64_t> ErasedRecords::erased(const AuditedEvent& event) const
{
    if (m_records.empty()) return std::nullopt;
    if (const auto entry = erased(event.subject, event.number)) return entry;
    for (std::string_view rest = event.links; !rest.empty();) { // "role=id,role=id"
        const std::string_view link = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), link.size() + 1));
        std::int64_t record = 0;
        const std::string_view id = link.substr(std::min(link.size(), link.rfind('=') + 1));
        std::from_chars(id.data(), id.data() + id.size(), record);
        if (const auto entry = erased(record, event.number)) return entry;
    }
    return std::nullopt;
}

std::optional<std::int64_t> ErasedRecords::purged(std::int64_t type) const
{
    const auto found = m_purged.find(type);
    return found == m_purged.end() ? std::nullopt : std::optional{found->second};
}

} // namespace mortise::host
