#include "commands/account_commands.hpp"
#include "commands/opportunity_commands.hpp"
#include "commands/pipeline_commands.hpp"
#include "forecast/forecast_commands.hpp"
#include "forecast/snapshots.hpp"
#include "history/keeper.hpp"
#include "history/migration.hpp"
#include "money/rates.hpp"
#include "reports/report_commands.hpp"
#include "rules/opportunity_rules.hpp"
#include "rules/reader_book.hpp"
#include "rules/stage_rules.hpp"
#include "watch/watch.hpp"

#include <mortise/plugin.hpp>

namespace mortise::plugins::pipelines {

namespace {

/// Binds what plugin.json declares. Everything else is in the folders beside this file.
class Pipelines : public Plugin {
public:
    explicit Pipelines(Host given) : Plugin{std::move(given)}
    {
        bind_rules();
        bind_commands();
        bind_reports();
        bind_jobs();
        on_batch("history", [this](const Events& events, Work& work) { keep_history(host(), events, work); });
    }

    /// From 0.1 on: opportunities get their forecast category from their stage, and won ones their amount in
    /// the currency of the business. The hooks fill both in.
    Id migrate(const Migration& migration, Work& work) override
    {
        if (migration.type != "opportunity") return {};
        return fill_forecast(host(), migration.after, work);
    }

    /// A new database gets its first pipeline; asking again changes nothing.
    void activate() override
    {
        require(host().post("pipelines.set_up", {}, 0, {.key = "mortise.pipelines/first-pipeline"}));
    }

private:
    void bind_rules()
    {
        const auto opportunity = [](const Settings& settings, Reader& reader, Draft& draft) {
            check_opportunity(settings, ReaderBook{reader, &draft}, draft);
        };
        before("opportunity.create", opportunity);
        before("opportunity.update", opportunity);
        const auto stage = [](const Settings&, Reader& reader, Draft& draft) {
            check_stage(ReaderBook{reader, &draft}, draft);
        };
        before("stage.create", stage);
        before("stage.update", stage);
        before("stage.delete", [](const Settings&, Reader& reader, Draft& draft) {
            check_stage_removal(ReaderBook{reader}, draft);
        });
        const auto pipeline
            = [](const Settings& settings, Reader&, Draft& draft) { check_pipeline(settings, draft); };
        before("pipeline.create", pipeline);
        before("pipeline.update", pipeline);
        const auto rate
            = [](const Settings& settings, Reader&, Draft& draft) { check_rate(settings, draft); };
        before("currency_rate.create", rate);
        before("currency_rate.update", rate);
        before("pipeline.delete", [](const Settings&, Reader& reader, Draft& draft) {
            check_pipeline_removal(ReaderBook{reader}, draft);
        });
    }

    void bind_jobs()
    {
        job("pipelines.watch", [this](Job& running) { return watch_deadlines(host(), running); });
        job("pipelines.snapshot", [this](Job& running) { return take_snapshot(host(), running); });
    }

    void bind_commands()
    {
        write("pipelines.create_pipeline", create_pipeline);
        write("pipelines.create_opportunity", create_opportunity);
        write("pipelines.move_opportunity", move_opportunity);
        write("pipelines.win_opportunity", win_opportunity);
        write("pipelines.lose_opportunity", lose_opportunity);
        write("pipelines.reopen_opportunity", reopen_opportunity);
        write("pipelines.assign_account", assign_account);
        write("pipelines.take_snapshot", start_snapshot);
        command("pipelines.set_up", [this](const Arguments&, Work& work) { return set_up(host(), work); });
    }

    void bind_reports()
    {
        read("pipelines.opportunities_without_account", opportunities_without_account);
        read("pipelines.pipeline_by_stage", pipeline_by_stage);
        read("pipelines.won_sum", won_sum);
        read("pipelines.win_rate", win_rate);
        read("pipelines.rotting_opportunities", rotting_opportunities);
        read("pipelines.forecast", forecast);
        read("pipelines.forecast_changes", forecast_changes);
    }

    void write(std::string_view name, Value (*run)(const Host&, const Arguments&, Work&))
    {
        command(name, [this, run](const Arguments& arguments, Work& work) {
            return run(host(), arguments, work);
        });
    }
    void read(std::string_view name, Value (*run)(const Host&, const Arguments&))
    {
        command(name, [this, run](const Arguments& arguments) { return run(host(), arguments); });
    }
};

} // namespace

} // namespace mortise::plugins::pipelines

MORTISE_PLUGIN(mortise::plugins::pipelines::Pipelines)
