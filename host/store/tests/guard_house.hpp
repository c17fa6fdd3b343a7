#pragma once

/// \file
/// A small house to guard: contacts and deals with owners, some deleted, some columns hidden; and houses like
/// it that differ in what is hidden alone. Used by the tests and by the fuzz target.

#include "store/guard.hpp"
#include "store/tests/temp_folder.hpp"

#include <random>
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
    CREATE TABLE "mt$contact_h"(id INTEGER, family TEXT, email TEXT, score INTEGER, tags TEXT,
        created_at INTEGER, owner INTEGER, secret TEXT, deleted_at INTEGER);
    CREATE INDEX "mt$contact_h_family" ON "mt$contact_h"(family);
    CREATE INDEX "mt$contact_h_score" ON "mt$contact_h"(score);
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
    const auto columns = [](std::initializer_list<std::string> names) {
        std::vector<ViewColumn> all;
        for (const std::string& name : names)
            all.push_back({name, "t.\"" + name + "\""});
        return all;
    };
    ViewSource contact{
        .table = "mt$contact",
        .columns = columns({"id", "family", "email", "score", "tags", "created_at", "owner"}),
        .deleted_column = "deleted_at",
        .owner_column = "owner"
    };
    contact.columns.push_back({"phone", "NULL"});
    const ViewSource deal{
        .table = "mt$deal",
        .columns = columns({"id", "contact", "title", "amount_minor", "stage"}),
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

/// The same views as they were at the commit `mt_as_of()`, in the form that the host gives them.
inline ViewSet past_views()
{
    constexpr std::string_view contact = R"(
        SELECT t.id AS id, t.family AS family, t.email AS email, t.score AS score, t.tags AS tags,
            t.created_at AS created_at, t.owner AS owner, NULL AS phone FROM "mt$contact)";
    constexpr std::string_view present = R"(" AS t WHERE (+t.deleted_at IS NULL) AND (+t.id < mt_as_of())
        AND likelihood(t.owner IN (SELECT id FROM temp."mt$scope"), 0.9) UNION ALL )";
    constexpr std::string_view past = R"(_h" AS t WHERE (+t.deleted_at IS NULL) AND (+t.id < mt_as_of())
        AND (SELECT p.owner FROM "mt$contact" AS p WHERE p.id = t.id) IN (SELECT id FROM temp."mt$scope"))";
    ViewSet views = guarded_views();
    views.principal += " past";
    views.views[0].select = std::string{contact}.append(present).append(contact).append(past);
    views.views[0].dependencies = {"mt$contact", "mt$contact_h"};
    return views;
}

/// Fills in what reader 1 does not see: other owners' rows, deleted ones, and the column `secret`. Seed 0: no
/// rows.
class HiddenPart {
public:
    explicit HiddenPart(unsigned seed) : m_seed{seed}, m_random{seed} { }

    void write(Connection& writer)
    {
        Statement contact = take(writer.prepare("INSERT INTO \"mt$contact\" VALUES(?,?,?,?,?,?,?,?,?)"));
        Statement former = take(writer.prepare("INSERT INTO \"mt$contact_h\" VALUES(?,?,?,?,?,?,?,?,NULL)"));
        Statement deal = take(writer.prepare("INSERT INTO \"mt$deal\" VALUES(?,?,?,?,?,?,?)"));
        const int rows = m_seed == 0 ? 0 : pick(1, 60);
        for (int i = 0; i < rows; ++i) {
            const bool deleted = pick(0, 1) == 0;
            for (Statement* row : {&contact, &former}) {
                if (row == &former && deleted) continue; // his own contact as it was, which he sees
                row->bind(1, 100 + i);
                row->bind(2, any_text());
                row->bind(3, any_text());
                row->bind(4, any_number());
                row->bind(5, any_text());
                row->bind(6, any_number());
                row->bind(7, deleted ? 1 : pick(2, 4)); // reader 1 does not see his own deleted rows
                row->bind(8, any_text());
                if (deleted) row->bind(9, any_number());
                must(row->run());
            }
            deal.bind(1, 1000 + i);
            deal.bind(2, pick(1, 3));
            deal.bind(3, any_text());
            deal.bind(4, any_number());
            deal.bind(5, pick(0, 1) == 0 ? "won" : any_text().c_str());
            deal.bind(6, deleted ? 1 : pick(2, 4));
            if (deleted) deal.bind(7, any_number());
            must(deal.run());
        }
        Statement secret = take(writer.prepare("UPDATE \"mt$contact\" SET secret = ?"));
        secret.bind(1, any_text());
        must(secret.run());
    }

private:
    int pick(int from, int to) { return std::uniform_int_distribution{from, to}(m_random); }

    std::int64_t any_number()
    {
        constexpr std::int64_t numbers[]
            = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, 3, 10, 20, 1'000'000, INT64_MAX - 1, INT64_MAX};
        return numbers[pick(0, std::size(numbers) - 1)];
    }

    std::string any_text()
    {
        const std::string texts[] = {
            "",
            "Adams",
            "Baker",
            "CANARY",
            "{",
            "[1,2",
            "[1]",
            R"({"x": 1})",
            "%",
            "%%%_%",
            "year",
            "zz",
            std::string(2000, 'x'),
            std::string(1'100'000, 'y'),
            "\xff\xfe",
            "Zażółć",
        };
        return texts[pick(0, std::size(texts) - 1)];
    }

    unsigned m_seed;
    std::mt19937 m_random;
};

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

/// A house with the same visible part as every other, and a hidden one that `seed` decides.
struct House {
    House(std::string_view indexes, unsigned seed, const GuardRules& rules = {})
        : database{take(Database::open(":memory:", {.readers = 1}))},
          pool{*database, rules}
    {
        must(database->writer().execute(guarded_schema));
        must(database->writer().execute(R"(
            INSERT INTO "mt$contact" VALUES
                (1, 'Adams', 'adams@example.com', 10, '["a","b"]', 1700000000000000, 1, NULL, NULL),
                (2, 'Baker', 'baker@example.com', 20, '["b"]', 1710000000000000, 1, NULL, NULL),
                (3, 'Clark', NULL, NULL, 'no json', NULL, 1, NULL, NULL);
            INSERT INTO "mt$contact_h" VALUES
                (1, 'Adam', 'adam@example.com', 5, '[]', 1700000000000000, 1, NULL, NULL);
            INSERT INTO "mt$deal" VALUES
                (11, 1, 'First', 1000, 'won', 1, NULL), (12, 2, 'Second', 2500, 'open', 1, NULL);)"));
        must(database->writer().execute(indexes));
        HiddenPart{seed}.write(database->writer());
    }

    std::string ask(const ViewSet& views, std::string_view sql, QueryLimits limits = {})
    {
        limits.now = 1'720'000'000'000'000;
        return answer(pool, views, sql, {}, {}, limits);
    }

    std::unique_ptr<Database> database;
    GuardedPool pool;
};

} // namespace mortise::host::test
