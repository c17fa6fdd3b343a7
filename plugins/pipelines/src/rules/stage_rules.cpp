#include "rules/stage_rules.hpp"

#include <mortise/currency.hpp>

#include <algorithm>

namespace mortise::plugins::pipelines {

namespace {

/// Letters and digits in lower case, one - for whatever is between them; bytes beyond ASCII stay.
std::string slug(std::string_view text)
{
    std::string made;
    for (const char c : text) {
        const bool is_upper = c >= 'A' && c <= 'Z';
        const bool is_kept
            = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
        if (is_upper || is_kept)
            made += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
        else if (!made.empty() && made.back() != '-')
            made += '-';
    }
    while (made.ends_with('-'))
        made.pop_back();
    return made;
}

void check_probability(StageKind kind, Draft& draft)
{
    const auto given = draft["probability"].as<Decimal>();
    const auto fixed = fixed_probability(kind);
    if (!given && fixed) return draft.set("probability", *fixed);
    if (!given || may_have_probability(kind, *given)) return;
    if (fixed && !draft.changes("probability"))
        return draft.set("probability", *fixed); // the kind has changed
    const char* rule = kind == StageKind::won ? "a won stage has a probability of 100"
        : kind == StageKind::lost             ? "a lost stage has a probability of 0"
                                              : "only lost and won stages have a probability of 0 and 100";
    draft.refuse("probability", "pipelines.probability_of_stage", rule);
}

void complete_new_stage(const PipelineBook& book, Draft& draft)
{
    const Id pipeline = draft["pipeline"].id();
    if (draft["key"].empty()) {
        const auto found = book.pipeline(pipeline);
        if (found) draft.set("key", stage_key(found->name, draft["name"].text()));
    }
    if (!draft["position"].is_null()) return;
    std::int64_t last = 0;
    for (const Stage& stage : book.stages_in(pipeline))
        last = std::max(last, stage.position);
    draft.set("position", last + position_step);
}

} // namespace

void check_stage(const PipelineBook& book, Draft& draft)
{
    const StageKind kind = parse_stage_kind(draft["kind"].text()).value_or(StageKind::open);
    check_probability(kind, draft);
    if (draft["forecast_category"].is_null()) draft.set("forecast_category", forecast_category_of(kind));
    if (draft["rot_days"].integer() < 0)
        draft.refuse(
            "rot_days", "pipelines.negative_rot_days", "the days until an opportunity rots are below zero"
        );
    if (draft.operation() == Operation::create) return complete_new_stage(book, draft);
    if (draft["key"].empty()) draft.set("key", draft.before()["key"].value());
    const StageKind before = parse_stage_kind(draft.before()["kind"].text()).value_or(StageKind::open);
    if (status_of(kind) != status_of(before) && book.is_used(draft.id()))
        draft.refuse(
            "kind",
            "pipelines.stage_in_use",
            "opportunities are in this stage: make a stage of the other kind and move them there"
        );
    if (draft.changes("pipeline") && book.is_used(draft.id()))
        draft.refuse(
            "pipeline", "pipelines.stage_in_use", "opportunities are in this stage: move them first"
        );
}

void check_stage_removal(const PipelineBook& book, Draft& draft)
{
    if (book.is_used(draft.id()))
        draft.refuse(
            "id",
            "pipelines.stage_in_use",
            "opportunities are in this stage: move them to another stage first"
        );
}

void check_pipeline(const Settings& settings, Draft& draft)
{
    if (draft["currency"].empty()) return draft.set("currency", default_currency(settings));
    const std::string_view given = draft["currency"].text();
    const Currency* currency = find_currency(given);
    if (currency == nullptr)
        return draft.refuse(
            "currency",
            "pipelines.unknown_currency",
            "\"" + std::string{given} + "\" is no currency of ISO 4217, such as EUR"
        );
    if (given != currency->alpha) draft.set("currency", currency->alpha);
}

void check_pipeline_removal(const PipelineBook& book, Draft& draft)
{
    if (!book.stages_in(draft.id()).empty())
        draft.refuse(
            "id",
            "pipelines.pipeline_in_use",
            "the pipeline has stages: delete them first, or make it inactive"
        );
}

std::string stage_key(std::string_view pipeline, std::string_view stage)
{
    return slug(pipeline) + "/" + slug(stage);
}

std::string_view default_currency(const Settings& settings)
{
    const std::string_view currency = settings["default_currency"].text();
    return currency.empty() ? "USD" : currency;
}

} // namespace mortise::plugins::pipelines
