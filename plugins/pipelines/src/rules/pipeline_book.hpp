#pragma once

/// \file
/// What rules and commands need to know of pipelines and stages, and where they look it up.

#include "rules/stage_kind.hpp"

#include <mortise/value_view.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::pipelines {

struct Stage {
    Id id{};
    Id pipeline{};
    std::string name{};
    std::string key{};
    std::int64_t position{0};
    StageKind kind{StageKind::open};
    std::optional<Decimal> probability{};
    std::string forecast_category{};
    std::vector<std::string> required_fields{}; ///< of opportunities in it
    std::vector<std::string> checklist{}; ///< what must be ticked before one enters it
};

struct Pipeline {
    Id id{};
    std::string name{};
    std::string currency{};
    bool active{true};
    std::int64_t position{0};
};

/// The texts of a list, such as the checklist of a stage.
std::vector<std::string> texts_of(ValueView list);

/// Reads the record of a stage or of a pipeline.
Stage stage_of(ValueView record);
Pipeline pipeline_of(ValueView record);

/// Looks pipelines and stages up. Thread-safety: that of whoever implements it.
class PipelineBook {
public:
    PipelineBook() = default;
    PipelineBook(const PipelineBook&) = delete;
    PipelineBook& operator=(const PipelineBook&) = delete;
    virtual ~PipelineBook() = default;

    /// Nothing if there is no such record, or it was deleted.
    virtual std::optional<Stage> stage(Id id) const = 0;
    virtual std::optional<Pipeline> pipeline(Id id) const = 0;
    /// In any order.
    virtual std::vector<Stage> stages_in(Id pipeline) const = 0;
    virtual std::vector<Pipeline> active_pipelines() const = 0;
    /// Whether an opportunity is in the stage.
    virtual bool is_used(Id stage) const = 0;
    /// Whether the list of reasons has an active one of this name for this outcome (won, lost).
    virtual bool has_reason(std::string_view name, std::string_view outcome) const = 0;
    /// What one unit of `from` is worth in `to` on that day: the newest rate until then; nothing if there is
    /// none.
    virtual std::optional<Decimal> rate(std::string_view from, std::string_view to, Date day) const = 0;
};

/// Stages of a pipeline in the order of its board.
std::vector<Stage> in_order(std::vector<Stage> stages);
/// The pipeline that new opportunities go into if nothing is said: the first active one.
std::optional<Pipeline> default_pipeline(const PipelineBook& book);
/// The first stage of that kind.
std::optional<Stage> first_stage(const PipelineBook& book, Id pipeline, StageKind kind);

} // namespace mortise::plugins::pipelines
