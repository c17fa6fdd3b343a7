#include "retention/rule_table.hpp"

#include "base/json.hpp"
#include "store/connection.hpp"

namespace mortise::host {

Result<void> open_rule_table(Connection& connection)
{
    return connection.execute(R"(
        CREATE TABLE IF NOT EXISTS "mt$retention_rule$" (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL,
            actor TEXT NOT NULL, added INTEGER NOT NULL)
    )");
}

Result<std::vector<RetentionRule>> read_rules(Connection& connection)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached(R"(SELECT id, rule, actor, added FROM "mt$retention_rule$" ORDER BY id)")
    );
    std::vector<RetentionRule> rules;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        MORTISE_TRY(const Value map, parse_value(select->text(1), "a rule of retention"));
        MORTISE_TRY(RetentionRule rule, parse_retention_rule(map.get_or(Map{})));
        rule.id = select->integer(0);
        rule.added_by = select->text(2);
        rule.added = Instant{select->integer(3)};
        rules.push_back(std::move(rule));
    }
    select->reset();
    return rules;
}

Result<std::int64_t> insert_rule(Connection& connection, const RetentionRule& rule)
{
    RetentionRule bare = rule;
    bare.id = 0;
    MORTISE_TRY(
        Statement * insert,
        connection.cached(R"(INSERT INTO "mt$retention_rule$" (rule, actor, added) VALUES (?,?,?))")
    );
    insert->bind(1, std::string_view{json_text(Value{map_of(bare)})});
    insert->bind(2, std::string_view{rule.added_by});
    insert->bind(3, rule.added.microseconds);
    MORTISE_CHECK(insert->run());
    return connection.last_insert_id();
}

Result<void> delete_rule(Connection& connection, std::int64_t id)
{
    MORTISE_TRY(Statement * remove, connection.cached(R"(DELETE FROM "mt$retention_rule$" WHERE id = ?1)"));
    remove->bind(1, id);
    MORTISE_CHECK(remove->run());
    if (connection.changes() == 1) return {};
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no rule " + std::to_string(id),
        .key = "retention.no_rule",
        .where = std::to_string(id),
        .hint = "\"mortise retention list\" shows them",
    };
}

Result<RetentionDaily> read_daily(Connection& connection)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached(
            "SELECT name, value FROM \"mt$meta\" WHERE name IN ('retention_daily', 'retention_last')"
        )
    );
    RetentionDaily daily;
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        if (select->text(0) == "retention_daily")
            daily.is_on = select->integer(1) != 0;
        else
            daily.last = Instant{select->integer(1)};
    }
    select->reset();
    return daily;
}

Result<void> write_daily(Connection& connection, const RetentionDaily& daily)
{
    MORTISE_TRY(
        Statement * set, connection.cached("INSERT OR REPLACE INTO \"mt$meta\" (name, value) VALUES (?1, ?2)")
    );
    set->bind(1, std::string_view{"retention_daily"});
    set->bind(2, std::int64_t{daily.is_on});
    MORTISE_CHECK(set->run());
    set->bind(1, std::string_view{"retention_last"});
    set->bind(2, daily.last.microseconds);
    return set->run();
}

} // namespace mortise::host
