#include "money/converter.hpp"

#include "money/exact.hpp"
#include "money/rates.hpp"

namespace mortise::plugins::pipelines {

Converter::Converter(const Host& host, std::string_view currency, Date day) : m_host{&host}, m_day{day}
{
    if (currency.empty()) return;
    m_to = find_currency(currency);
    if (m_to == nullptr)
        fail(
            ErrorCode::invalid,
            "pipelines.unknown_currency",
            "\"" + std::string{currency} + "\" is no currency of ISO 4217, such as EUR",
            "currency"
        );
}

bool Converter::convert_state(DealState& state)
{
    if (!m_to || state.currency.empty() || state.currency == m_to->alpha) return true;
    const Currency* from = find_currency(state.currency);
    if (from == nullptr) return false;
    if (state.status == "won" && state.base_currency == m_to->alpha) {
        state.currency = m_to->alpha;
        state.minor = state.base_minor;
        return true;
    }
    const auto rate = rate_from(state.currency);
    const auto made
        = rate ? convert(Money{state.minor, from->number, from->digits}, *rate, *m_to) : std::nullopt;
    if (!made) {
        m_left_out[state.currency][state.opportunity] = true;
        return false;
    }
    state.currency = m_to->alpha;
    state.minor = made->minor;
    return true;
}

std::vector<DealState> Converter::convert_all(std::vector<DealState> states)
{
    std::erase_if(states, [this](DealState& state) { return !convert_state(state); });
    return states;
}

Map Converter::left_out() const
{
    Map by_currency;
    std::int64_t count = 0;
    for (const auto& [currency, deals] : m_left_out) {
        by_currency.set(currency, static_cast<std::int64_t>(deals.size()));
        count += static_cast<std::int64_t>(deals.size());
    }
    Map told{{"count", count}, {"currencies", by_currency}};
    if (count > 0)
        told.set(
            "note", "there is no rate into " + std::string{m_to->alpha} + " for these: they are in no sum"
        );
    return told;
}

std::optional<Decimal> Converter::rate_from(const std::string& currency)
{
    const auto known = m_rates.find(currency);
    if (known != m_rates.end()) return known->second;
    const auto rate = find_rate(currency, m_to->alpha, m_day, [this](const std::string& month) {
        return rates_of(require(m_host->find("currency_rate", "month", month, 64)));
    });
    m_rates.emplace(currency, rate);
    return rate;
}

} // namespace mortise::plugins::pipelines
