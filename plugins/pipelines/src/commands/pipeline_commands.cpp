#include "commands/pipeline_commands.hpp"

#include "rules/stage_plan.hpp"
#include "rules/stage_rules.hpp"

namespace mortise::plugins::pipelines {

namespace {

Value make_pipeline(Map values, std::vector<Map> stages, Work& work)
{
    const Id pipeline = work.create("pipeline", values);
    List made;
    for (Map& stage : stages) {
        stage.set("pipeline", pipeline);
        const Id id = work.create("stage", stage);
        made.emplace_back(Map{{"stage", id}, {"name", stage["name"]}, {"key", stage["key"]}});
    }
    return Map{{"pipeline", pipeline}, {"name", values["name"]}, {"stages", std::move(made)}};
}

} // namespace

Value create_pipeline(const Host& host, const Arguments& arguments, Work& work)
{
    const std::string_view name = arguments["name"].text();
    if (!require(host.find("pipeline", "name", name, 1, {"id"})).empty())
        fail(
            ErrorCode::exists,
            "pipelines.pipeline_exists",
            "there is a pipeline \"" + std::string{name} + "\" already",
            "name"
        );
    Map values{{"name", name}, {"active", true}};
    for (const char* field : {"currency", "position"})
        if (const ValueView given = arguments[std::string_view{field}]; !given.is_null())
            values.set(field, given.value());
    return make_pipeline(std::move(values), require(plan_stages(name, arguments["stages"])), work);
}

Value set_up(const Host& host, Work& work)
{
    const Rows count = require(host.query("SELECT count(*) AS pipelines FROM pipeline"));
    if (count.front()["pipelines"].integer() > 0) return Map{{"made", false}};
    Map values{{"name", first_pipeline}, {"active", true}, {"position", position_step}};
    make_pipeline(std::move(values), require(plan_stages(first_pipeline, {})), work);
    return Map{{"made", true}};
}

} // namespace mortise::plugins::pipelines
