#include "forecast/bridge.hpp"

namespace mortise::plugins::pipelines {

namespace {

constexpr std::array<std::string_view, change_kinds> change_names{
    "added",
    "reopened",
    "pulled_in",
    "pushed_out",
    "amount_up",
    "amount_down",
    "won",
    "lost",
    "included",
    "omitted",
    "transferred_in",
    "transferred_out",
    "currency_in",
    "currency_out",
    "removed",
};

bool is_in_period(const DealState& state, const BridgeScope& scope) noexcept
{
    if (!scope.from && !scope.to) return true;
    if (!state.close_date) return false;
    return (!scope.from || *state.close_date >= *scope.from) && (!scope.to || *state.close_date <= *scope.to);
}

bool is_of_whom(const DealState& state, const BridgeScope& scope) noexcept
{
    return (!scope.pipeline || state.pipeline == scope.pipeline)
        && (!scope.agent || state.agent == scope.agent);
}

/// Why one that counts now did not count before.
Change why_in(const DealState* before, const BridgeScope& scope) noexcept
{
    if (before == nullptr) return Change::added;
    if (before->status != "open") return Change::reopened;
    if (!is_of_whom(*before, scope)) return Change::transferred_in;
    if (!is_in_period(*before, scope)) return Change::pulled_in;
    return Change::included;
}

/// Why one that counted before does not count now.
Change why_out(const DealState* after, const BridgeScope& scope) noexcept
{
    if (after == nullptr) return Change::removed;
    if (after->status == "won") return Change::won;
    if (after->status == "lost") return Change::lost;
    if (!is_of_whom(*after, scope)) return Change::transferred_out;
    if (!is_in_period(*after, scope)) return Change::pushed_out;
    return Change::omitted;
}

class Builder {
public:
    explicit Builder(const BridgeScope& scope) : m_scope{&scope} { }

    void add(const DealState* before, const DealState* after)
    {
        const bool was_in = before != nullptr && counts(*before, *m_scope);
        const bool is_in = after != nullptr && counts(*after, *m_scope);
        if (was_in) {
            m_bridge.lines[before->currency].start += before->minor;
            ++m_bridge.lines[before->currency].start_count;
        }
        if (is_in) {
            m_bridge.lines[after->currency].end += after->minor;
            ++m_bridge.lines[after->currency].end_count;
        }
        if (was_in && is_in)
            compare(*before, *after);
        else if (is_in)
            step(*after, why_in(before, *m_scope), after->minor);
        else if (was_in)
            leave(*before, after);
    }
    Bridge result() { return std::move(m_bridge); }

private:
    void compare(const DealState& before, const DealState& after)
    {
        if (before.currency != after.currency) {
            step(before, Change::currency_out, -before.minor);
            return step(after, Change::currency_in, after.minor);
        }
        const std::int64_t by = after.minor - before.minor;
        if (by != 0) step(after, by > 0 ? Change::amount_up : Change::amount_down, by);
    }
    /// What is won or lost leaves with the amount that it has then; that it was another before is told too.
    void leave(const DealState& before, const DealState* after)
    {
        const Change why = why_out(after, *m_scope);
        const bool closes = why == Change::won || why == Change::lost;
        if (!closes || after->currency != before.currency) return step(before, why, -before.minor);
        compare(before, *after);
        step(before, why, -after->minor);
    }
    void step(const DealState& of, Change change, std::int64_t minor)
    {
        BridgeLine& line = m_bridge.lines[of.currency];
        line.sums[static_cast<std::size_t>(change)] += minor;
        ++line.counts[static_cast<std::size_t>(change)];
        m_bridge.steps.push_back({of.opportunity, change, of.currency, minor});
    }

    const BridgeScope* m_scope;
    Bridge m_bridge{};
};

} // namespace

std::string_view name_of(Change change) noexcept
{
    return change_names[static_cast<std::size_t>(change)];
}

bool counts(const DealState& state, const BridgeScope& scope) noexcept
{
    return state.status == "open" && state.category != "omitted" && is_of_whom(state, scope)
        && is_in_period(state, scope);
}

Bridge
bridge_between(std::span<const DealState> before, std::span<const DealState> after, const BridgeScope& scope)
{
    std::map<Id, const DealState*> former;
    for (const DealState& state : before)
        former.emplace(state.opportunity, &state);
    Builder builder{scope};
    for (const DealState& state : after) {
        const auto found = former.find(state.opportunity);
        builder.add(found == former.end() ? nullptr : found->second, &state);
        if (found != former.end()) former.erase(found);
    }
    for (const auto& [id, state] : former)
        builder.add(state, nullptr);
    return builder.result();
}

} // namespace mortise::plugins::pipelines
