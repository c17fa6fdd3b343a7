#include "plugins/runner/box.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::array<std::string_view, 5> tier_names{"none", "process", "filtered", "boxed", "sealed"};

constexpr std::array<std::pair<BoxPart, std::string_view>, 7> part_words{{
    {BoxPart::limits, "limits"},
    {BoxPart::filter, "system calls"},
    {BoxPart::files, "files"},
    {BoxPart::network, "TCP"},
    {BoxPart::scope, "signals"},
    {BoxPart::memory, "no new code"},
    {BoxPart::namespaces, "namespaces"},
}};

} // namespace

std::string_view name_of(BoxTier tier) noexcept
{
    return tier_names[std::min(static_cast<std::size_t>(tier), tier_names.size() - 1)];
}

std::optional<BoxTier> tier_named(std::string_view name) noexcept
{
    const auto* found = std::ranges::find(tier_names, name);
    if (found == tier_names.end()) return std::nullopt;
    return static_cast<BoxTier>(found - tier_names.begin());
}

BoxTier BoxReport::tier() const noexcept
{
    if (!has(BoxPart::limits) || !has(BoxPart::filter)) return BoxTier::process;
    if (!has(BoxPart::files)) return BoxTier::filtered;
    return has(BoxPart::namespaces) ? BoxTier::sealed : BoxTier::boxed;
}

std::string BoxReport::words() const
{
    std::string with;
    std::string without;
    for (const auto& [part, words] : part_words) {
        std::string& list = has(part) ? with : without;
        list += (list.empty() ? "" : ", ") + std::string{words};
        if (part == BoxPart::files && has(part)) list += " (Landlock " + std::to_string(landlock) + ')';
    }
    if (has(BoxPart::user)) with += ", as nobody";
    if (with.empty()) return "no box";
    return without.empty() ? with : with + "; without " + without;
}

} // namespace mortise::host
