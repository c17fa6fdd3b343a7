#include "deals/deal_commands.hpp"

#include "commands/amounts.hpp"
#include "money/decimals.hpp"
#include "rules/identifiers.hpp"
#include "rules/reader_book.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace mortise::plugins::pipelines {

namespace {

/// What belongs to the life of one opportunity, and not to what it is about.
constexpr std::array own_fields{
    "id",
    "type",
    "version",
    "created_at",
    "updated_at",
    "stage",
    "status",
    "probability",
    "probability_manual",
    "forecast_category",
    "forecast_manual",
    "closed_at",
    "stage_since",
    "lost_reason",
    "won_reason",
    "checked",
    "last_move",
    "stalled_at",
    "overdue_since",
    "slip_count",
    "base_amount",
    "base_rate",
    "external_id",
    "line_count",
    "mrr",
    "acv",
};

bool is_own(std::string_view field)
{
    return std::ranges::find(own_fields, field) != own_fields.end();
}

/// The fields of an opportunity that another one may have too, those of the installation included.
Map shared_fields(const Record& opportunity)
{
    Map values;
    for (const auto& [field, value] : opportunity.fields().entries())
        if (!is_own(field) && !value.is_null()) values.set(field, value.value());
    return values;
}

std::string number(Id id)
{
    return std::to_string(id.number);
}

void copy_children(
    const Host& host, const char* type, std::initializer_list<const char*> fields, Id from, Id to, Work& work
)
{
    for (const Record& child : require(host.find(type, "opportunity", from, 1000))) {
        Map values{{"opportunity", to}};
        for (const char* field : fields)
            if (const ValueView value = child[std::string_view{field}]; !value.is_null())
                values.set(field, value.value());
        work.create(type, values);
    }
}

/// Puts the children of one opportunity under another.
std::int64_t move_children(const Host& host, const char* type, Id from, Id to, Work& work)
{
    std::int64_t moved = 0;
    for (const Record& child : require(host.find(type, "opportunity", from, 4096, {"id"}))) {
        work.update(type, child.id(), {{"opportunity", to}});
        ++moved;
    }
    return moved;
}

std::vector<Record> others_of(const Host& host, const Arguments& arguments, Id survivor)
{
    std::vector<Id> ids;
    for (const ValueView each : arguments["others"].items()) {
        const auto id = parse_id(each);
        if (!id)
            fail(ErrorCode::invalid, "pipelines.no_id", "opportunities are named by their ids", "others");
        if (*id == survivor)
            refuse("pipelines.merge_with_itself", "an opportunity is not merged with itself", "others");
        if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
    }
    std::vector<Record> others;
    for (const Id id : ids)
        others.push_back(require(host.get("opportunity", id)));
    return others;
}

/// Adds amounts that are in one currency.
Money sum_of(const Record& survivor, const std::vector<Record>& others)
{
    auto sum = survivor["amount"].as<Money>();
    for (const Record& other : others) {
        const auto amount = other["amount"].as<Money>();
        if (!amount) continue;
        if (sum && sum->currency != amount->currency)
            refuse(
                "pipelines.several_currencies",
                "the amounts are in several currencies: keep the survivor's, or give one",
                "amount"
            );
        sum = Money{(sum ? sum->minor : 0) + amount->minor, amount->currency, amount->digits};
    }
    return sum.value_or(Money{});
}

struct Part {
    Map values{};
    std::int64_t minor{0};
    std::vector<Id> lines{};
};

Part part_of(const Record& opportunity, ValueView given, std::size_t index)
{
    Part part{.values = shared_fields(opportunity)};
    part.values.erase("recurring_amount");
    part.values.set("stage", opportunity["stage"].value());
    const std::string_view name = given["name"].text();
    part.values.set(
        "name",
        name.empty() ? std::string{opportunity["name"].text()} + " (" + std::to_string(index + 2) + ")"
                     : std::string{name}
    );
    if (!given["close_date"].is_null()) part.values.set("close_date", given["close_date"].value());
    for (const ValueView line : given["lines"].items())
        part.lines.push_back(parse_id(line).value_or(Id{}));
    return part;
}

/// The amount of a part, in the currency of the whole.
std::int64_t minor_of(const Record& opportunity, ValueView given)
{
    const auto whole = opportunity["amount"].as<Money>();
    const auto minor = whole ? parse_scaled(given["amount"], whole->digits) : std::nullopt;
    if (!minor || *minor <= 0)
        refuse(
            "pipelines.part_without_amount",
            "each part has an amount above zero, in the currency of the opportunity, or lines of its own",
            "parts"
        );
    return *minor;
}

} // namespace

