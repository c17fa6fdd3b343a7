#include "commands/opportunity_commands.hpp"

#include "commands/amounts.hpp"
#include "commands/lookup.hpp"
#include "rules/identifiers.hpp"
#include "rules/reader_book.hpp"
#include "rules/stage_rules.hpp"

#include <algorithm>

namespace mortise::plugins::pipelines {

namespace {

/// The opportunity that a command is about, as it is now.
Record find_opportunity(const Host& host, const Arguments& arguments)
{
    const auto id = parse_id(arguments["opportunity"]);
    if (!id) fail(ErrorCode::invalid, "pipelines.no_id", "an opportunity is named by its id", "opportunity");
    return require(host.get("opportunity", *id));
}

Stage require_first_stage(const PipelineBook& book, Id pipeline, StageKind kind)
{
    auto stage = first_stage(book, pipeline, kind);
    if (!stage)
        refuse(
            "pipelines.no_" + std::string{name_of(kind)} + "_stage",
            "the pipeline has no stage of the kind " + std::string{name_of(kind)} + ": make one",
            "stage"
        );
    return *std::move(stage);
}

/// The stage that the argument names, or the first of that kind. It must be of that status.
Stage stage_for(
    const PipelineBook& book, const Host& host, const Arguments& arguments, Id pipeline, StageKind kind
)
{
    if (arguments["stage"].empty()) return require_first_stage(book, pipeline, kind);
    Stage stage = find_stage(book, host, pipeline, arguments["stage"]);
    if (status_of(stage.kind) != status_of(kind))
        refuse(
            "pipelines.stage_of_other_kind",
            "the stage \"" + stage.name + "\" is of the kind " + std::string{name_of(stage.kind)},
            "stage"
        );
    return stage;
}

/// Takes arguments over as fields, where they are given.
void copy_given(const Arguments& arguments, std::initializer_list<const char*> names, Map& values)
{
    for (const char* name : names)
        if (const ValueView given = arguments[std::string_view{name}]; !given.is_null())
            values.set(name, given.value());
}

/// Fields that are set with a move: what the new stage needs, and items of its checklist beside those ticked
/// before.
void copy_entry(const Arguments& arguments, ValueView ticked_before, Map& values)
{
    for (const auto& [field, value] : arguments["set"].entries())
        values.set(field, value.value());
    if (arguments["checked"].is_null()) return;
    std::vector<std::string> ticked = texts_of(ticked_before);
    for (const std::string& item : texts_of(arguments["checked"]))
        if (std::ranges::find(ticked, item) == ticked.end()) ticked.push_back(item);
    List list;
    for (std::string& item : ticked)
        list.emplace_back(std::move(item));
    values.set("checked", std::move(list));
}

Map answer(Id opportunity, Id from, const Stage& to)
{
    return {
        {"opportunity", opportunity},
        {"from", from ? Value{from} : Value{}},
        {"to", to.id},
        {"stage", to.name},
        {"status", status_of(to.kind)},
    };
}

/// `version` is the one that the caller looked at; 0 for the one that is there now.
Value change_stage(
    const Record& opportunity, const Stage& stage, Map values, Work& work, std::int64_t version = 0
)
{
    const Id from = opportunity["stage"].id();
    values.set("stage", stage.id);
    values.set("pipeline", stage.pipeline);
    work.update(
        "opportunity",
        opportunity.id(),
        values,
        version > 0 ? static_cast<std::uint64_t>(version) : opportunity.version()
    );
    return answer(opportunity.id(), from, stage);
}

void refuse_if_status(const Record& opportunity, std::string_view status)
{
    if (opportunity["status"].text() == status)
        refuse(
            "pipelines.already_" + std::string{status},
            "opportunity " + std::to_string(opportunity.id().number) + " is " + std::string{status}
                + " already",
            "opportunity"
        );
}

} // namespace

Value create_opportunity(const Host& host, const Arguments& arguments, Work& work)
{
    const Reader reader{host};
    const ReaderBook book{reader};
    const bool names_stage = !arguments["stage"].empty();
    Pipeline pipeline = find_pipeline(book, host, arguments["pipeline"]);
    const Stage stage = names_stage ? find_stage(book, host, pipeline.id, arguments["stage"])
                                    : require_first_stage(book, pipeline.id, StageKind::open);
    Map values{{"pipeline", stage.pipeline}, {"stage", stage.id}};
    copy_given(
        arguments,
        {"name",
         "probability",
         "engage_date",
         "close_date",
         "lost_reason",
         "won_reason",
         "competitor",
         "forecast_category",
         "source",
         "external_id",
         "note"},
        values
    );
    copy_amount(arguments, currency_of(host, pipeline), values);
    for (const auto& [argument, type] :
         {std::pair{"organisation", "contact"},
          std::pair{"contact", "contact"},
          std::pair{"product", "product"},
          std::pair{"agent", "sales_agent"}})
        if (const Id id = find_optional(host, type, "name", arguments[std::string_view{argument}], argument))
            values.set(argument, id);
    copy_entry(arguments, {}, values);
    const Id id = work.create("opportunity", values);
    return answer(id, {}, stage);
}

Value move_opportunity(const Host& host, const Arguments& arguments, Work& work)
{
    const Reader reader{host};
    const ReaderBook book{reader};
    const Record opportunity = find_opportunity(host, arguments);
    const Id pipeline = arguments["pipeline"].empty() ? opportunity["pipeline"].id()
                                                      : find_pipeline(book, host, arguments["pipeline"]).id;
    const Stage stage = find_stage(book, host, pipeline, arguments["stage"]);
    Map values;
    copy_given(arguments, {"lost_reason", "close_date"}, values);
    copy_entry(arguments, opportunity["checked"], values);
    return change_stage(opportunity, stage, std::move(values), work, arguments["version"].integer());
}

Value win_opportunity(const Host& host, const Arguments& arguments, Work& work)
{
    const Reader reader{host};
    const ReaderBook book{reader};
    const Record opportunity = find_opportunity(host, arguments);
    refuse_if_status(opportunity, "won");
    const Id pipeline = opportunity["pipeline"].id();
    const Stage stage = stage_for(book, host, arguments, pipeline, StageKind::won);
    Map values;
    copy_given(arguments, {"close_date"}, values);
    if (!arguments["amount"].is_null()) {
        const auto found = book.pipeline(pipeline);
        copy_amount(arguments, currency_of(host, found.value_or(Pipeline{})), values);
    }
    if (!arguments["reason"].empty()) values.set("won_reason", arguments["reason"].value());
    copy_entry(arguments, opportunity["checked"], values);
    return change_stage(opportunity, stage, std::move(values), work);
}

Value lose_opportunity(const Host& host, const Arguments& arguments, Work& work)
{
    const Reader reader{host};
    const ReaderBook book{reader};
    const Record opportunity = find_opportunity(host, arguments);
    refuse_if_status(opportunity, "lost");
    const Stage stage = stage_for(book, host, arguments, opportunity["pipeline"].id(), StageKind::lost);
    Map values;
    copy_given(arguments, {"close_date"}, values);
    copy_given(arguments, {"competitor"}, values);
    if (!arguments["reason"].empty()) values.set("lost_reason", arguments["reason"].value());
    copy_entry(arguments, opportunity["checked"], values);
    return change_stage(opportunity, stage, std::move(values), work);
}

Value reopen_opportunity(const Host& host, const Arguments& arguments, Work& work)
{
    const Reader reader{host};
    const ReaderBook book{reader};
    const Record opportunity = find_opportunity(host, arguments);
    refuse_if_status(opportunity, "open");
    const Id pipeline = opportunity["pipeline"].id();
    Map values;
    copy_given(arguments, {"close_date"}, values);
    if (!arguments["stage"].empty())
        return change_stage(
            opportunity, stage_for(book, host, arguments, pipeline, StageKind::open), std::move(values), work
        );
    // Back to where it was before it was closed, if that stage is still open.
    const auto left = parse_id(opportunity["last_move"]["from"]);
    const auto before = left ? book.stage(*left) : std::nullopt;
    const bool returns = before && before->pipeline == pipeline && !is_closed(before->kind);
    const Stage stage = returns ? *before : require_first_stage(book, pipeline, StageKind::open);
    return change_stage(opportunity, stage, std::move(values), work);
}

} // namespace mortise::plugins::pipelines
