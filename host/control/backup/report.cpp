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

} // namespace mortise::host
