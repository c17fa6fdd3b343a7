#include "quotas/quota_rules.hpp"

#include "rules/follow.hpp"
#include "rules/periods.hpp"

namespace mortise::plugins::pipelines {

void check_quota(Draft& draft)
{
    const auto span = parse_period(draft["period"].text());
    if (!span)
        return draft.refuse(
            "period",
            "pipelines.no_period",
            "\"" + std::string{draft["period"].text()} + "\" is no period: write 2026, 2026-Q1 or 2026-03"
        );
    set_if_other(draft, "first_day", span->from);
    set_if_other(draft, "last_day", span->to);
    const auto amount = draft["amount"].as<Money>();
    if (amount && amount->minor <= 0)
        draft.refuse("amount", "pipelines.quota_not_positive", "a quota is above zero");
    if (draft["agent"].is_null() == draft["territory"].is_null())
        draft.refuse(
            "agent", "pipelines.quota_of_whom", "a quota is that of a sales agent or of a territory: name one"
        );
}

} // namespace mortise::plugins::pipelines
