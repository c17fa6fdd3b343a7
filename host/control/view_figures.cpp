#include "control/view_figures.hpp"

#include "base/json.hpp"
#include "base/number_text.hpp"

#include <algorithm>
#include <optional>

namespace mortise::host {

namespace {

namespace json = boost::json;

const json::value* member(const json::value& object, std::string_view name)
{
    const json::object* found = object.if_object();
    return found ? found->if_contains(name) : nullptr;
}

/// A cell that can be added up.
struct Amount {
    std::string currency; ///< empty: no money
    Decimal number;
};

std::optional<Decimal> number_of(const json::value& cell)
{
    if (const auto* integer = cell.if_int64()) return Decimal{*integer, 0};
    const std::string text = cell.is_string() ? std::string{cell.get_string()}
        : cell.is_number()                    ? std::to_string(cell.to_number<double>())
                                              : std::string{};
    const auto number = parse_decimal(text);
    return number ? std::optional{*number} : std::nullopt;
}

std::optional<Amount> amount_of(const json::value& cell)
{
    const json::value* amount = member(cell, "amount");
    const json::value* currency = member(cell, "currency");
    if (amount && currency && currency->is_string()) {
        const auto number = number_of(*amount);
        return number ? std::optional{Amount{std::string{currency->get_string()}, *number}} : std::nullopt;
    }
    const auto number = number_of(cell);
    return number ? std::optional{Amount{{}, *number}} : std::nullopt;
}

std::string text_of(const Amount& amount)
{
    return format_decimal(amount.number) + (amount.currency.empty() ? "" : ' ' + amount.currency);
}

/// Adds with the finer of both scales; false if 64 bits do not hold it.
bool add(Decimal& to, const Decimal& number)
{
    const std::uint8_t scale = std::max(to.scale, number.scale);
    const auto a = rescale(to, scale);
    const auto b = rescale(number, scale);
    std::int64_t sum = 0;
    if (!a || !b || __builtin_add_overflow(a->coefficient, b->coefficient, &sum)) return false;
    to = {sum, scale};
    return true;
}

/// What cells of one currency come to.
class Sum {
public:
    explicit Sum(std::string currency) : m_currency{std::move(currency)} { }

    const std::string& currency() const noexcept { return m_currency; }
    void take(const Decimal& number)
    {
        ++m_count;
        m_is_whole &= add(m_sum, number);
        const auto is_less = [](const Decimal& a, const Decimal& b) {
            Decimal difference{a};
            return add(difference, {-b.coefficient, b.scale}) && difference.coefficient < 0;
        };
        if (!m_least || is_less(number, *m_least)) m_least = number;
        if (!m_most || is_less(*m_most, number)) m_most = number;
    }
    std::string text(std::string_view how) const
    {
        if (how == "min") return text_of({m_currency, *m_least});
        if (how == "max") return text_of({m_currency, *m_most});
        if (!m_is_whole) return "more than can be added up";
        return text_of({m_currency, how == "average" ? average() : m_sum});
    }

private:
    /// Money to its minor unit, other numbers to two digits more than they have, at most six.
    Decimal average() const
    {
        Decimal sum = m_sum;
        const auto finer = static_cast<std::uint8_t>(std::min(sum.scale + 2, 6));
        if (m_currency.empty() && finer > sum.scale)
            if (const auto scaled = rescale(sum, finer)) sum = *scaled;
        const std::int64_t half = m_count / 2;
        const std::int64_t rounded = sum.coefficient < 0 ? sum.coefficient - half : sum.coefficient + half;
        return {rounded / m_count, sum.scale};
    }

    std::string m_currency;
    Decimal m_sum{};
    std::optional<Decimal> m_least{};
    std::optional<Decimal> m_most{};
    std::int64_t m_count{0};
    bool m_is_whole{true};
};

/// Days, times and texts have a first and a last one.
std::string extreme(std::string_view how, const std::vector<json::value>& cells)
{
    std::optional<std::string> found;
    for (const json::value& cell : cells) {
        if (!cell.is_string() || (how != "min" && how != "max")) continue;
        std::string text{cell.get_string()};
        if (!found || (how == "min" ? text < *found : *found < text)) found = std::move(text);
    }
    return found.value_or("");
}

} // namespace

bool needs_row(const json::value& action)
{
    const json::value* arguments = member(action, "arguments");
    const json::value* when = member(action, "when");
    return (when != nullptr && when->is_object())
        || (arguments != nullptr && to_json(*arguments).find("\"{") != std::string::npos);
}

bool is_offered(const json::value& action, const json::object& row)
{
    const json::value* when = member(action, "when");
    if (!when || !when->is_object()) return true;
    return std::ranges::all_of(when->get_object(), [&](const auto& condition) {
        const json::value* found = row.if_contains(condition.key());
        const json::value value = found ? *found : json::value{};
        const json::array* any = condition.value().if_array();
        return any ? std::ranges::find(*any, value) != any->end() : condition.value() == value;
    });
}

std::string total_text(std::string_view how, const std::vector<json::value>& cells)
{
    if (how == "count") return std::to_string(cells.size());
    std::vector<Sum> sums;
    for (const json::value& cell : cells) {
        const auto amount = amount_of(cell);
        if (!amount) continue;
        auto same = std::ranges::find(sums, amount->currency, &Sum::currency);
        if (same == sums.end()) same = sums.insert(sums.end(), Sum{amount->currency});
        same->take(amount->number);
    }
    if (sums.empty()) return how == "sum" ? "0" : extreme(how, cells);
    std::string text;
    for (const Sum& sum : sums)
        text += (text.empty() ? "" : ", ") + sum.text(how);
    return text;
}

} // namespace mortise::host
