#include "control/backup/report.hpp"

namespace mortise::host {

boost::json::array report_of(const std::vector<DatabaseCheck>& checks)
{
    boost::json::array json;
    for (const DatabaseCheck& check : checks)
        json.emplace_back(boost::json::object{
            {"name", check.name},
            {"looked_at", check.looked_at},
            {"wrong", check.wrong},
            {"findings", boost::json::array(check.findings.begin(), check.findings.end())},
        });
    return json;
}

boost::json::object report_of(const BackupOutcome& outcome)
{
    return {
        {"ok", is_sound(outcome.checks)},
        {"bytes", outcome.contents.size},
        {"about", outcome.contents.about},
        {"files", outcome.contents.entries.size() - 1},
        {"checks", report_of(outcome.checks)},
    };
}

boost::json::object report_of(const RestoredErasures& erasures)
{
    boost::json::array others;
    for (const Id id : erasures.done.with_others)
        others.emplace_back(std::to_string(id.number));
    return {
        {"sources", boost::json::array(erasures.sources.begin(), erasures.sources.end())},
        {"foreign", boost::json::array(erasures.foreign.begin(), erasures.foreign.end())},
        {"contacts", erasures.done.contacts},
        {"applied", erasures.done.applied},
        {"before", erasures.done.before},
        {"not_there", erasures.done.not_there},
        {"with_others", std::move(others)},
    };
}

} // namespace mortise::host
