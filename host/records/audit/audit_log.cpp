#include "records/audit/audit_log.hpp"

#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

Result<std::vector<AuditEntry>> list_audit(Connection& reader, const AuditFilter& filter)
{
    const bool is_pattern = std::ranges::all_of(filter.kind, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '*';
    });
    if (!is_pattern)
        return Error{
            .code = ErrorCode::invalid,
            .message = "\"" + filter.kind.substr(0, 100) + "\" is no kind of entry",
            .key = "audit.kind",
            .where = "kind",
            .hint = "give the type of an event or the name of a method, such as contact.erased or plugins.*",
        };
    MORTISE_TRY(Statement select, reader.prepare("SELECT " + std::string{audit_columns} + R"( FROM "mt$audit"
            WHERE (?1 = '' OR actor = 'user:' || ?1 OR substr(actor, 1, length(?1) + 6) = 'user:' || ?1 || '+')
                AND (?2 = '' OR actor = 'plugin:' || ?2 OR substr(actor, -length(?2) - 8) = '+plugin:' || ?2
                    OR (json_valid(detail)
                        AND ?2 IN (json_extract(detail, '$.plugin'), json_extract(detail, '$.id'))))
                AND (?3 = '' OR ',' || kind || ',' GLOB '*,' || ?3 || ',*')
                AND at >= ?4 AND at < ?5 AND number < ?6
            ORDER BY number DESC LIMIT ?7)"));
    constexpr std::int64_t endless = INT64_MAX;
    select.bind(1, std::string_view{filter.person});
    select.bind(2, std::string_view{filter.plugin});
    select.bind(3, std::string_view{filter.kind});
    select.bind(4, filter.since ? filter.since->microseconds : INT64_MIN);
    select.bind(5, filter.until ? filter.until->microseconds : endless);
    select.bind(6, filter.before > 0 ? filter.before : endless);
    select.bind(7, static_cast<std::int64_t>(filter.limit));
    std::vector<AuditEntry> entries;
    for (;;) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) return entries;
        entries.push_back(read_audit_entry(select));
    }
}

Result<AuditHead> audit_head(Connection& reader)
{
    MORTISE_TRY(
        Statement select,
        reader.prepare(
            "SELECT " + std::string{audit_columns} + " FROM \"mt$audit\" ORDER BY number DESC LIMIT 1"
        )
    );
    MORTISE_TRY(const bool found, select.step());
    const AuditEntry last = found ? read_audit_entry(select) : AuditEntry{};
    return AuditHead{last.number, last.hash};
}

} // namespace mortise::host
