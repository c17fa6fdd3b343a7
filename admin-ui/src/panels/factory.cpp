#include "panels/backup_screen.hpp"
#include "panels/bisect_screen.hpp"
#include "panels/bundles_screen.hpp"
#include "panels/command_screens.hpp"
#include "panels/dashboard_screen.hpp"
#include "panels/duplicates_screen.hpp"
#include "panels/event_screens.hpp"
#include "panels/home_screen.hpp"
#include "panels/import_screen.hpp"
#include "panels/list_screen.hpp"
#include "panels/operate_screens.hpp"
#include "panels/package_screen.hpp"
#include "panels/people_screen.hpp"
#include "panels/plugin_screen.hpp"
#include "panels/record_screen.hpp"
#include "panels/report_builder.hpp"
#include "panels/segment_screen.hpp"
#include "panels/settings_screen.hpp"
#include "panels/sql_screen.hpp"
#include "panels/startup_screen.hpp"
#include "panels/types_screen.hpp"
#include "views/report_screen.hpp"
#include "views/view_screen.hpp"

#include <memory>
#include <utility>

namespace mortise::ui {
namespace {

/// "opportunity?organisation=12": a type, and rows to begin with. "contact?@NAME": a view that was saved.
std::unique_ptr<Screen> make_list(Console& console, const std::string& text)
{
    const std::size_t mark = text.find('?');
    ListLook look;
    if (mark != std::string::npos) {
        const std::string filter = text.substr(mark + 1);
        const std::size_t equal = filter.find('=');
        if (filter.starts_with('@'))
            look.view = filter.substr(1);
        else if (equal != std::string::npos)
            look.filters.push_back({filter.substr(0, equal), Test::is, filter.substr(equal + 1)});
    }
    return std::make_unique<ListScreen>(console, text.substr(0, mark), std::move(look));
}

} // namespace

std::unique_ptr<Screen> make_screen(Console& console, std::string_view place)
{
    const auto parts = parts_of(place, 2);
    const std::string& name = parts[0];
    const std::string rest = parts.size() > 1 ? parts[1] : std::string{};
    if (name == "home") return std::make_unique<HomeScreen>(console);
    if (name == "status") return std::make_unique<StatusScreen>();
    if (name == "list" || name == "contacts") return make_list(console, rest.empty() ? "contact" : rest);
    if (name == "record") {
        const auto id = parts_of(rest, 2);
        if (id.size() < 2) return nullptr;
        return std::make_unique<RecordScreen>(console, id[0], id[1]);
    }
    if (name == "view" && !rest.empty()) return std::make_unique<ViewScreen>(rest);
    if (name == "report") return std::make_unique<ReportBuilder>(console, rest.empty() ? "new" : rest);
    if (name == "dashboards") return std::make_unique<DashboardScreen>(console, rest);
    if (name == "reports") return std::make_unique<ReportScreen>(rest);
    if (name == "plugins") return std::make_unique<PluginScreen>(console, rest);
    if (name == "install") return std::make_unique<PackageScreen>(console);
    if (name == "startup") return std::make_unique<StartupScreen>();
    if (name == "bisect") return std::make_unique<BisectScreen>();
    if (name == "segment") return std::make_unique<SegmentScreen>(console, rest.empty() ? "new" : rest);
    if (name == "backup") return std::make_unique<BackupScreen>();
    if (name == "events") return std::make_unique<EventScreen>(console, rest);
    if (name == "dead-letters") return std::make_unique<DeadLetterScreen>();
    if (name == "subscriptions") return std::make_unique<SubscriptionScreen>();
    if (name == "jobs") return std::make_unique<JobScreen>();
    if (name == "users") return std::make_unique<PeopleScreen>(rest);
    if (name == "commands") return std::make_unique<CommandScreen>(rest);
    if (name == "settings") return std::make_unique<SettingsScreen>(rest);
    if (name == "types") return std::make_unique<TypesScreen>(rest);
    if (name == "sql") return std::make_unique<SqlScreen>(console, rest);
    if (name == "bundles") return std::make_unique<BundlesScreen>(console, rest);
    if (name == "duplicates") return std::make_unique<DuplicatesScreen>(console);
    if (name == "import") return std::make_unique<ImportScreen>(console);
    return nullptr;
}

} // namespace mortise::ui
