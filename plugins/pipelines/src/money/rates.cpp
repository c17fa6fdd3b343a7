#include "money/rates.hpp"

#include "rules/calendar.hpp"
#include "rules/closing_rules.hpp"
#include "rules/follow.hpp"

#include <mortise/currency.hpp>

namespace mortise::plugins::pipelines {

namespace {

constexpr int oldest_in_months = 120;

/// Three capital letters; refuses what is no currency.
const Currency* check_currency(Draft& draft, Key field)
{
    const Currency* currency = find_currency(draft[field].text());
    if (currency)
        set_if_other(draft, field, currency->alpha);
    else
        draft.refuse(
            field.name,
            "pipelines.unknown_currency",
            "\"" + std::string{draft[field].text()} + "\" is no currency of ISO 4217, such as EUR"
        );
    return currency;
}

} // namespace

void check_rate(const Settings& settings, Draft& draft)
{
    if (draft["base"].empty()) draft.set("base", base_currency(settings));
    const Currency* from = check_currency(draft, "currency");
    const Currency* to = check_currency(draft, "base");
    if (!from || !to) return;
    if (from == to) draft.refuse("currency", "pipelines.rate_to_itself", "a currency has no rate to itself");
    const auto rate = draft["rate"].as<Decimal>();
    if (rate && rate->coefficient <= 0)
        draft.refuse("rate", "pipelines.rate_not_positive", "a rate is above zero");
    if (const auto date = draft["date"].as<Date>())
        set_if_other(draft, "month", rate_month(from->alpha, to->alpha, *date));
}

std::string rate_month(std::string_view from, std::string_view to, Date day)
{
    return std::string{from} + "/" + std::string{to} + " " + day_text(day).substr(0, 7);
}

std::vector<Rate> rates_of(const std::vector<Record>& records)
{
    std::vector<Rate> rates;
    for (const Record& record : records)
        rates.push_back({record["date"].get_or(Date{}), record["rate"].get_or(Decimal{})});
    return rates;
}

std::optional<Decimal> find_rate(
    std::string_view from,
    std::string_view to,
    Date day,
    const std::function<std::vector<Rate>(const std::string& month)>& month_of
)
{
    Date in_month = day;
    for (int month = 0; month < oldest_in_months; ++month) {
        const Rate* newest = nullptr;
        const auto rates = month_of(rate_month(from, to, in_month));
        for (const Rate& rate : rates)
            if (rate.date <= day && (!newest || rate.date > newest->date)) newest = &rate;
        if (newest) return newest->rate;
        in_month = {first_of_month(in_month).days - 1};
    }
    return std::nullopt;
}

} // namespace mortise::plugins::pipelines
