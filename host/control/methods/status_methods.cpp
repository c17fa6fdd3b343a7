#include "base/time_text.hpp"
#include "bundles/bundles.hpp"
#include "control/backup/backup_keeper.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "plugins/plugin_manager.hpp"
#include "privacy/erasure_ledger.hpp"

#include <mortise/abi/version.h>

#include <algorithm>
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
    // A first attempt may fail because somebody else was quicker; the next one, a second later, tells.
    if (status.failing && status.failing->attempts > 1)
        warnings.emplace_back(
            "subscription " + name + " fails at event " + std::to_string(status.failing->number) + " ("
            + status.failing->type + "), attempt " + std::to_string(status.failing->attempts) + ": "
            + status.failing->error
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
            + (status.problems.front().hint.empty() ? "" : ": " + status.problems.front().hint)
        );
    if (status.process != 0 && status.box && status.box->tier() < BoxTier::boxed)
        warnings.emplace_back(
            "plugin " + status.id + " runs in a box of tier \"" + std::string{name_of(status.box->tier())}
            + "\": " + status.box->words()
        );
    if (!status.pinned.empty()) warnings.emplace_back("plugin " + status.id + ": " + status.pinned);
}

void warn_of_ledger(const ErasureLedger& ledger, boost::json::array& warnings)
{
    constexpr std::size_t most_named = 10;
    const std::vector<std::size_t> damaged = ledger.damaged();
    if (damaged.empty()) return;
    std::string lines;
    for (std::size_t i = 0; i < std::min(damaged.size(), most_named); ++i)
        lines += (i == 0 ? "" : ", ") + std::to_string(damaged[i]);
    if (damaged.size() > most_named) lines += " and " + std::to_string(damaged.size() - most_named) + " more";
    warnings.emplace_back(
        "the list of erasures " + ledger.file().native() + " was changed in "
        + (damaged.size() == 1 ? "line " : "lines ") + lines
        + ": a backup from before would bring back whom it named there, and a restore in place is refused; "
          "stop the host, and put a copy of the list in its place or take what was changed out"
    );
}

/// What search says of itself.
Answer search_status(Host& host, Call& call, const Arguments& arguments, boost::json::array& warnings)
{
    const auto& methods = host.api().methods();
    const auto found = methods.find("search.status");
    if (found == methods.end()) return boost::json::value{};
    MORTISE_TRY(boost::json::value told, found->second.handler(call, arguments));
    const boost::json::object& status = told.as_object();
    if (const boost::json::string& problem = status.at("problem").as_string(); !problem.empty())
        warnings.emplace_back("search stands still: " + std::string{problem});
    if (const std::int64_t behind = status.at("behind").as_int64(); behind > lag_worth_a_warning)
        warnings.emplace_back("search is " + std::to_string(behind) + " events behind");
    return told;
}

Answer status(Host& host, Call& call, const Arguments& arguments)
{
    MORTISE_TRY(const DatabaseFacts facts, host.database().facts());
    boost::json::array warnings;
    const std::string stopped = host.writer().stopped_because();
    if (!stopped.empty()) warnings.emplace_back("no writes are accepted: " + stopped);
    if (const auto problem = host.bundles().problem())
        warnings.emplace_back(problem->message + ": mend that, then run \"mortise bundles rollback\"");
    MORTISE_TRY(std::string backups, host.backups().warning());
    if (!backups.empty()) warnings.emplace_back(std::move(backups));
    if (const ErasureLedger* ledger = host.ledger()) warn_of_ledger(*ledger, warnings);
    boost::json::array subscriptions;
    for (const SubscriptionStatus& one : host.dispatcher().status()) {
        warn_of_subscription(one, warnings);
        subscriptions.emplace_back(subscription_json(one));
    }
    MORTISE_TRY(boost::json::value search, search_status(host, call, arguments, warnings));
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
        {"search", std::move(search)},
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
        .result
        = "{host, database, types, commands, users, plugins (enabled or unfit), subscriptions, search, "
          "accepts_writes, warnings: [text]}",
        .handler = [&host](Call& call, const Arguments& arguments) { return status(host, call, arguments); },
    });
}

} // namespace mortise::host
