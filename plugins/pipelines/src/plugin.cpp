#include "assignment/assignment_commands.hpp"
#include "commands/account_commands.hpp"
#include "commands/opportunity_commands.hpp"
#include "commands/pipeline_commands.hpp"
#include "deals/deal_commands.hpp"
#include "forecast/forecast_commands.hpp"
#include "forecast/snapshots.hpp"
#include "history/keeper.hpp"
#include "history/migration.hpp"
#include "leads/lead_commands.hpp"
#include "leads/lead_events.hpp"
#include "leads/lead_rules.hpp"
#include "lines/line_commands.hpp"
#include "lines/line_rules.hpp"
#include "money/rates.hpp"
#include "quotas/quota_rules.hpp"
#include "reports/report_commands.hpp"
#include "reports/sales_reports.hpp"
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
        bind_lead_and_line_rules();
        bind_commands();
        bind_reports();
        bind_jobs();
        bind_subscriptions();
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

    void bind_lead_and_line_rules()
    {
        const auto lead = [](const Settings& settings, Reader& reader, Draft& draft) {
            check_lead(settings, reader, draft);
        };
        before("lead.create", lead);
        before("lead.update", lead);
        const auto both = [this](const char* type, HookFunction hook) {
            before(std::string{type} + ".create", hook);
            before(std::string{type} + ".update", hook);
        };
        both("opportunity_line", [](const Settings&, Reader&, Draft& draft) { check_line(draft); });
        both("price", [](const Settings&, Reader&, Draft& draft) { check_price(draft); });
        both("opportunity_split", [](const Settings&, Reader&, Draft& draft) { check_split(draft); });
        both("quota", [](const Settings&, Reader&, Draft& draft) { check_quota(draft); });
    }

    void bind_subscriptions()
    {
        on_batch("history", [this](const Events& events, Work& work) { keep_history(host(), events, work); });
        on("leads", follow_lead);
        on_batch("assignment", [this](const Events& events, Work& work) {
            assign_new(host(), events, work);
        });
        on_batch("lines", [this](const Events& events, Work& work) { sum_lines(host(), events, work); });
        on("agents", [this](const Event& event, Work& work) { queue_work_of_inactive(host(), event, work); });
    }

    void bind_jobs()
    {
        job("pipelines.watch", [this](Job& running) { return watch_deadlines(host(), running); });
        job("pipelines.snapshot", [this](Job& running) { return take_snapshot(host(), running); });
    }

    void bind_commands()
    {
        write("pipelines.create_pipeline", create_pipeline);
        write("pipelines.delete_stage", delete_stage);
        write("pipelines.create_opportunity", create_opportunity);
        write("pipelines.move_opportunity", move_opportunity);
        write("pipelines.win_opportunity", win_opportunity);
        write("pipelines.lose_opportunity", lose_opportunity);
        write("pipelines.reopen_opportunity", reopen_opportunity);
        write("pipelines.assign_account", assign_account);
        write("pipelines.take_snapshot", start_snapshot);
        write("pipelines.create_lead", create_lead);
        write("pipelines.convert_lead", convert_lead);
        write("pipelines.undo_conversion", undo_conversion);
        write("pipelines.recycle_lead", recycle_lead);
        write("pipelines.drop_lead", drop_lead);
        write("pipelines.assign", assign);
        write("pipelines.reassign", reassign);
        write("pipelines.add_line", add_line);
        write("pipelines.set_splits", set_splits);
        write("pipelines.clone_opportunity", clone_opportunity);
        write("pipelines.split_opportunity", split_opportunity);
        write("pipelines.merge_opportunities", merge_opportunities);
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
        read("pipelines.quota_attainment", quota_attainment);
        read("pipelines.won_credit", won_credit);
        read("pipelines.funnel", funnel);
        read("pipelines.velocity", velocity);
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
