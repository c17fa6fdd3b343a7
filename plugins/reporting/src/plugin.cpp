#include "commands/export_command.hpp"
#include "commands/report_commands.hpp"
#include "commands/target_commands.hpp"

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
        job("reporting.look", [this](Job&) { require(host().post("reporting.check_targets")); });
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
