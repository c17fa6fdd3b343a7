#include "rules/opportunity_rules.hpp"

#include "lines/line_rules.hpp"
#include "rules/calendar.hpp"
#include "rules/closing_rules.hpp"
#include "rules/entry_rules.hpp"
#include "rules/follow.hpp"

namespace mortise::plugins::pipelines {

namespace {

void check_amount(Draft& draft)
{
    const auto amount = draft["amount"].as<Money>();
    if (amount && amount->minor < 0 && draft.changes("amount"))
        draft.refuse("amount", "pipelines.negative_amount", "the amount is below zero");
}

/// Deals that come from elsewhere often have no name: then it is what they are about, and whose they are.
void complete_name(Draft& draft)
{
    if (!draft["name"].empty()) return;
    std::string name{draft.related("product")["name"].text()};
    if (const std::string_view whose = draft.related("organisation")["name"].text(); !whose.empty())
        name.append(name.empty() ? "" : ", ").append(whose);
    if (name.empty()) name = draft["external_id"].text();
    if (!name.empty()) draft.set("name", name);
}

/// Puts a new opportunity that names no stage into the first open one.
std::optional<Stage> choose_stage(const PipelineBook& book, Draft& draft)
{
    Id pipeline = draft["pipeline"].id();
    if (!pipeline) {
        const auto chosen = default_pipeline(book);
        if (!chosen) {
            draft.refuse(
                "pipeline",
                "pipelines.no_pipeline",
                "there is no active pipeline; make one with pipelines.create_pipeline"
            );
            return std::nullopt;
        }
        pipeline = chosen->id;
        draft.set("pipeline", pipeline);
    }
    auto stage = first_stage(book, pipeline, StageKind::open);
    if (!stage) {
        draft.refuse("stage", "pipelines.no_open_stage", "the pipeline has no open stage: name a stage");
        return std::nullopt;
    }
    draft.set("stage", stage->id);
    return stage;
}

/// The stage that the opportunity will be in; nothing if it cannot be there, and then the draft is refused.
std::optional<Stage> place(const PipelineBook& book, Draft& draft)
{
    const Id id = draft["stage"].id();
    if (!id && is_new(draft)) return choose_stage(book, draft);
    auto stage = book.stage(id);
    if (!stage) {
        if (draft.changes("stage"))
            draft.refuse("stage", "pipelines.unknown_stage", "an opportunity must be in a stage that exists");
        return std::nullopt;
    }
    if (!draft["pipeline"].id()) draft.set("pipeline", stage->pipeline);
    if (draft["pipeline"].id() != stage->pipeline) {
        draft.refuse(
            "stage",
            "pipelines.stage_of_other_pipeline",
            "the stage \"" + stage->name + "\" belongs to another pipeline: name a stage of this one"
        );
        return std::nullopt;
    }
    return stage;
}

void check_pipeline_is_active(const PipelineBook& book, Draft& draft)
{
    if (!is_new(draft) && !draft.changes("pipeline")) return;
    const auto pipeline = book.pipeline(draft["pipeline"].id());
    if (pipeline && !pipeline->active)
        draft.refuse(
            "pipeline",
            "pipelines.inactive_pipeline",
            "the pipeline \"" + pipeline->name + "\" is not active: choose another, or activate it"
        );
}

/// Closed ones have the probability of their stage. Open ones have it too, unless somebody gave them their
/// own.
void follow_probability(const Stage& stage, Draft& draft)
{
    if (const auto fixed = fixed_probability(stage.kind)) {
        set_if_other(draft, "probability", *fixed);
        set_if_other(draft, "probability_manual", false);
        return;
    }
    const auto given = draft["probability"].as<Decimal>();
    if (given && draft.changes("probability")) {
        if (!may_have_probability(stage.kind, *given))
            draft.refuse(
                "probability",
                "pipelines.probability_of_open",
                "an open opportunity has a probability above 0 and below 100: win it or lose it instead"
            );
        set_if_other(draft, "probability_manual", given != stage.probability);
        return;
    }
    const bool was_closed = is_closed_status(draft.before()["status"].text());
    const bool stays = !is_new(draft) && !draft.changes("stage") && !draft.changes("probability_manual");
    const bool is_manual = draft["probability_manual"].boolean() && !was_closed;
    if (given && (stays || is_manual)) return;
    set_if_other(draft, "probability", stage.probability ? Value{*stage.probability} : Value{});
    set_if_other(draft, "probability_manual", false);
}

/// Its close date and the moment of its closing. While it is open, the close date is what people expect.
void follow_closing(std::string_view status, Draft& draft)
{
    const std::string_view status_before = draft.before()["status"].text();
    if (!is_closed_status(status)) {
        set_if_other(draft, "closed_at", {});
        if (is_closed_status(status_before) && !draft.changes("close_date")) draft.set("close_date", {});
        return;
    }
    const Date today = day_of(draft.time());
    const bool closes_now = status != status_before;
    const bool has_date = !draft["close_date"].is_null();
    if (!has_date || (closes_now && !is_new(draft) && !draft.changes("close_date")))
        draft.set("close_date", today);
    if (is_new(draft) && !draft["closed_at"].is_null()) return;
    const Date closed = draft["close_date"].get_or(today);
    if (closes_now || draft.changes("close_date"))
        draft.set("closed_at", closed < today ? start_of(closed) : draft.time());
    else
        set_if_other(draft, "closed_at", draft.before()["closed_at"].value());
}

/// The category of the stage, unless somebody gave an open one its own. Closed ones count as closed, or not.
void follow_forecast(const Stage& stage, Draft& draft)
{
    const std::string_view of_stage
        = stage.forecast_category.empty() ? forecast_category_of(stage.kind) : stage.forecast_category;
    if (is_closed(stage.kind)) {
        set_if_other(draft, "forecast_category", forecast_category_of(stage.kind));
        return set_if_other(draft, "forecast_manual", false);
    }
    const std::string given{draft["forecast_category"].text()};
    if (!given.empty() && draft.changes("forecast_category")) {
        if (given == forecast_category_of(StageKind::won))
            draft.refuse(
                "forecast_category",
                "pipelines.category_of_open",
                "an open opportunity is not closed: win it or lose it instead"
            );
        return set_if_other(draft, "forecast_manual", given != of_stage);
    }
    const bool was_closed = is_closed_status(draft.before()["status"].text());
    if (!given.empty() && draft["forecast_manual"].boolean() && !was_closed) return;
    set_if_other(draft, "forecast_category", of_stage);
    set_if_other(draft, "forecast_manual", false);
}

/// Which way a move went on the board.
std::string_view direction_of(const PipelineBook& book, const Stage& to, Id from)
{
    const auto before = book.stage(from);
    if (!before || before->pipeline != to.pipeline) return "other_pipeline";
    return to.position < before->position ? "backward" : "forward";
}

/// Keeps what the move was, so that its history can be written from the event alone.
void note_move(const PipelineBook& book, const Stage& stage, Draft& draft)
{
    const ValueView before = draft.before();
    if (is_new(draft) || !draft.changes("stage")) {
        if (is_new(draft) && draft["stage_since"].is_null()) draft.set("stage_since", draft.time());
        if (!is_new(draft)) set_if_other(draft, "stage_since", before["stage_since"].value());
        set_if_other(draft, "last_move", before["last_move"].value());
        return;
    }
    const Instant since = before["stage_since"].get_or(draft.time());
    const std::int64_t stayed = draft.time().microseconds - since.microseconds;
    draft.set("stage_since", draft.time());
    draft.set(
        "last_move",
        Map{
            {"from", before["stage"].value()},
            {"to", draft["stage"].value()},
            {"at", draft.time()},
            {"seconds", stayed > 0 ? stayed / 1'000'000 : 0},
            {"direction", direction_of(book, stage, before["stage"].id())},
            {"amount_before", before["amount"].value()},
            {"amount_after", draft["amount"].value()},
            {"close_date_before", before["close_date"].value()},
            {"close_date_after", draft["close_date"].value()},
        }
    );
}

} // namespace

void check_opportunity(const Settings& settings, const PipelineBook& book, Draft& draft)
{
    follow_recurring(draft);
    check_amount(draft);
    complete_name(draft);
    const auto stage = place(book, draft);
    if (!stage) return;
    check_pipeline_is_active(book, draft);
    const std::string_view status = status_of(stage->kind);
    set_if_other(draft, "status", status);
    follow_probability(*stage, draft);
    follow_closing(status, draft);
    follow_reasons(settings, book, status, draft);
    follow_forecast(*stage, draft);
    follow_deadlines(status, draft);
    follow_base_amount(settings, book, status, draft);
    check_entry(*stage, draft);
    note_move(book, *stage, draft);
}

} // namespace mortise::plugins::pipelines
