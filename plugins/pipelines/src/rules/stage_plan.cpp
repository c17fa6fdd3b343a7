#include "rules/stage_plan.hpp"

#include "rules/stage_rules.hpp"

#include <algorithm>
#include <set>

namespace mortise::plugins::pipelines {

namespace {

Error wrong(std::string key, std::string message, std::string where)
{
    return {ErrorCode::invalid, std::move(message), "pipelines." + std::move(key), std::move(where)};
}

/// Every pipeline needs a place to begin and both ends.
Result<void> check_kinds(const std::vector<Map>& stages)
{
    for (const StageKind kind : {StageKind::open, StageKind::won, StageKind::lost})
        if (std::ranges::none_of(stages, [&](const Map& stage) {
                return stage["kind"].text() == name_of(kind);
            })) {
            const std::string name{name_of(kind)};
            return wrong("no_" + name + "_stage", "a pipeline needs a stage of the kind " + name, "/stages");
        }
    return {};
}

Result<void> complete(std::string_view pipeline, std::vector<Map>& stages)
{
    std::set<std::string> keys;
    std::int64_t position = 0;
    for (Map& stage : stages) {
        const std::string key = stage_key(pipeline, stage["name"].text());
        if (!keys.insert(key).second)
            return wrong(
                "stage_twice",
                "two stages are called \"" + std::string{stage["name"].text()} + "\"",
                "/stages"
            );
        stage.set("key", key);
        stage.set("position", position += position_step);
        if (stage["kind"].is_null()) stage.set("kind", name_of(StageKind::open));
    }
    return check_kinds(stages);
}

Map usual_stage(const char* name, StageKind kind, std::int64_t percent, const char* category)
{
    return {
        {"name", name},
        {"kind", name_of(kind)},
        {"probability", Decimal{percent * 100, probability_scale}},
        {"forecast_category", category},
    };
}

} // namespace

std::vector<Map> usual_stages()
{
    return {
        usual_stage("Prospecting", StageKind::open, 10, "pipeline"),
        usual_stage("Engaging", StageKind::open, 30, "pipeline"),
        usual_stage("Proposal", StageKind::open, 50, "best_case"),
        usual_stage("Negotiation", StageKind::open, 75, "commit"),
        usual_stage("Won", StageKind::won, 100, "closed"),
        usual_stage("Lost", StageKind::lost, 0, "omitted"),
    };
}

Result<std::vector<Map>> plan_stages(std::string_view pipeline, ValueView given)
{
    std::vector<Map> stages;
    if (given.empty())
        stages = usual_stages();
    else
        for (const ValueView stage : given.items()) {
            Map values;
            for (const auto& [name, value] : stage.entries())
                values.set(name, value.value());
            stages.push_back(std::move(values));
        }
    MORTISE_CHECK(complete(pipeline, stages));
    return stages;
}

} // namespace mortise::plugins::pipelines
