#include "rules/closing_rules.hpp"

#include "money/exact.hpp"
#include "rules/calendar.hpp"
#include "rules/follow.hpp"
#include "rules/stage_rules.hpp"

namespace mortise::plugins::pipelines {

namespace {

struct ReasonField {
    const char* outcome;
    const char* field;
    const char* setting; ///< that demands one
    const char* key;
    const char* message;
};

constexpr ReasonField reason_fields[]{
    {"lost",
     "lost_reason",
     "lost_reason_required",
     "pipelines.lost_reason_needed",
     "say why the opportunity was lost"},
    {"won",
     "won_reason",
     "won_reason_required",
     "pipelines.won_reason_needed",
     "say why the opportunity was won"},
};

void follow_reason(
    const Settings& settings,
    const PipelineBook& book,
    std::string_view status,
    const ReasonField& reason,
    Draft& draft
)
{
    const Key field{std::string_view{reason.field}};
    if (status != reason.outcome) return set_if_other(draft, field, {});
    const bool is_news = draft.before()["status"].text() != status || draft.changes(field);
    if (!is_news) return;
    const std::string_view given = draft[field].text();
    if (given.empty()) {
        if (settings[std::string_view{reason.setting}].boolean())
            draft.refuse(reason.field, reason.key, reason.message);
        return;
    }
    if (settings["reasons_from_list"].boolean() && !book.has_reason(given, status))
        draft.refuse(
            reason.field,
            "pipelines.unknown_reason",
            "\"" + std::string{given} + "\" is not in the list of reasons: choose another, or add it there"
        );
}

} // namespace

void follow_reasons(const Settings& settings, const PipelineBook& book, std::string_view status, Draft& draft)
{
    for (const ReasonField& reason : reason_fields)
        follow_reason(settings, book, status, reason, draft);
}

void follow_deadlines(std::string_view status, Draft& draft)
{
    const bool is_open = !is_closed_status(status);
    if (!is_open || is_new(draft) || draft.changes("stage")) set_if_other(draft, "stalled_at", {});
    const auto due = draft["close_date"].as<Date>();
    const Date today = day_of(draft.time());
    if (!is_open || !due || *due >= today)
        set_if_other(draft, "overdue_since", {});
    else if (draft["overdue_since"].is_null())
        draft.set("overdue_since", today);
    const ValueView before = draft.before();
    if (is_new(draft)) return;
    const auto was_due = before["close_date"].as<Date>();
    const bool slips
        = is_open && !is_closed_status(before["status"].text()) && was_due && due && *due > *was_due;
    const std::int64_t slips_before = before["slip_count"].integer();
    if (slips) set_if_other(draft, "slip_count", slips_before + 1);
}

void follow_base_amount(
    const Settings& settings, const PipelineBook& book, std::string_view status, Draft& draft
)
{
    const auto amount = draft["amount"].as<Money>();
    const Currency* from = amount ? find_currency(amount->currency) : nullptr;
    const Currency* to = find_currency(base_currency(settings));
    if (status != "won" || !from || !to) {
        set_if_other(draft, "base_amount", {});
        return set_if_other(draft, "base_rate", {});
    }
    const ValueView before = draft.before();
    const auto amount_before = before["amount"].as<Money>();
    const auto base_before = before["base_amount"].as<Money>();
    const bool is_frozen = before["status"].text() == "won" && base_before
        && base_before->currency == to->number && amount_before && amount_before->currency == amount->currency
        && !draft.changes("close_date");
    const auto rate = is_frozen ? before["base_rate"].as<Decimal>()
        : from == to            ? std::optional{Decimal{1, 0}}
                     : book.rate(from->alpha, to->alpha, draft["close_date"].get_or(day_of(draft.time())));
    const auto converted = rate ? convert(*amount, *rate, *to) : std::nullopt;
    set_if_other(draft, "base_amount", converted ? Value{*converted} : Value{});
    set_if_other(draft, "base_rate", converted ? Value{rescaled(*rate, rate_scale)} : Value{});
}

std::string_view base_currency(const Settings& settings)
{
    const std::string_view currency = settings["base_currency"].text();
    return currency.empty() ? default_currency(settings) : currency;
}

} // namespace mortise::plugins::pipelines
