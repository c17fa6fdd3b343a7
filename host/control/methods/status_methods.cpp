#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "plugins/plugin_manager.hpp"

#include <mortise/abi/version.h>

#include <unistd.h>

namespace mortise::host {
namespace {

constexpr std::int64_t lag_worth_a_warning = 10'000;

boost::json::object database_json(const DatabaseFacts& facts, Host& host)
{
    return {
        {"id", host.source()},
        {"file_bytes", facts.file_bytes},
        {"wal_bytes", facts.wal_bytes},
        {"free_bytes", facts.free_page_count * facts.page_size},
        {"sqlite", facts.sqlite_version},
        {"journal_mode", facts.journal_mode},
        {"synchronous", facts.synchronous},
        {"note", facts.wal_reset_note},
        {"events", host.events().last()},
    };
}

void warn_of_subscription(const SubscriptionStatus& status, boost::json::array& warnings)
{
    const std::string name = status.plugin + '/' + status.name;
    if (status.dead > 0)
        warnings.emplace_back(
            "subscription " + name + " has " + std::to_string(status.dead)
            + " dead letters: mortise events dead-letters list"
        );
    if (status.lag > lag_worth_a_warning)
        warnings.emplace_back(
            "subscription " + name + " is " + std::to_string(status.lag) + " events behind"
        );
}

void warn_of_plugin(const PluginStatus& status, boost::json::array& warnings)
{
    if (status.enabled && !status.problems.empty())
        warnings.emplace_back(
            "plugin " + status.id + " is " + std::string{name_of(status.state)} + ": "
            + status.problems.front().message
        );
    if (!status.pinned.empty()) warnings.emplace_back("plugin " + status.id + ": " + status.pinned);
}

Answer status(Host& host)
{
    MORTISE_TRY(const DatabaseFacts facts, host.database().facts());
    boost::json::array warnings;
    const std::string stopped = host.writer().stopped_because();
    if (!stopped.empty()) warnings.emplace_back("no writes are accepted: " + stopped);
    boost::json::array subscriptions;
    for (const SubscriptionStatus& one : host.dispatcher().status()) {
        warn_of_subscription(one, warnings);
        subscriptions.emplace_back(subscription_json(one));
    }
    boost::json::array plugins;
    for (const PluginStatus& one : host.plugins().list()) {
        if (!one.enabled && one.problems.empty()) continue;
        warn_of_plugin(one, warnings);
        plugins.emplace_back(plugin_json(one));
    }
    return boost::json::value(boost::json::object{
        {"host",
         {{"version",
           std::to_string(MORTISE_VERSION_MAJOR) + '.' + std::to_string(MORTISE_VERSION_MINOR) + '.'
               + std::to_string(MORTISE_VERSION_PATCH)},
          {"folder", host.folder().path.native()},
          {"socket", host.socket().native()},
          {"pid", ::getpid()},
          {"started_at", format_instant(host.started_at())}}},
        {"database", database_json(facts, host)},
        {"types", host.records().schema()->types().size()},
        {"commands", host.commands().list().size()},
        {"users", host.users().list().size()},
        {"plugins", std::move(plugins)},
        {"subscriptions", std::move(subscriptions)},
        {"accepts_writes", stopped.empty()},
        {"warnings", std::move(warnings)},
    });
}

} // namespace

void add_status_methods(Api& api, Host& host)
{
    api.add({
        .name = "status",
        .help = "Tells how the host is: database, subscriptions, versions, warnings",
        .result = "{host, database, types, commands, users, plugins (enabled or unfit), subscriptions, "
                  "accepts_writes, warnings: [text]}",
        .handler = [&host](Call&, const Arguments&) { return status(host); },
    });
}

} // namespace mortise::host
