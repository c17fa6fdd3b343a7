#include "commands/pipeline_commands.hpp"

#include "commands/lookup.hpp"
#include "rules/reader_book.hpp"
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

Value delete_stage(const Host& host, const Arguments& arguments, Work& work)
{
    const Reader reader{host};
    const ReaderBook book{reader};
    const Id pipeline = find_pipeline(book, host, arguments["pipeline"]).id;
    const Stage stage = find_stage(book, host, pipeline, arguments["stage"]);
    const Rows rows = require(host.query(
        "SELECT o.id AS id FROM opportunity o WHERE o.stage = :stage ORDER BY o.id LIMIT 10000",
        Map{{"stage", stage.id}}
    ));
    if (!rows.empty() && arguments["move_to"].empty())
        refuse(
            "pipelines.stage_in_use",
            std::to_string(rows.size()) + " opportunities are in \"" + stage.name
                + "\": say with move_to which stage takes them",
            "move_to"
        );
    if (!rows.empty()) {
        const Stage target = find_stage(book, host, stage.pipeline, arguments["move_to"]);
        if (target.id == stage.id || status_of(target.kind) != status_of(stage.kind))
            refuse(
                "pipelines.stage_of_other_kind",
                "the opportunities go to another stage that is " + std::string{status_of(stage.kind)}
                    + " too",
                "move_to"
            );
        // In a unit of its own: the stage must be seen to be empty before it goes.
        require(host.transact([&](Work& moves) {
            for (const Row row : rows)
                moves.update("opportunity", row["id"].id(), {{"stage", target.id}});
        }));
    }
    work.remove("stage", stage.id);
    return Map{{"stage", stage.id}, {"moved", static_cast<std::int64_t>(rows.size())}};
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
