#include "commands/lookup.hpp"
#include "forecast/deal_rows.hpp"
#include "money/converter.hpp"
#include "money/exact.hpp"
#include "quotas/quota_rules.hpp"
#include "reports/figures.hpp"
#include "rules/calendar.hpp"
#include "rules/periods.hpp"

#include <map>

namespace mortise::plugins::pipelines {

namespace {

constexpr std::int64_t whole_percent = 100'00;

constexpr const char* deals_of_days = R"(
    SELECT o.id AS id, o.pipeline AS pipeline, o.agent AS agent, o.status AS status,
           o.forecast_category AS category, o.amount_minor AS minor, o.amount_currency AS currency,
           o.probability AS probability, o.close_date AS close_date, o.base_amount_minor AS base_minor,
           o.base_amount_currency AS base_currency, o.territory AS territory
    FROM opportunity o
    WHERE o.status IN ('open', 'won') AND coalesce(o.forecast_category, '') <> 'omitted'
      AND o.close_date >= :from AND o.close_date <= :to ORDER BY o.id)";

constexpr const char* splits_of_days = R"(
    SELECT s.opportunity AS opportunity, s.agent AS agent, s.percent AS percent
    FROM opportunity_split s JOIN opportunity o ON o.id = s.opportunity
    WHERE o.close_date >= :from AND o.close_date <= :to ORDER BY s.opportunity, s.id)";

struct Share {
    Id agent;
    std::int64_t percent; ///< in hundredths
};

struct CreditedDeal {
    DealState state;
    Id territory;
};

class Credits {
public:
    Credits(const Host& host, const Span& days)
    {
        const Map parameters{{"from", days.from}, {"to", days.to}};
        for (const Row row : require(host.query(splits_of_days, parameters)))
            m_splits[row["opportunity"].id()].push_back({row["agent"].id(), scaled_in(row["percent"])});
        for (const Row row : require(host.query(deals_of_days, parameters)))
            m_deals.push_back({state_of(row), row["territory"].id()});
    }

    const std::vector<CreditedDeal>& deals() const noexcept { return m_deals; }

    /// Who has which part of an amount. What splits leave over is the agent's.
    std::map<Id, std::int64_t> credit(const DealState& deal) const
    {
        const auto found = m_splits.find(deal.opportunity);
        if (found == m_splits.end()) return {{deal.agent, deal.minor}};
        std::vector<std::int64_t> weights;
        std::int64_t left = whole_percent;
        for (const Share& share : found->second) {
            weights.push_back(share.percent);
            left -= share.percent;
        }
        if (left > 0) weights.push_back(left);
        const auto parts = allocate(deal.minor, weights);
        std::map<Id, std::int64_t> credited;
        for (std::size_t i = 0; i < parts.size(); ++i)
            credited[i < found->second.size() ? found->second[i].agent : deal.agent] += parts[i];
        return credited;
    }

private:
    std::vector<CreditedDeal> m_deals{};
    std::map<Id, std::vector<Share>> m_splits{};
};

Span span_of(const Host& host, const Arguments& arguments)
{
    const std::string_view period = arguments["period"].text();
    if (period.empty()) return months_from(first_of_month(day_of(host.now())), 1);
    const auto span = parse_period(period);
    if (!span)
        fail(
            ErrorCode::invalid,
            "pipelines.no_period",
            "\"" + std::string{period} + "\" is no period: write 2026, 2026-Q1 or 2026-03",
            "period"
        );
    return *span;
}

Value name_of(const Host& host, std::string_view type, Id id)
{
    if (!id) return {};
    const auto found = require(host.get(type, std::span{&id, 1}, {"name"}));
    return found.empty() ? Value{} : found.front()["name"].value();
}

