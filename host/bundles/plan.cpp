#include "bundles/plan.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace mortise::host {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 4> kind_names{"install", "plugin", "field", "records"};

json::array steps_json(const BundlePlan& plan)
{
    json::array steps;
    for (const BundleStep& step : plan.steps)
        steps.emplace_back(
            json::object{{"kind", name_of(step.kind)}, {"text", step.text}, {"what", step.what}}
        );
    return steps;
}

json::array permissions_json(const BundlePlan& plan)
{
    json::array permissions;
    for (const AskedPermission& asked : plan.permissions)
        permissions.emplace_back(
            json::object{{"plugin", asked.plugin}, {"permission", asked.permission}, {"text", asked.text}}
        );
    return permissions;
}

json::array texts_json(const std::vector<std::string>& texts)
{
    json::array list;
    for (const std::string& text : texts)
        list.emplace_back(text);
    return list;
}

} // namespace

std::string_view name_of(StepKind kind) noexcept
{
    return kind_names[static_cast<std::size_t>(kind)];
}

std::optional<StepKind> parse_step_kind(std::string_view name) noexcept
{
    const auto found = std::ranges::find(kind_names, name);
    if (found == kind_names.end()) return std::nullopt;
    return static_cast<StepKind>(found - kind_names.begin());
}

std::string BundlePlan::digest() const
{
    const json::object all{
        {"bundle", bundle},
        {"steps", steps_json(*this)},
        {"permissions", permissions_json(*this)},
        {"lock", json_of(lock)},
    };
    return "sha256:" + hex(sha256(to_json(all)));
}

json::object json_of(const BundlePlan& plan)
{
    json::array conflicts;
    for (const Error& conflict : plan.conflicts)
        conflicts.emplace_back(json::object{
            {"code", conflict.key},
            {"message", conflict.message},
            {"where", conflict.where},
            {"hint", conflict.hint}
        });
    const BundleCost& cost = plan.cost;
    return {
        {"bundle", plan.bundle},
        {"version", plan.version},
        {"possible", plan.is_possible()},
        {"steps", steps_json(plan)},
        {"permissions", permissions_json(plan)},
        {"migrations", texts_json(plan.migrations)},
        {"conflicts", std::move(conflicts)},
        {"notes", texts_json(plan.notes)},
        {"cost",
         {{"bytes", cost.bytes},
          {"types", cost.types},
          {"fields", cost.fields},
          {"hooks", cost.hooks},
          {"hook_ms", cost.hook_ms},
          {"subscriptions", cost.subscriptions},
          {"schedules", cost.schedules},
          {"commands", cost.commands},
          {"processes", cost.processes},
          {"words", texts_json(cost.words())}}},
        {"lock", json_of(plan.lock)},
        {"plan", plan.digest()},
    };
}

} // namespace mortise::host
