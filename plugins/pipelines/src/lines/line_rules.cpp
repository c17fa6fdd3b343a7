#include "lines/line_rules.hpp"

#include "lines/line_amounts.hpp"
#include "rules/follow.hpp"

#include <mortise/currency.hpp>

#include <string>

namespace mortise::plugins::pipelines {

namespace {

constexpr std::int64_t whole_percent = 100'00;

Money with(const Money& like, std::int64_t minor)
{
    return {minor, like.currency, like.digits};
}

/// The price of the product if none is given; nothing, and the draft refused, if there is none either.
std::optional<Money> price_of(Draft& draft)
{
    if (draft["unit_price"].is_null() && draft.related("product")["list_price"].as<Money>())
        draft.set("unit_price", draft.related("product")["list_price"].value());
    const auto price = draft["unit_price"].as<Money>();
    if (!price)
        draft.refuse(
            "unit_price", "pipelines.price_needed", "the line has no price, and its product has none either"
        );
    return price;
}

bool check_terms(Draft& draft, const LineTerms& terms)
{
    if (terms.quantity.coefficient <= 0)
        draft.refuse("quantity", "pipelines.quantity_not_positive", "the quantity is above zero");
    if (terms.discount.coefficient < 0 || terms.discount.coefficient > whole_percent)
        draft.refuse("discount", "pipelines.discount_range", "a discount is between 0 and 100 percent");
    if (terms.term_months < 0)
        draft.refuse("term_months", "pipelines.negative_term", "the term is below zero");
    return !draft.is_refused();
}

/// Every line of an opportunity is in one currency.
void check_currency(Draft& draft, const Money& price)
{
    const auto amount = draft.related("opportunity")["amount"].as<Money>();
    const bool has_lines = draft.related("opportunity")["line_count"].integer() > 0;
    if (has_lines && amount && amount->currency != price.currency)
        draft.refuse(
            "unit_price",
            "pipelines.line_currency",
            "the opportunity is in another currency: give the price in that one"
        );
}

} // namespace

void check_line(Draft& draft)
{
    const auto price = price_of(draft);
    if (!price) return;
    if (draft["description"].empty() && !draft.related("product")["name"].empty())
        draft.set("description", draft.related("product")["name"].value());
    if (draft["period"].empty()) draft.set("period", "once");
    const LineTerms terms{
        .unit_minor = price->minor,
        .quantity = draft["quantity"].get_or(Decimal{1, 0}),
        .discount = draft["discount"].get_or(Decimal{0, 2}),
        .months = months_of(draft["period"].text()).value_or(0),
        .term_months = draft["term_months"].integer(),
    };
    if (!check_terms(draft, terms)) return;
    check_currency(draft, *price);
    const auto amounts = amounts_of(terms);
    if (!amounts)
        return draft.refuse(
            "quantity", "pipelines.line_too_large", "the line comes to more than can be kept"
        );
    set_if_other(draft, "net", with(*price, amounts->net));
    set_if_other(draft, "total", with(*price, amounts->total));
    set_if_other(draft, "annual", terms.months > 0 ? Value{with(*price, amounts->annual)} : Value{});
}

void check_price(Draft& draft)
{
    const auto price = draft["amount"].as<Money>();
    if (price && price->minor < 0)
        draft.refuse("amount", "pipelines.negative_amount", "the price is below zero");
    const Currency* currency = find_currency(draft.related("price_list")["currency"].text());
    if (price && currency && price->currency != currency->number)
        draft.refuse(
            "amount",
            "pipelines.price_currency",
            "the price list is in " + std::string{currency->alpha} + ": give the price in that currency"
        );
}

void check_split(Draft& draft)
{
    const auto percent = draft["percent"].as<Decimal>();
    if (!percent || percent->coefficient <= 0 || percent->coefficient > whole_percent)
        draft.refuse("percent", "pipelines.split_range", "a share is above 0 and at most 100 percent");
}

void follow_recurring(Draft& draft)
{
    if (draft["line_count"].integer() > 0) return;
    const auto recurring = draft["recurring_amount"].as<Money>();
    if (!recurring) {
        set_if_other(draft, "mrr", {});
        return set_if_other(draft, "acv", {});
    }
    if (recurring->minor < 0)
        draft.refuse("recurring_amount", "pipelines.negative_amount", "the amount is below zero");
    if (draft["recurring_period"].empty()) draft.set("recurring_period", "month");
    const auto amounts = amounts_of({
        .unit_minor = recurring->minor,
        .months = months_of(draft["recurring_period"].text()).value_or(1),
        .term_months = draft["recurring_term"].integer(),
    });
    if (!amounts)
        return draft.refuse(
            "recurring_amount", "pipelines.line_too_large", "what recurs comes to more than can be kept"
        );
    set_if_other(draft, "acv", with(*recurring, amounts->annual));
    set_if_other(draft, "mrr", with(*recurring, monthly(amounts->annual)));
    if (draft["amount"].is_null()) draft.set("amount", with(*recurring, amounts->total));
}

} // namespace mortise::plugins::pipelines
