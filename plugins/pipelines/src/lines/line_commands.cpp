#include "lines/line_commands.hpp"

#include "commands/lookup.hpp"
#include "lines/line_amounts.hpp"
#include "money/decimals.hpp"
#include "money/exact.hpp"
#include "reports/figures.hpp"
#include "rules/calendar.hpp"
#include "rules/identifiers.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <set>

namespace mortise::plugins::pipelines {

namespace {

constexpr const char* price_in_list = R"(
    SELECT p.amount_minor AS minor, p.amount_currency AS currency FROM price p
    WHERE p.price_list = :list AND p.product = :product AND coalesce(p.min_quantity, 0) <= :quantity
    ORDER BY coalesce(p.min_quantity, 0) DESC, p.id DESC LIMIT 1)";

constexpr const char* totals_of_lines = R"(
    SELECT count(*) AS lines, sum(l.total_minor) AS total, sum(l.annual_minor) AS annual,
           min(l.total_currency) AS currency, count(DISTINCT l.total_currency) AS currencies
    FROM opportunity_line l WHERE l.opportunity = :opportunity)";

/// A number in that scale, or the argument is refused.
std::int64_t require_scaled(ValueView given, std::uint8_t scale, const char* where)
{
    const auto number = parse_scaled(given, scale);
    if (!number)
        fail(
            ErrorCode::invalid,
            "pipelines.no_number",
            "this is no number with at most " + std::to_string(scale) + " digits behind the point",
            where
        );
    return *number;
}

void check_list_is_valid(const Host& host, const Record& list)
{
    const Date today = day_of(host.now());
    const auto from = list["valid_from"].as<Date>();
    const auto to = list["valid_to"].as<Date>();
    if (!list["active"].boolean(true) || (from && today < *from) || (to && today > *to))
        refuse(
            "pipelines.price_list_not_valid",
            "the price list \"" + std::string{list["name"].text()} + "\" is not valid today",
            "price_list"
        );
}

/// The price of the list for that many; null if the line names no list.
Value listed_price(const Host& host, const Arguments& arguments, Id list, Id product)
{
    if (!list) return {};
    check_list_is_valid(host, require(host.get("price_list", list)));
    const std::int64_t quantity = arguments["quantity"].is_null()
        ? power_of_ten(quantity_scale)
        : require_scaled(arguments["quantity"], quantity_scale, "quantity");
    const Rows rows
        = require(host.query(price_in_list, Map{{"list", list}, {"product", product}, {"quantity", quantity}})
        );
    if (rows.empty())
        refuse(
            "pipelines.no_price",
            "the price list has no price for so many of that product: give a unit_price, or add one",
            "product"
        );
    return money_of(rows.front()["minor"], rows.front()["currency"]);
}

std::set<Id> opportunities_of(const Events& events)
{
    std::set<Id> ids;
    for (const Event event : events) {
        const ValueView linked = event.links()["opportunity"];
        if (const auto id = parse_id(linked)) ids.insert(*id);
        for (const ValueView each : linked.items())
            if (const auto id = parse_id(each)) ids.insert(*id);
    }
    return ids;
}

Value money(std::string_view currency, std::int64_t minor)
{
    MoneySums sum;
    sum.add(currency, minor);
    return sum.only();
}

} // namespace

Value add_line(const Host& host, const Arguments& arguments, Work& work)
{
    const Record opportunity = require(host.get("opportunity", arguments.id("opportunity")));
    const Id product = find_optional(host, "product", "name", arguments["product"], "product");
    Id list = find_optional(host, "price_list", "name", arguments["price_list"], "price_list");
    if (!list && arguments["unit_price"].is_null()) list = opportunity["price_list"].id();
    Map values{{"opportunity", opportunity.id()}};
    if (product) values.set("product", product);
    for (const char* field :
         {"quantity", "unit_price", "discount", "period", "term_months", "description", "position"})
        if (const ValueView given = arguments[std::string_view{field}]; !given.is_null())
            values.set(field, given.value());
    if (values["unit_price"].is_null() && product)
        if (Value price = listed_price(host, arguments, list, product); !price.is_null())
            values.set("unit_price", std::move(price));
    return Map{{"line", work.create("opportunity_line", values)}, {"opportunity", opportunity.id()}};
}

Value set_splits(const Host& host, const Arguments& arguments, Work& work)
{
    const Record opportunity = require(host.get("opportunity", arguments.id("opportunity")));
    std::int64_t total = 0;
    std::vector<std::pair<Id, Value>> wanted;
    for (const ValueView split : arguments["splits"].items()) {
        const Id agent = find_record(host, "sales_agent", "name", split["agent"], "splits");
        if (std::ranges::find(wanted, agent, &std::pair<Id, Value>::first) != wanted.end())
            refuse("pipelines.split_twice", "a sales agent has one share of an opportunity", "splits");
        const std::int64_t percent = require_scaled(split["percent"], 2, "splits");
        total += percent;
        wanted.emplace_back(agent, Decimal{percent, 2});
    }
    if (!wanted.empty() && total != 100'00)
        refuse(
            "pipelines.split_sum",
            "the shares come to " + std::to_string(total / 100) + "." + (total % 100 < 10 ? "0" : "")
                + std::to_string(total % 100) + " percent: they must come to 100",
            "splits"
        );
    for (const Record& old :
         require(host.find("opportunity_split", "opportunity", opportunity.id(), 1000, {"id"})))
        work.remove("opportunity_split", old.id());
    for (const auto& [agent, percent] : wanted)
        work.create(
            "opportunity_split", {{"opportunity", opportunity.id()}, {"agent", agent}, {"percent", percent}}
        );
    return Map{{"opportunity", opportunity.id()}, {"splits", static_cast<std::int64_t>(wanted.size())}};
}

void sum_lines(const Host& host, const Events& events, Work& work)
{
    for (const Id id : opportunities_of(events)) {
        const auto found
            = require(host.get("opportunity", std::span{&id, 1}, {"id", "amount", "mrr", "acv", "line_count"})
            );
        if (found.empty()) continue;
        const Rows rows = require(host.query(totals_of_lines, Map{{"opportunity", id}}));
        const Row totals = rows.front();
        const std::int64_t lines = totals["lines"].integer();
        const std::string currency{totals["currency"].text()};
        Map values{{"line_count", lines}};
        if (lines > 0 && totals["currencies"].integer() == 1) {
            const std::int64_t annual = totals["annual"].integer();
            values.set("amount", money(currency, totals["total"].integer()));
            values.set("acv", annual != 0 ? money(currency, annual) : Value{});
            values.set("mrr", annual != 0 ? money(currency, monthly(annual)) : Value{});
        }
        Map changed;
        for (const auto& [field, value] : values)
            if (found.front()[std::string_view{field}].value() != value) changed.set(field, value);
        if (!changed.empty()) work.update("opportunity", id, changed);
    }
}

} // namespace mortise::plugins::pipelines
