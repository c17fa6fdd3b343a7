#pragma once

/// \file
/// A small house to guard: contacts and deals with owners, some deleted, some columns hidden.

#include "store/guard.hpp"
#include "store/tests/temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mortise::host::test {

inline constexpr std::string_view canary = "CANARY-5f3a";

inline constexpr std::string_view guarded_schema = R"(
    CREATE TABLE "mt$contact"(id INTEGER PRIMARY KEY, family TEXT, email TEXT, score INTEGER, tags TEXT,
        created_at INTEGER, owner INTEGER, secret TEXT, deleted_at INTEGER);
    CREATE INDEX "mt$contact_family" ON "mt$contact"(family);
    CREATE INDEX "mt$contact_owner" ON "mt$contact"(owner, deleted_at);
    CREATE INDEX "mt$contact_score" ON "mt$contact"(score);
    CREATE TABLE "mt$deal"(id INTEGER PRIMARY KEY, contact INTEGER, title TEXT, amount_minor INTEGER, stage TEXT,
        owner INTEGER, deleted_at INTEGER);
    CREATE INDEX "mt$deal_contact" ON "mt$deal"(contact);
    CREATE TABLE "mt$setting"(name TEXT, value TEXT);
    CREATE VIEW leak AS SELECT secret FROM "mt$contact";
)";

/// Visible to owner 1: contacts 1, 2, 3 (Adams, Baker, Clark) and deals 11 and 12.
inline constexpr std::string_view guarded_rows = R"(
    INSERT INTO "mt$contact" VALUES
        (1, 'Adams', 'adams@example.com', 10, '["a","b"]', 1700000000000000, 1, 'CANARY-5f3a-1', NULL),
        (2, 'Baker', 'baker@example.com', 20, '["b"]', 1710000000000000, 1, 'CANARY-5f3a-2', NULL),
        (3, 'Clark', NULL, NULL, 'no json', NULL, 1, 'CANARY-5f3a-3', NULL),
        (4, 'CANARY-5f3a-4', 'CANARY-5f3a-4', -9223372036854775808, 'CANARY-5f3a-4', 1, 2, 'CANARY-5f3a-4', NULL),
        (5, 'CANARY-5f3a-5', 'CANARY-5f3a-5', 5, '[]', 1, 1, 'CANARY-5f3a-5', 1720000000000000);
    INSERT INTO "mt$deal" VALUES
        (11, 1, 'First', 1000, 'won', 1, NULL), (12, 2, 'Second', 2500, 'open', 1, NULL),
        (13, 4, 'CANARY-5f3a-13', 999, 'won', 2, NULL), (14, 1, 'CANARY-5f3a-14', 777, 'won', 1, 1);
    INSERT INTO "mt$setting" VALUES('key', 'CANARY-5f3a-setting');
)";

inline ViewSet guarded_views(bool scoped = true)
{
    const auto column = [](std::string name) { return ViewColumn{name, "t.\"" + name + "\""}; };
    const ViewSource contact{
        .table = "mt$contact",
        .columns
        = {column("id"),
           column("family"),
           column("email"),
           column("score"),
           column("tags"),
           column("created_at"),
           column("owner"),
           {"phone", "NULL"}},
        .deleted_column = "deleted_at",
        .owner_column = "owner"
    };
    const ViewSource deal{
        .table = "mt$deal",
        .columns
        = {column("id"), column("contact"), column("title"), column("amount_minor"), column("stage")},
        .deleted_column = "deleted_at",
        .owner_column = "owner"
    };
    ViewSet views;
    views.principal = scoped ? "user:1" : "user:all";
    views.version = 1;
    views.views = {
        {"contact", select_text(contact, scoped), {"mt$contact"}},
        {"deal", select_text(deal, scoped), {"mt$deal"}},
    };
    views.scoped = scoped;
    if (scoped) views.scope_owners = {1};
    return views;
}

/// All of a query's rows as text, one row a line; or its error, as "error KEY WHERE: MESSAGE".
inline std::string answer(
    GuardedPool& pool,
    const ViewSet& views,
    std::string_view sql,
    const NamedParameters& named = {},
    const std::vector<Value>& positional = {},
    const QueryLimits& limits = {}
)
{
    const auto failed = [](const Error& error) {
        return "error " + error.key + (error.where.empty() ? "" : " " + error.where) + ": " + error.message;
    };
    auto query = pool.query(views, sql, named, positional, limits);
    if (!query) return failed(query.error());
    std::string rows;
    while (true) {
        auto row = query->step();
        if (!row) return rows + failed(row.error());
        if (!*row) return rows;
        for (int i = 0; i < query->column_count(); ++i) {
            if (i > 0) rows += '|';
            rows += query->is_null(i) ? "null" : std::string{query->text(i)};
        }
        rows += '\n';
    }
}

class GuardTest : public testing::Test {
protected:
    GuardTest()
    {
        must(m_database->writer().execute(guarded_schema));
        must(m_database->writer().execute(guarded_rows));
    }

    std::string
    ask(std::string_view sql, const NamedParameters& named = {}, const std::vector<Value>& positional = {})
    {
        return answer(m_pool, m_views, sql, named, positional);
    }
    /// What `sql` gives when the rules are `rules`.
    std::string ask_with(const GuardRules& rules, std::string_view sql, const NamedParameters& named = {})
    {
        GuardedPool pool{*m_database, rules};
        return answer(pool, m_views, sql, named);
    }

    TempFolder m_folder;
    std::unique_ptr<Database> m_database{make_database(m_folder / "a.db", {.readers = 1})};
    GuardedPool m_pool{*m_database};
    ViewSet m_views{guarded_views()};
};

} // namespace mortise::host::test