Value clone_opportunity(const Host& host, const Arguments& arguments, Work& work)
{
    const Record opportunity = require(host.get("opportunity", arguments.id("opportunity")));
    Map values = shared_fields(opportunity);
    const std::string_view name = arguments["name"].text();
    values.set("name", name.empty() ? opportunity["name"].text() : name);
    values.erase("close_date");
    values.erase("engage_date");
    if (!arguments["close_date"].is_null()) values.set("close_date", arguments["close_date"].value());
    const Id made = work.create("opportunity", values);
    if (arguments["lines"].boolean(true))
        copy_children(
            host,
            "opportunity_line",
            {"product",
             "description",
             "quantity",
             "unit_price",
             "discount",
             "period",
             "term_months",
             "position"},
            opportunity.id(),
            made,
            work
        );
    copy_children(host, "opportunity_split", {"agent", "percent"}, opportunity.id(), made, work);
    copy_children(host, "opportunity_contact", {"contact", "role"}, opportunity.id(), made, work);
    return Map{{"opportunity", made}, {"of", opportunity.id()}};
}

Value split_opportunity(const Host& host, const Arguments& arguments, Work& work)
{
    const Record opportunity = require(host.get("opportunity", arguments.id("opportunity")));
    if (opportunity["status"].text() != "open")
        refuse(
            "pipelines.not_open",
            "opportunity " + number(opportunity.id()) + " is closed: reopen it before you split it",
            "opportunity"
        );
    const bool has_lines = opportunity["line_count"].integer() > 0;
    std::vector<Id> own_lines;
    for (const Record& line :
         require(host.find("opportunity_line", "opportunity", opportunity.id(), 4096, {"id"})))
        own_lines.push_back(line.id());
    std::int64_t taken = 0;
    List made;
    std::size_t index = 0;
    for (const ValueView given : arguments["parts"].items()) {
        Part part = part_of(opportunity, given, index++);
        for (const Id line : part.lines) {
            const auto mine = std::ranges::find(own_lines, line);
            if (mine == own_lines.end())
                refuse(
                    "pipelines.not_its_line",
                    "line " + number(line) + " is none of the opportunity, or in two parts",
                    "parts"
                );
            own_lines.erase(mine);
        }
        if (has_lines && part.lines.empty())
            refuse("pipelines.part_without_lines", "the opportunity has lines: say which go where", "parts");
        part.values.erase("amount");
        if (!has_lines) {
            const auto whole = opportunity["amount"].get_or(Money{});
            const std::int64_t minor = minor_of(opportunity, given);
            taken += minor;
            part.values.set("amount", Money{minor, whole.currency, whole.digits});
        }
        const Id id = work.create("opportunity", part.values);
        for (const Id line : part.lines)
            work.update("opportunity_line", line, {{"opportunity", id}});
        made.emplace_back(id);
    }
    Map left;
    if (const auto whole = opportunity["amount"].as<Money>(); whole && !has_lines) {
        if (taken >= whole->minor)
            refuse(
                "pipelines.nothing_left",
                "the parts come to the whole amount, or more: something must stay with the opportunity",
                "parts"
            );
        left.set("amount", Money{whole->minor - taken, whole->currency, whole->digits});
        work.update("opportunity", opportunity.id(), left, opportunity.version());
    }
    return Map{{"opportunity", opportunity.id()}, {"left", left["amount"]}, {"made", std::move(made)}};
}

Value merge_opportunities(const Host& host, const Arguments& arguments, Work& work)
{
    const Record survivor = require(host.get("opportunity", arguments.id("opportunity")));
    const auto others = others_of(host, arguments, survivor.id());
    Map values;
    std::string note{survivor["note"].text()};
    List absorbed;
    std::int64_t lines = 0;
    for (const Record& other : others) {
        for (const auto& [field, value] : shared_fields(other))
            if (survivor[std::string_view{field}].is_null() && values[field].is_null())
                values.set(field, value);
        if (const std::string_view more = other["note"].text(); !more.empty() && note != more)
            note += (note.empty() ? "" : "\n\n") + std::string{more};
        lines += move_children(host, "opportunity_line", other.id(), survivor.id(), work);
        move_children(host, "stage_history", other.id(), survivor.id(), work);
        for (const char* type : {"opportunity_split", "opportunity_contact"})
            for (const Record& child : require(host.find(type, "opportunity", other.id(), 1000, {"id"})))
                work.remove(type, child.id());
        absorbed.emplace_back(other.id());
    }
    if (!note.empty() && note != survivor["note"].text()) values.set("note", note);
    if (arguments["amount"].text() == "sum")
        if (const Money sum = sum_of(survivor, others); sum.currency != 0) values.set("amount", sum);
    for (const auto& [field, value] : arguments["set"].entries())
        values.set(field, value.value());
    if (!values.empty()) work.update("opportunity", survivor.id(), values, survivor.version());
    for (const Record& other : others)
        work.remove("opportunity", other.id(), other.version());
    List told;
    for (const Record& other : others)
        told.emplace_back(Map{{"opportunity", number(other.id())}, {"name", other["name"].value()}});
    work.publish("opportunity.combined", survivor.id(), {{"absorbed", std::move(told)}});
    return Map{{"opportunity", survivor.id()}, {"absorbed", std::move(absorbed)}, {"lines", lines}};
}

} // namespace mortise::plugins::pipelines
