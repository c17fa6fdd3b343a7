#include "assignment/choice.hpp"

#include <algorithm>
#include <tuple>

namespace mortise::plugins::pipelines {

namespace {

bool is_same_text(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool takes(const std::vector<std::string>& wanted, std::string_view value)
{
    return wanted.empty()
        || std::ranges::any_of(wanted, [&](const std::string& each) { return is_same_text(each, value); });
}

/// Whether `a` comes before `b`.
bool is_before(Method method, const AgentLoad& a, const AgentLoad& b) noexcept
{
    const auto waiting = [](const AgentLoad& agent) { return std::tuple{agent.last, agent.agent}; };
    switch (method) {
    case Method::round_robin:
        break;
    case Method::least_loaded:
        if (a.load != b.load) return a.load < b.load;
        break;
    case Method::by_capacity: {
        // Shares that are taken, compared without division; who has no limit has all of it free.
        const std::int64_t taken_a = a.capacity ? a.load * b.capacity.value_or(1) : 0;
        const std::int64_t taken_b = b.capacity ? b.load * a.capacity.value_or(1) : 0;
        if (taken_a != taken_b) return taken_a < taken_b;
        break;
    }
    }
    return waiting(a) < waiting(b);
}

} // namespace

std::optional<Method> parse_method(std::string_view name) noexcept
{
    for (const Method method : {Method::round_robin, Method::least_loaded, Method::by_capacity})
        if (name == name_of(method)) return method;
    return std::nullopt;
}

std::string_view name_of(Method method) noexcept
{
    switch (method) {
    case Method::round_robin:
        return "round_robin";
    case Method::least_loaded:
        return "least_loaded";
    case Method::by_capacity:
        return "by_capacity";
    }
    return {};
}

bool is_free(const AgentLoad& agent) noexcept
{
    return agent.available && (!agent.capacity || agent.load < *agent.capacity);
}

std::optional<std::size_t> choose(Method method, std::span<const AgentLoad> agents, Id territory) noexcept
{
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < agents.size(); ++i) {
        if (!is_free(agents[i]) || (territory && agents[i].territory != territory)) continue;
        if (!best || is_before(method, agents[i], agents[*best])) best = i;
    }
    return best;
}

std::optional<Id>
territory_of(std::span<const Territory> territories, std::string_view country, std::string_view industry)
{
    const Territory* first = nullptr;
    for (const Territory& each : territories) {
        if (!takes(each.countries, country) || !takes(each.industries, industry)) continue;
        if (!first || std::tuple{each.position, each.id} < std::tuple{first->position, first->id})
            first = &each;
    }
    return first ? std::optional{first->id} : std::nullopt;
}

} // namespace mortise::plugins::pipelines
