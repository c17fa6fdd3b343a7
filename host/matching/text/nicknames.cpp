#include "matching/text/nicknames.hpp"

#include "matching/text/nickname_table.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace mortise::host::matching {

namespace {

struct Groups {
    std::unordered_map<std::string_view, std::vector<std::size_t>> of_name; ///< in which groups a name stands
    std::vector<std::string_view> first; ///< of each group
};

/// Read once from the table.
const Groups& groups()
{
    static const Groups made = [] {
        Groups result;
        std::string_view rest{nickname_table};
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\n'), rest.size());
            std::string_view line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const std::size_t group = result.first.size();
            bool is_first = true;
            while (!line.empty()) {
                const auto blank = std::min(line.find(' '), line.size());
                const std::string_view name = line.substr(0, blank);
                line.remove_prefix(std::min(blank + 1, line.size()));
                if (name.empty()) continue;
                if (is_first) result.first.push_back(name);
                is_first = false;
                result.of_name[name].push_back(group);
            }
        }
        return result;
    }();
    return made;
}

} // namespace

bool same_given_name(std::string_view a, std::string_view b) noexcept
{
    if (a == b) return true;
    const auto& names = groups().of_name;
    const auto in_a = names.find(a);
    if (in_a == names.end()) return false;
    const auto in_b = names.find(b);
    if (in_b == names.end()) return false;
    return std::ranges::any_of(in_a->second, [&](std::size_t group) {
        return std::ranges::find(in_b->second, group) != in_b->second.end();
    });
}

std::string_view main_form(std::string_view name) noexcept
{
    const auto& all = groups();
    const auto found = all.of_name.find(name);
    return found == all.of_name.end() ? name : all.first[found->second.front()];
}

} // namespace mortise::host::matching
