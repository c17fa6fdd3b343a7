#include "rules/pipeline_book.hpp"

#include <algorithm>
#include <tuple>

namespace mortise::plugins::pipelines {

std::vector<std::string> texts_of(ValueView list)
{
    std::vector<std::string> texts;
    for (const ValueView item : list.items())
        if (!item.empty()) texts.emplace_back(item.text());
    return texts;
}

Stage stage_of(ValueView record)
{
    return {
        .id = record["id"].id(),
        .pipeline = record["pipeline"].id(),
        .name = std::string{record["name"].text()},
        .key = std::string{record["key"].text()},
        .position = record["position"].integer(),
        .kind = parse_stage_kind(record["kind"].text()).value_or(StageKind::open),
        .probability = record["probability"].as<Decimal>(),
        .forecast_category = std::string{record["forecast_category"].text()},
        .required_fields = texts_of(record["required_fields"]),
        .checklist = texts_of(record["checklist"]),
    };
}

Pipeline pipeline_of(ValueView record)
{
    return {
        .id = record["id"].id(),
        .name = std::string{record["name"].text()},
        .currency = std::string{record["currency"].text()},
        .active = record["active"].boolean(true),
        .position = record["position"].integer(),
    };
}

std::vector<Stage> in_order(std::vector<Stage> stages)
{
    std::ranges::sort(stages, {}, [](const Stage& stage) { return std::tuple{stage.position, stage.id}; });
    return stages;
}

std::optional<Pipeline> default_pipeline(const PipelineBook& book)
{
    const auto pipelines = book.active_pipelines();
    const auto first = std::ranges::min_element(pipelines, {}, [](const Pipeline& pipeline) {
        return std::tuple{pipeline.position, pipeline.id};
    });
    return first == pipelines.end() ? std::nullopt : std::optional{*first};
}

std::optional<Stage> first_stage(const PipelineBook& book, Id pipeline, StageKind kind)
{
    const auto stages = in_order(book.stages_in(pipeline));
    const auto found = std::ranges::find(stages, kind, &Stage::kind);
    return found == stages.end() ? std::nullopt : std::optional{*found};
}

} // namespace mortise::plugins::pipelines
