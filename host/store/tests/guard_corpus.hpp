#pragma once

/// \file
/// Statements for the guarded house: what people ask, what fails, and what an attacker tries in order to
/// learn something of rows and columns that are hidden. Shared with the fuzz target.

#include <array>
#include <string_view>

namespace mortise::host::test {

inline constexpr std::array legitimate_statements = std::to_array<std::string_view>({
    "SELECT * FROM contact",
    "SELECT count(*) FROM contact",
    "SELECT count(*), min(id), max(id), sum(score), avg(score), total(score) FROM contact",
    "SELECT id FROM contact WHERE family = 'Adams'",
    "SELECT id FROM contact WHERE family >= 'A' AND family < 'C' ORDER BY family",
    "SELECT id FROM contact WHERE family > 'Adams' ORDER BY family, id LIMIT 2",
    "SELECT id FROM contact WHERE (family, id) > ('Adams', 1) ORDER BY family, id LIMIT 50",
    "SELECT id, family FROM contact ORDER BY score DESC NULLS LAST, id",
    "SELECT id FROM contact WHERE score BETWEEN 5 AND 15",
    "SELECT id FROM contact WHERE score IS NULL OR score > 15 ORDER BY id",
    "SELECT id FROM contact WHERE email LIKE '%example%'",
    "SELECT id FROM contact WHERE lower(family) = 'adams' OR upper(email) LIKE 'B%'",
    "SELECT c.id, d.title FROM contact c JOIN deal d ON d.contact = c.id ORDER BY d.id",
    "SELECT c.id, d.title FROM contact c LEFT JOIN deal d ON d.contact = c.id AND d.stage = 'won' ORDER BY "
    "c.id, d.id",
    "SELECT c.family, count(d.id), coalesce(sum(d.amount_minor), 0) FROM contact c LEFT JOIN deal d ON "
    "d.contact = c.id "
    "GROUP BY c.id ORDER BY c.id",
    "SELECT stage, count(*), sum(amount_minor) FROM deal GROUP BY stage ORDER BY stage",
    "SELECT stage, round(100.0 * count(*) FILTER (WHERE stage = 'won') / count(*), 2) FROM deal GROUP BY "
    "stage ORDER BY 1",
    "SELECT id FROM contact WHERE EXISTS (SELECT 1 FROM deal WHERE deal.contact = contact.id AND stage = "
    "'won')",
    "SELECT id FROM contact WHERE NOT EXISTS (SELECT 1 FROM deal WHERE deal.contact = contact.id) ORDER BY "
    "id",
    "SELECT id FROM contact WHERE id IN (SELECT contact FROM deal) ORDER BY id",
    "SELECT id FROM contact WHERE id NOT IN (SELECT contact FROM deal WHERE contact IS NOT NULL) ORDER BY id",
    "SELECT id, (SELECT count(*) FROM deal d WHERE d.contact = c.id) FROM contact c ORDER BY id",
    "SELECT id, (SELECT max(d.title) FROM deal d WHERE d.contact = c.id) FROM contact c ORDER BY id",
    "WITH won AS (SELECT contact, sum(amount_minor) AS minor FROM deal WHERE stage = 'won' GROUP BY contact) "
    "SELECT c.family, won.minor FROM contact c JOIN won ON won.contact = c.id",
    "WITH a AS MATERIALIZED (SELECT id, family FROM contact), b AS (SELECT id FROM a WHERE family > 'B') "
    "SELECT count(*) FROM a, b",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i, family FROM n "
    "LEFT JOIN contact "
    "ON contact.id = i ORDER BY i",
    "SELECT id, row_number() OVER (ORDER BY family), rank() OVER (ORDER BY score), lag(family) OVER (ORDER "
    "BY id) FROM contact "
    "ORDER BY id",
    "SELECT id, sum(score) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM contact ORDER BY "
    "id",
    "SELECT id FROM contact UNION SELECT id FROM deal ORDER BY 1",
    "SELECT id FROM contact INTERSECT SELECT contact FROM deal ORDER BY 1",
    "SELECT id FROM contact EXCEPT SELECT contact FROM deal ORDER BY 1",
    "SELECT DISTINCT stage FROM deal ORDER BY 1",
    "SELECT date_trunc('month', created_at), count(*) FROM contact GROUP BY 1 ORDER BY 1 NULLS LAST",
    "SELECT date(created_at), date_part('year', created_at), date_add(created_at, 1, 'month') FROM contact "
    "ORDER BY id",
    "SELECT json_text(tags, '0'), json_array_length(tags), json_valid(tags) FROM contact ORDER BY id",
    "SELECT c.id, j.value FROM contact c, json_each(c.tags) j WHERE json_valid(c.tags) ORDER BY c.id, j.key",
    "SELECT string_agg(family, ', ') FROM contact",
    "SELECT family || ' <' || email || '>' FROM contact ORDER BY id",
    "SELECT concat(family, ' ', email), strpos(email, '@'), replace(family, 'a', 'e'), fold(family) FROM "
    "contact ORDER BY id",
    "SELECT greatest(score, 15), least(score, 15), abs(score), mod(score, 7), hex(family) FROM contact ORDER "
    "BY id",
    "SELECT CASE WHEN score > 15 THEN 'high' WHEN score IS NULL THEN 'none' ELSE 'low' END FROM contact "
    "ORDER BY id",
    "SELECT a.id, b.id FROM contact a, contact b WHERE a.owner = b.owner AND a.id < b.id ORDER BY 1, 2",
    "SELECT * FROM contact c NATURAL JOIN deal d",
    "SELECT id FROM contact JOIN deal USING(id)",
    "SELECT count(*) FROM (SELECT 1 FROM contact LIMIT 2)",
    "SELECT (SELECT family FROM contact ORDER BY id LIMIT 1 OFFSET 1)",
    "SELECT id FROM contact WHERE (SELECT count(*) FROM contact b WHERE b.score > contact.score) = 0 ORDER "
    "BY id",
    "SELECT id FROM contact WHERE owner IN (1, 2, 3) AND score IN (10, 20, 30) ORDER BY id",
    "SELECT family FROM contact WHERE family IS NOT DISTINCT FROM 'Adams'",
    "SELECT typeof(score), typeof(family), typeof(created_at), typeof(phone) FROM contact ORDER BY id",
    "SELECT max(length(tags)), min(length(family)) FROM contact",
    "SELECT id FROM contact ORDER BY length(family), substr(family, 2), id",
    "SELECT owner, count(DISTINCT family) FROM contact GROUP BY owner HAVING count(*) > 1",
    "SELECT id FROM contact WHERE score + 0 > 5 AND family || '' > 'A' ORDER BY id",
    "SELECT id FROM deal WHERE contact = 1 ORDER BY id",
    "VALUES (1, 'a'), (2, 'b')",
});

inline constexpr std::array attacking_statements = std::to_array<std::string_view>({
    // one bit by an error: functions and operators that SQLite's own would fail in
    "SELECT id FROM contact WHERE score < 0 AND abs(score) > 0",
    "SELECT id FROM contact WHERE abs(score) >= 0 AND score < 0",
    "SELECT id FROM contact WHERE score < 5 AND sum(score) > 0",
    "SELECT id FROM contact WHERE score < 5 AND -score > 0",
    "SELECT id FROM contact WHERE score < 5 AND score - 9223372036854775807 < 0",
    "SELECT id FROM contact WHERE score < 5 AND score * score > 0",
    "SELECT id FROM contact WHERE score < 5 AND CAST(score AS TEXT) LIKE family ESCAPE 'xx'",
    "SELECT id FROM contact WHERE family > 'C' AND 'a' LIKE family",
    "SELECT id FROM contact WHERE family > 'C' AND 'a' LIKE 'b' ESCAPE family",
    "SELECT id FROM contact WHERE family > 'C' AND json_text(family, 'x') IS NULL ORDER BY id",
    "SELECT id FROM contact WHERE family > 'C' AND json_array_length(family) IS NULL ORDER BY id",
    "SELECT id FROM contact WHERE family > 'C' AND json_valid(family)",
    "SELECT id FROM contact WHERE family > 'C' AND json_extract(family, '$.x')",
    "SELECT id FROM contact WHERE family > 'C' AND family -> 'x'",
    "SELECT id FROM contact WHERE family > 'C' AND EXISTS (SELECT 1 FROM json_each(family))",
    "SELECT id FROM contact c, json_each(c.family) WHERE family > 'C'",
    "SELECT id FROM contact WHERE family > 'C' AND replace(family, 'C', hex(hex(hex(hex(family))))) > ''",
    "SELECT id FROM contact WHERE family > 'C' AND date_trunc(family, score) IS NULL ORDER BY id",
    "SELECT id FROM contact WHERE family > 'C' AND date_add(score, score, family) IS NULL ORDER BY id",
    "SELECT id FROM contact WHERE score < 5 AND date_add(score, score, 'year') IS NULL",
    "SELECT id FROM contact WHERE score < 5 AND date_add(0, score, 'day') IS NULL",
    "SELECT id FROM contact WHERE score < 5 AND round(score, score) IS NULL",
    "SELECT id FROM contact WHERE score < 5 AND char(score) > ''",
    "SELECT id FROM contact WHERE score < 5 AND substr(family, score, score) > ''",
    "SELECT id FROM contact WHERE score < 5 AND mod(score, 0) IS NULL",
    "SELECT id FROM contact WHERE score < 5 AND score % -1 = 0",
    "SELECT id FROM contact WHERE score < 5 AND score / -1 > 0",
    "SELECT id FROM contact WHERE score < 5 AND score << 70 = 0",
    "SELECT id FROM contact WHERE score < 5 AND pow(score, score) > 0",
    "SELECT id FROM contact WHERE score < 5 AND zeroblob(score)",
    "SELECT id FROM contact WHERE score < 5 AND printf('%*d', score, 1)",
    "SELECT id FROM contact WHERE score < 5 AND randomblob(score)",
    "SELECT id FROM contact WHERE score < 5 AND likelihood(score, 0.5)",
    "SELECT id FROM contact WHERE score < 5 AND (SELECT sum(9223372036854775807 + score * 0) FROM deal) > 0",
    "SELECT id FROM contact WHERE score < 5 AND (SELECT sum(score) FROM deal) > 0",
    "SELECT id FROM contact WHERE score < 5 AND (SELECT ntile(score) OVER () FROM deal LIMIT 1) > 0",
    "SELECT id FROM contact WHERE score < 5 AND (SELECT nth_value(id, score) OVER () FROM deal LIMIT 1) > 0",
    "SELECT id FROM contact WHERE score < 5 AND (SELECT 1 FROM deal LIMIT contact.family)",
    "SELECT id FROM contact WHERE (score < 5 AND abs(score) > 0) OR family = 'Adams' ORDER BY id",
    "SELECT id FROM contact WHERE (score < 5 AND length(family || family || family) > 0) OR family = 'Adams' "
    "ORDER BY id",
    "SELECT a.id FROM contact a JOIN contact b ON abs(b.score) = a.id AND b.score < 0",
    "SELECT a.id, b.id FROM contact a LEFT JOIN contact b ON b.score < 5 AND abs(b.score) > a.id ORDER BY 1, "
    "2",
    "SELECT a.id FROM contact a, contact b WHERE a.email = b.email AND abs(b.score) > 0 ORDER BY a.id",
    "SELECT sum(score) FROM contact",
    "SELECT sum(score) FILTER (WHERE score < 0) FROM contact",
    "SELECT max(abs(score)) FROM contact",
    "SELECT sum(9223372036854775807) FROM contact",
    "SELECT count(*) FROM contact c, json_each(c.tags)",
    // names behind the views, and what SQLite tells of itself
    "WITH contact AS (SELECT secret FROM \"mt$contact\") SELECT * FROM contact",
    "SELECT secret FROM \"mt$contact\" a FULL JOIN \"mt$contact\" b USING(secret)",
    "SELECT email FROM contact a FULL JOIN contact b USING(email)",
    "SELECT secret FROM contact",
    "SELECT contact.secret FROM contact JOIN deal USING(secret)",
    "SELECT deleted_at FROM contact",
    "SELECT rowid, oid, _rowid_ FROM contact",
    "SELECT * FROM leak",
    "SELECT * FROM main.leak",
    "SELECT * FROM main.contact",
    "SELECT sql FROM sqlite_schema",
    "SELECT * FROM sqlite_stat1",
    "SELECT * FROM dbstat",
    "SELECT * FROM pragma_table_list",
    "SELECT * FROM bytecode('SELECT 1')",
    "SELECT * FROM contact INDEXED BY contact_family",
    "SELECT * FROM fts5vocab",
    "EXPLAIN QUERY PLAN SELECT * FROM contact",
    "EXPLAIN SELECT * FROM contact",
    "PRAGMA table_info(contact)",
    "VACUUM INTO 'stolen.db'",
    "ATTACH 'stolen.db' AS stolen",
    "CREATE TEMP VIEW x AS SELECT * FROM contact",
    "DELETE FROM contact",
    "SELECT load_extension('x'), fts3_tokenizer('simple')",
    "SELECT total_changes(), changes(), last_insert_rowid()",
    "SELECT quote(family), json_quote(family), json_group_array(family) FROM contact",
    "SELECT id FROM contact WHERE contact MATCH 'x'",
    "SELECT id FROM contact WHERE family GLOB 'C*'",
    "SELECT id FROM contact WHERE family REGEXP 'C.*'",
    "SELECT snippet(contact), highlight(contact, 0, 1, 2), bm25(contact) FROM contact",
    "SELECT 1; SELECT * FROM contact",
    "SELECT * FROM contact; DROP TABLE contact",
    "SELECT ((((((((((1))))))))))",
    "SELECT 'open",
    "SELECT /* open",
});

} // namespace mortise::host::test