/// The line of one quota.
Map attained(const Host& host, const Record& quota, const Credits& credits)
{
    const auto target = quota["amount"].get_or(Money{});
    const Currency* currency = find_currency(target.currency);
    const Id agent = quota["agent"].id();
    const Id territory = quota["territory"].id();
    const Id pipeline = quota["pipeline"].id();
    const Span days{quota["first_day"].get_or(Date{}), quota["last_day"].get_or(Date{})};
    Converter converter{host, currency ? currency->alpha : std::string_view{}, day_of(host.now())};
    std::int64_t won = 0;
    std::int64_t open = 0;
    std::int64_t weighted = 0;
    for (const CreditedDeal& deal : credits.deals()) {
        DealState state = deal.state;
        if (!state.close_date || *state.close_date < days.from || *state.close_date > days.to) continue;
        if (pipeline && state.pipeline != pipeline) continue;
        if (territory && deal.territory != territory) continue;
        if (!converter.convert_state(state) || state.currency.empty()) continue;
        std::int64_t part = state.minor;
        if (agent) {
            const auto credited = credits.credit(state);
            const auto found = credited.find(agent);
            if (found == credited.end()) continue;
            part = found->second;
        }
        if (state.status == "won")
            won += part;
        else {
            open += part;
            weighted += part * state.probability;
        }
    }
    const auto money = [&](std::int64_t minor) { return Money{minor, target.currency, target.digits}; };
    return {
        {"quota", quota.id()},
        {"period", quota["period"].value()},
        {"agent", name_of(host, "sales_agent", agent)},
        {"territory", name_of(host, "territory", territory)},
        {"target", target},
        {"won", money(won)},
        {"attainment", rate_of(won, target.minor)},
        {"to_go", money(target.minor > won ? target.minor - won : 0)},
        {"open", money(open)},
        {"weighted", money(weighted_minor(weighted))},
        {"left_out", converter.left_out()},
    };
}

} // namespace

Value quota_attainment(const Host& host, const Arguments& arguments)
{
    const Span days = span_of(host, arguments);
    const Rows rows = require(host.query(
        "SELECT q.id AS id FROM quota q WHERE q.first_day <= :to AND q.last_day >= :from "
        "ORDER BY q.first_day, q.last_day, q.id",
        Map{{"from", days.from}, {"to", days.to}}
    ));
    std::vector<Id> ids;
    for (const Row row : rows)
        ids.push_back(row["id"].id());
    const auto quotas = require(host.get("quota", ids));
    Span all = days;
    for (const Record& quota : quotas) {
        all.from = std::min(all.from, quota["first_day"].get_or(all.from));
        all.to = std::max(all.to, quota["last_day"].get_or(all.to));
    }
    const Credits credits{host, all};
    List lines;
    for (const Record& quota : quotas)
        lines.emplace_back(attained(host, quota, credits));
    return Map{{"from", days.from}, {"to", days.to}, {"quotas", std::move(lines)}};
}

Value won_credit(const Host& host, const Arguments& arguments)
{
    const Span days = span_of(host, arguments);
    const Credits credits{host, days};
    Converter converter{host, arguments["currency"].text(), day_of(host.now())};
    MoneySums total;
    std::map<Id, MoneySums> by_agent;
    for (const CreditedDeal& deal : credits.deals()) {
        DealState state = deal.state;
        if (state.status != "won" || state.currency.empty() || !converter.convert_state(state)) continue;
        total.add(state.currency, state.minor);
        for (const auto& [agent, minor] : credits.credit(state))
            by_agent[agent].add(state.currency, minor);
    }
    List agents;
    for (const auto& [agent, sums] : by_agent)
        agents.emplace_back(Map{
            {"agent", agent ? Value{agent} : Value{}},
            {"label", name_of(host, "sales_agent", agent)},
            {"sums", sums.list()},
        });
    return Map{
        {"from", days.from},
        {"to", days.to},
        {"sums", total.list()},
        {"groups", std::move(agents)},
        {"left_out", converter.left_out()},
    };
}

} // namespace mortise::plugins::pipelines
