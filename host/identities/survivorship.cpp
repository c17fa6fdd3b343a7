#include "identities/survivorship.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace mortise::host {

namespace {

constexpr std::array<std::string_view, 4> survival_names{
    "most_recent", "source_priority", "non_empty", "add"
};

/// What of a claim counts by the rule; null if it has nothing to say.
const Said* word_of(const SurvivorshipRule& rule, const SourceClaim& claim)
{
    if (rule.survival == Survival::most_recent || !claim.latest.value.is_null()) return &claim.latest;
    if (rule.survival == Survival::non_empty && claim.kept) return &*claim.kept;
    return nullptr;
}

std::size_t rank_of(const SurvivorshipRule& rule, std::string_view source)
{
    if (rule.survival != Survival::source_priority) return 0;
    return static_cast<std::size_t>(std::ranges::find(rule.sources, source) - rule.sources.begin());
}

std::string why(const SurvivorshipRule& rule, const SourceClaim& winner, const Said& word, bool is_only)
{
    std::string when = winner.source + " said so at " + format_instant(word.at);
    if (is_only) return when + "; nobody else says anything";
    switch (rule.survival) {
    case Survival::most_recent:
        return when + ", later than all others";
    case Survival::source_priority: {
        const std::size_t rank = rank_of(rule, winner.source);
        return rank < rule.sources.size()
            ? winner.source + " is number " + std::to_string(rank + 1)
                + " of the sources that are preferred, "
                  "and none before it has a value"
            : "none of the preferred sources has a value, and " + when + ", later than all others";
    }
    case Survival::non_empty:
        return when + ", later than all others that say something";
    case Survival::add:
        break;
    }
    return when;
}

Decision added(std::span<const SourceClaim> claims)
{
    Decision decision;
    List all;
    for (const SourceClaim& claim : claims)
        all = united(all, claim.all);
    decision.why = "every value that anybody ever gave";
    if (!all.empty()) decision.value = std::move(all);
    return decision;
}

} // namespace

std::string_view name_of(Survival survival) noexcept
{
    return survival_names[static_cast<std::size_t>(survival)];
}

std::optional<Survival> survival_named(std::string_view name) noexcept
{
    const auto* const found = std::ranges::find(survival_names, name);
    if (found == survival_names.end()) return std::nullopt;
    return static_cast<Survival>(found - survival_names.begin());
}

bool says(const SourceClaim& claim, const Value& value)
{
    return claim.latest.value == value || (claim.kept && claim.kept->value == value)
        || (value.as<List>() != nullptr && Value{claim.all} == value);
}

bool is_later(std::string_view source_a, const Said& a, std::string_view source_b, const Said& b)
{
    if (a.at != b.at) return a.at > b.at;
    if (source_a != source_b) return source_a > source_b;
    if (a.message != b.message) return a.message > b.message;
    return json_text(a.value) > json_text(b.value);
}

Decision decide(const SurvivorshipRule& rule, std::span<const SourceClaim> claims)
{
    if (rule.survival == Survival::add) return added(claims);
    Decision decision;
    const Said* best = nullptr;
    for (std::size_t i = 0; i < claims.size(); ++i) {
        const SourceClaim& claim = claims[i];
        const Said* word = word_of(rule, claim);
        if (!word) continue;
        if (best) {
            const SourceClaim& leader = claims[*decision.winner];
            const std::size_t rank = rank_of(rule, claim.source);
            const std::size_t rank_of_leader = rank_of(rule, leader.source);
            if (rank > rank_of_leader) continue;
            if (rank == rank_of_leader && !is_later(claim.source, *word, leader.source, *best)) continue;
        }
        best = word;
        decision.winner = i;
    }
    if (!best) {
        decision.why = "nobody has a value";
        return decision;
    }
    const SourceClaim& winner = claims[*decision.winner];
    decision.value = best->value;
    decision.is_kept = best != &winner.latest;
    decision.why = why(rule, winner, *best, claims.size() == 1);
    return decision;
}

List united(const List& list, const List& more)
{
    std::vector<std::pair<std::string, Value>> items;
    items.reserve(list.size() + more.size());
    for (const List* each : {&list, &more})
        for (const Value& item : *each)
            items.emplace_back(json_text(item), item);
    std::ranges::sort(items, {}, [](const auto& item) -> const std::string& { return item.first; });
    const auto rest
        = std::ranges::unique(items, {}, [](const auto& item) -> const std::string& { return item.first; });
    items.erase(rest.begin(), rest.end());
    List all;
    all.reserve(items.size());
    for (auto& [text, item] : items)
        all.push_back(std::move(item));
    return all;
}

} // namespace mortise::host
