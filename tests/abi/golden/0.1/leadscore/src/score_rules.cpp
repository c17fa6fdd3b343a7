#include "score_rules.hpp"

#include <algorithm>

namespace leadscore {

std::int64_t points_of(std::string_view activity)
{
    if (activity == "page_visited") return 2;
    if (activity == "mail_answered") return 15;
    if (activity == "demo_requested") return 40;
    return 0;
}

std::string_view temperature(std::int64_t points, std::int64_t hot_from)
{
    if (points >= hot_from) return "hot";
    return points * 2 >= hot_from ? "warm" : "cold";
}

std::int64_t cooled(std::int64_t points)
{
    return std::max<std::int64_t>(0, points - std::max<std::int64_t>(1, points / 10));
}

} // namespace leadscore
