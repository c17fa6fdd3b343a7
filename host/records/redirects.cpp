#include "records/redirects.hpp"

#include "store/connection.hpp"

namespace mortise::host {

Result<void> create_redirect_table(Connection& connection)
{
    return connection.execute(R"(
        CREATE TABLE IF NOT EXISTS "mt$redirect$" (old INTEGER PRIMARY KEY, target INTEGER NOT NULL, merge INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS "mt$redirect$.target" ON "mt$redirect$" (target);
        CREATE INDEX IF NOT EXISTS "mt$redirect$.merge" ON "mt$redirect$" (merge);
    )");
}

Result<Id> redirected(Connection& connection, Id id)
{
    MORTISE_TRY(Statement * select, connection.cached("SELECT target FROM \"mt$redirect$\" WHERE old = ?"));
    Id end;
    for (Id at = id;;) {
        select->bind(1, at.number);
        MORTISE_TRY(const bool found, select->step());
        const Id next{found ? select->integer(0) : 0};
        select->reset();
        if (!found || next == id) return end;
        at = end = next;
    }
}

Result<std::vector<Id>> redirects_to(Connection& connection, Id id)
{
    MORTISE_TRY(Statement * select, connection.cached(R"(WITH RECURSIVE led (old) AS (
                SELECT old FROM "mt$redirect$" WHERE target = ?1
                UNION SELECT r.old FROM led JOIN "mt$redirect$" r ON r.target = led.old)
            SELECT old FROM led ORDER BY old)"));
    select->bind(1, id.number);
    std::vector<Id> ids;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        ids.push_back({select->integer(0)});
    }
    select->reset();
    return ids;
}

Result<void> add_redirect(Connection& connection, Id old, Id target, Id merge)
{
    MORTISE_TRY(
        Statement * insert,
        connection.cached("INSERT INTO \"mt$redirect$\" (old, target, merge) VALUES (?,?,?)")
    );
    insert->bind(1, old.number);
    insert->bind(2, target.number);
    insert->bind(3, merge.number);
    return insert->run();
}

Result<void> remove_redirects(Connection& connection, Id merge)
{
    MORTISE_TRY(Statement * remove, connection.cached("DELETE FROM \"mt$redirect$\" WHERE merge = ?"));
    remove->bind(1, merge.number);
    return remove->run();
}

} // namespace mortise::host
