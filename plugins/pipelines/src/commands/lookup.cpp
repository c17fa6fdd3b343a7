#include "commands/lookup.hpp"

#include "rules/calendar.hpp"
#include "rules/identifiers.hpp"

#include <algorithm>

namespace mortise::plugins::pipelines {

namespace {

std::string in_words(ValueView meant)
{
    if (const auto id = parse_id(meant)) return std::to_string(id->number);
    return "\"" + std::string{meant.text()} + "\"";
}

[[noreturn]] void fail_unknown(std::string_view type, ValueView meant, std::string_view where)
{
    fail(
        ErrorCode::not_found,
        "pipelines.unknown_" + std::string{type},
        "there is no " + std::string{type} + " " + in_words(meant),
        std::string{where}
    );
}

std::string names_of(const std::vector<Stage>& stages)
{
    std::string names;
    for (const Stage& stage : stages)
        names += (names.empty() ? "" : ", ") + stage.name;
    return names;
}

} // namespace

Id find_record(
    const Host& host, std::string_view type, std::string_view by, ValueView meant, std::string_view where
)
{
    if (const auto id = parse_id(meant)) {
        const auto found = require(host.get(type, std::span{&*id, 1}, {"id"}));
        if (found.empty()) fail_unknown(type, meant, where);
        return *id;
    }
    const auto found = require(host.find(type, by, meant.text(), 2, {"id"}));
    if (found.empty()) fail_unknown(type, meant, where);
    if (found.size() > 1)
        fail(
            ErrorCode::conflict,
            "pipelines.ambiguous_" + std::string{type},
            "several of the type " + std::string{type} + " are called " + in_words(meant) + ": give the id",
            std::string{where}
        );
    return found.front().id();
}

Id find_optional(
    const Host& host, std::string_view type, std::string_view by, ValueView meant, std::string_view where
)
{
    return meant.empty() ? Id{} : find_record(host, type, by, meant, where);
}

Pipeline find_pipeline(const PipelineBook& book, const Host& host, ValueView meant)
{
    if (meant.empty()) {
        auto chosen = default_pipeline(book);
        if (!chosen)
            refuse(
                "pipelines.no_pipeline",
                "there is no active pipeline: make one with pipelines.create_pipeline",
                "pipeline"
            );
        return *std::move(chosen);
    }
    auto found = book.pipeline(find_record(host, "pipeline", "name", meant, "pipeline"));
    if (!found) fail_unknown("pipeline", meant, "pipeline");
    return *std::move(found);
}

Stage find_stage(const PipelineBook& book, const Host& host, Id pipeline, ValueView meant)
{
    if (parse_id(meant) || meant.text().find('/') != std::string_view::npos) {
        auto found = book.stage(find_record(host, "stage", "key", meant, "stage"));
        if (!found) fail_unknown("stage", meant, "stage");
        return *std::move(found);
    }
    const auto stages = in_order(book.stages_in(pipeline));
    const auto found = std::ranges::find(stages, meant.text(), &Stage::name);
    if (found == stages.end())
        fail(
            ErrorCode::not_found,
            "pipelines.unknown_stage",
            "the pipeline has no stage " + in_words(meant) + ": it has " + names_of(stages),
            "stage"
        );
    return *found;
}

std::optional<Date> day_argument(const Arguments& arguments, std::string_view name)
{
    const ValueView given = arguments[name];
    if (given.is_null()) return std::nullopt;
    if (const auto date = given.as<Date>()) return date;
    const auto day = parse_day(given.text());
    if (!day)
        fail(
            ErrorCode::invalid,
            "pipelines.no_day",
            "\"" + std::string{given.text()} + "\" is no day written YYYY-MM-DD",
            std::string{name}
        );
    return day;
}

} // namespace mortise::plugins::pipelines
