#include "merging/merge_log.hpp"

#include "merging/change_set.hpp"
#include "store/connection.hpp"

namespace mortise::host {

Result<void> create_merge_log(Connection& connection)
{
    return connection.execute(R"(
        CREATE TABLE IF NOT EXISTS "mt$merge_change$" (merge INTEGER NOT NULL, record INTEGER NOT NULL,
            type INTEGER NOT NULL, before INTEGER NOT NULL, after INTEGER NOT NULL,
            PRIMARY KEY (merge, record)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS "mt$merge_change$.record" ON "mt$merge_change$" (record);
    )");
}

Result<void> write_merge_log(Connection& connection, Id merge, const ChangeSet& changes)
{
    MORTISE_TRY(
        Statement * insert,
        connection.cached(
            "INSERT INTO \"mt$merge_change$\" (merge, record, type, before, after) VALUES (?,?,?,?,?)"
        )
    );
    for (const auto& [id, edit] : changes.edits()) {
        if (!edit.is_change()) continue;
        const std::int64_t before = edit.before ? edit.before->version : 0;
        insert->bind(1, merge.number);
        insert->bind(2, id);
        insert->bind(3, edit.type->id);
        insert->bind(4, before);
        insert->bind(5, before + 1);
        MORTISE_CHECK(insert->run());
    }
    return {};
}

Result<std::vector<MergeEntry>> read_merge_log(Connection& connection, Id merge)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached(
            "SELECT record, type, before, after FROM \"mt$merge_change$\" WHERE merge = ? ORDER BY record"
        )
    );
    select->bind(1, merge.number);
    std::vector<MergeEntry> entries;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        entries.push_back({{select->integer(0)}, select->integer(1), select->integer(2), select->integer(3)});
    }
    select->reset();
    return entries;
}

Result<std::vector<Id>> later_merges(Connection& connection, Id merge)
{
    // Those that changed the same records after it, and the one that merged its survivor into another.
    MORTISE_TRY(Statement * select, connection.cached(R"(SELECT later.merge FROM "mt$merge_change$" own
            JOIN "mt$merge_change$" later ON later.record = own.record AND later.before >= own.after
            JOIN "mt$merge" m ON m.id = later.merge AND m.state = 'applied'
            WHERE own.merge = ?1 AND later.merge <> ?1
            UNION SELECT redirect.merge FROM "mt$merge" own
            JOIN "mt$redirect$" redirect ON redirect.old = own.survivor
            WHERE own.id = ?1
            ORDER BY 1)"));
    select->bind(1, merge.number);
    std::vector<Id> merges;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        merges.push_back({select->integer(0)});
    }
    select->reset();
    return merges;
}

} // namespace mortise::host
