#include "duplicates/merge_groups.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace mortise::host {

std::vector<MergeGroup> groups_of(std::span<const Pair> pairs)
{
    std::map<Id, Id> leaders;
    const auto leader = [&leaders](Id contact) {
        leaders.emplace(contact, contact);
        while (leaders[contact] != contact)
            contact = leaders[contact] = leaders[leaders[contact]];
        return contact;
    };
    for (const Pair& pair : pairs) {
        const auto [low, high] = std::minmax({leader(pair.first), leader(pair.second)});
        leaders[high] = low;
    }
    std::map<Id, MergeGroup> groups;
    for (const auto& [contact, ignored] : leaders)
        groups[leader(contact)].contacts.push_back(contact);
    for (const Pair& pair : pairs)
        groups[leader(pair.first)].pairs.push_back(pair);
    std::vector<MergeGroup> result;
    for (auto& [ignored, group] : groups)
        if (group.contacts.size() > 1) result.push_back(std::move(group));
    return result;
}

} // namespace mortise::host
