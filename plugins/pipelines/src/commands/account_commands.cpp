#include "commands/account_commands.hpp"

#include "commands/lookup.hpp"
#include "reports/figures.hpp"
#include "rules/identifiers.hpp"

#include <algorithm>

namespace mortise::plugins::pipelines {

namespace {

constexpr const char* count_unassigned
    = "SELECT count(*) AS total FROM opportunity o WHERE o.organisation IS NULL";

constexpr const char* page_of_unassigned = R"(
    SELECT o.id AS id, o.name AS name, o.external_id AS external_id, o.status AS status, s.name AS stage,
           a.name AS agent, p.name AS product, o.amount_minor AS minor, o.amount_currency AS currency,
           o.close_date AS close_date
    FROM opportunity o
    LEFT JOIN stage s ON s.id = o.stage
    LEFT JOIN sales_agent a ON a.id = o.agent
    LEFT JOIN product p ON p.id = o.product
    WHERE o.organisation IS NULL AND o.id > :after
    ORDER BY o.id
    LIMIT :limit)";

Map listed(const Row& row)
{
    Map line{{"opportunity", row["id"].value()}};
    for (const char* column : {"name", "external_id", "status", "stage", "agent", "product", "close_date"})
        line.set(column, row[column].value());
    line.set("amount", money_of(row["minor"], row["currency"]));
    return line;
}

std::vector<Id> ids_in(ValueView list)
{
    std::vector<Id> ids;
    for (const ValueView item : list.items()) {
        const auto id = parse_id(item);
        if (!id)
            fail(
                ErrorCode::invalid, "pipelines.no_id", "opportunities are named by their ids", "opportunities"
            );
        ids.push_back(*id);
    }
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    return ids;
}

void require_organisation(const Host& host, Id contact)
{
    const Record record = require(host.get("contact", contact, {"kind", "name"}));
    if (record["kind"].text() != "organisation")
        refuse(
            "pipelines.no_organisation",
            "contact " + std::to_string(contact.number) + " is a " + std::string{record["kind"].text()}
                + ", not an organisation",
            "organisation"
        );
}

} // namespace

Value opportunities_without_account(const Host& host, const Arguments& arguments)
{
    const std::int64_t limit = arguments["limit"].integer(100);
    const Id after = parse_id(arguments["after"]).value_or(Id{});
    const std::int64_t total = require(host.query(count_unassigned)).front()["total"].integer();
    const Rows rows = require(host.query(page_of_unassigned, Map{{"after", after}, {"limit", limit}}));
    List lines;
    Value next;
    for (const Row row : rows) {
        lines.emplace_back(listed(row));
        next = row["id"].value();
    }
    if (static_cast<std::int64_t>(rows.size()) < limit) next = {};
    return Map{{"total", total}, {"opportunities", std::move(lines)}, {"next", std::move(next)}};
}

Value assign_account(const Host& host, const Arguments& arguments, Work& work)
{
    const Id organisation = find_record(host, "contact", "name", arguments["organisation"], "organisation");
    require_organisation(host, organisation);
    const std::vector<Id> ids = ids_in(arguments["opportunities"]);
    const auto records = require(host.get("opportunity", ids, {"organisation"}));
    if (records.size() != ids.size())
        fail(
            ErrorCode::not_found,
            "pipelines.unknown_opportunity",
            std::to_string(ids.size() - records.size()) + " of the opportunities are not there",
            "opportunities"
        );
    std::int64_t assigned = 0;
    for (const Record& record : records) {
        const Id before = record["organisation"].id();
        if (before == organisation) continue;
        if (before && !arguments["replace"].boolean())
            refuse(
                "pipelines.has_account",
                "opportunity " + std::to_string(record.id().number)
                    + " belongs to an organisation already: say \"replace\": true to change that",
                "opportunities"
            );
        work.update("opportunity", record.id(), {{"organisation", organisation}}, record.version());
        ++assigned;
    }
    return Map{{"assigned", assigned}, {"organisation", organisation}};
}

} // namespace mortise::plugins::pipelines
