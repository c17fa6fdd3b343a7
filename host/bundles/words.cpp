#include "bundles/words.hpp"

#include "access/permission.hpp"
#include "base/json.hpp"
#include "net/allowed_hosts.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace mortise::host {

namespace {

std::string net_words(std::string_view pattern)
{
    if (pattern == "*") return "connect to every host on the internet";
    if (const auto place = named_elsewhere(pattern)) {
        if (place->type.empty()) return "connect to the host that its setting " + place->field + " names";
        return "connect to hosts that the field " + place->field + " of " + place->type + " records names";
    }
    if (pattern.starts_with("*.")) return "connect to all hosts of " + std::string{pattern.substr(2)};
    return "connect to " + std::string{pattern};
}

std::string plain(std::string_view name)
{
    std::string words{name};
    std::ranges::replace(words, '_', ' ');
    return words;
}

} // namespace

std::string permission_words(std::string_view permission)
{
    if (permission == every_type_read) return "see records of every type, also of plugins that come later";
    if (permission == "events.read") return "read the log of everything that happened";
    if (permission == "secrets.reveal") return "read the secrets that you give it";
    if (permission.starts_with(net_prefix)) return net_words(permission.substr(net_prefix.size()));
    const std::size_t dot = permission.rfind('.');
    if (dot == std::string_view::npos) return plain(permission);
    const std::string what = plain(permission.substr(0, dot));
    const std::string_view how = permission.substr(dot + 1);
    if (how == "read") return "see " + what;
    if (how == "write") return "make, change and delete " + what;
    if (what == "send") return "send messages by " + plain(how) + ", each checked against consent";
    return plain(how) + ' ' + what;
}

std::string list_words(const std::vector<std::string>& items, std::size_t most)
{
    const std::size_t shown = items.size() > most + 1 ? most : items.size();
    std::string words;
    for (std::size_t i = 0; i < shown; ++i) {
        const bool is_last = i + 1 == items.size();
        words += (i == 0 ? "" : is_last ? " and " : ", ") + items[i];
    }
    if (shown < items.size()) words += " and " + std::to_string(items.size() - shown) + " more";
    return words;
}

std::string count_words(std::uint64_t count, std::string_view one, std::string_view several)
{
    return std::to_string(count) + ' ' + std::string{count == 1 ? one : several};
}

std::string size_words(std::uint64_t bytes)
{
    constexpr std::array<const char*, 4> units{"bytes", "kB", "MB", "GB"};
    constexpr double step = 1000;
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (amount >= step && unit + 1 < units.size()) {
        amount /= step;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
    return text.data();
}

std::string value_words(const Value& value)
{
    return json_text(value);
}

void BundleCost::add(const Manifest& manifest)
{
    for (const TypeDeclaration& type : manifest.types)
        if (type.extends)
            fields += type.fields.size();
        else
            ++types;
    hooks += manifest.hooks.size();
    for (const HookDeclaration& hook : manifest.hooks)
        hook_ms += static_cast<std::uint64_t>(hook.budget.count());
    subscriptions += manifest.subscriptions.size();
    schedules += manifest.schedules.size();
    commands += manifest.commands.size();
}

std::vector<std::string> BundleCost::words() const
{
    std::vector<std::string> lines;
    if (bytes != 0) lines.push_back(size_words(bytes) + " on disk");
    if (types != 0)
        lines.push_back(
            count_words(types, "record type", "record types") + ", each with a table and one for its history"
        );
    if (fields != 0) lines.push_back(count_words(fields, "field", "fields") + " on record types of others");
    if (hooks != 0)
        lines.push_back(
            count_words(hooks, "hook looks", "hooks look")
            + " at changes before they are written, for at most " + std::to_string(hook_ms)
            + " ms of a batch together"
        );
    if (subscriptions != 0)
        lines.push_back(
            count_words(subscriptions, "subscription is", "subscriptions are") + " told of what happens"
        );
    if (schedules != 0)
        lines.push_back(count_words(schedules, "schedule starts", "schedules start") + " jobs by themselves");
    if (processes != 0)
        lines.push_back(count_words(processes, "plugin runs", "plugins run") + " in a process of its own");
    return lines;
}

} // namespace mortise::host
