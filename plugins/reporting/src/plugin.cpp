#include "commands/export_command.hpp"
#include "commands/report_commands.hpp"
#include "commands/schedule_commands.hpp"
#include "commands/target_commands.hpp"
#include "output/canvas.hpp"

#include <mortise/plugin.hpp>

namespace mortise::plugins::reporting {

namespace {

/// Binds what plugin.json declares. Everything else is in the folders beside this file.
class Reporting : public Plugin {
public:
    explicit Reporting(Host given) : Plugin{std::move(given)}
    {
        before("report.create", [](const Settings&, Reader&, Draft& draft) { check_report(draft); });
        before("report.update", [](const Settings&, Reader&, Draft& draft) { check_report(draft); });
        read("reporting.run", run_report);
        read("reporting.drill", drill);
        read("reporting.explain", explain);
        read("reporting.export", export_report);
        command("reporting.sources", [this](const Arguments& arguments) {
            return sources(host(), arguments);
        });
        write("reporting.create_report", create_report);
        write("reporting.define_report", define_report);
        write("reporting.create_target", create_target);
        write("reporting.check_targets", check_targets);
        write("reporting.set_up_standard", set_up_standard);
        read("reporting.show_dashboard", show_dashboard);
        // A job has a thread of its own; what it wakes belongs to the strand.
        job("reporting.look", [this](Job&) {
            require(host().post("reporting.check_targets"));
            require(host().post("reporting.plan_schedules"));
        });
        before("report_schedule.update", [](const Settings&, Reader&, Draft& draft) {
            check_schedule(draft);
        });
        write("reporting.create_schedule", create_schedule);
        write("reporting.run_schedule", run_schedule);
        write("reporting.plan_schedules", plan_schedules);
        read("reporting.kept_file", kept_file);
        job("reporting.make", [this](Job& running) { return make_file(host(), running); });
        // Of somebody's changes, and of the plan itself, which finds nothing more to do then.
        on_batch("schedules", [this](const Events&, Work&) {
            require(host().post("reporting.plan_schedules"));
        });
    }

    void activate() override
    {
        keep_cairo();
        require(host().post("reporting.plan_schedules"));
    }

private:
    void write(std::string_view name, Value (*run)(ZoneBook&, const Host&, const Arguments&, Work&))
    {
        command(name, [this, run](const Arguments& arguments, Work& work) {
            return run(m_zones, host(), arguments, work);
        });
    }
    void read(std::string_view name, Value (*run)(ZoneBook&, const Host&, const Arguments&))
    {
        command(name, [this, run](const Arguments& arguments) { return run(m_zones, host(), arguments); });
    }

    ZoneBook m_zones;
};

} // namespace

} // namespace mortise::plugins::reporting

MORTISE_PLUGIN(mortise::plugins::reporting::Reporting)
