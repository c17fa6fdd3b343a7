#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

struct PluginOptions {
    std::string id{};
    std::vector<std::string> permissions{};
    std::uint64_t limit{100};
    std::string level{};
    bool off{false};
};

using Options = std::shared_ptr<PluginOptions>;

CLI::App* add_with_id(CLI::App& plugins, const Options& options, const char* name, const char* help)
{
    CLI::App* verb = plugins.add_subcommand(name, help)->fallthrough();
    verb->add_option("ID", options->id, "a plugin, such as mortise.pipelines")->required();
    return verb;
}

void add_changes(CLI::App& plugins, const Options& options, VerbAction& action)
{
    constexpr std::pair<const char*, const char*> changes[]{
        {"enable", "enable a plugin and grant what it asks for"},
        {"disable", "disable one; its records stay"},
        {"activate", "start its code now"},
        {"reload", "take up the newest code on disk"},
        {"grant", "grant it permissions"},
        {"revoke", "take permissions from it"},
    };
    for (const auto& [name, help] : changes) {
        CLI::App* verb = add_with_id(plugins, options, name, help);
        const std::string word = name;
        if (word == "grant" || word == "revoke")
            verb->add_option("PERMISSION", options->permissions, "such as contacts.read")->required();
        verb->callback([&action, options, word] {
            action = [options, word](Program& program) {
                return change_plugin(program, word, options->id, options->permissions);
            };
        });
    }
}

void add_isolation(CLI::App& plugins, const Options& options, VerbAction& action)
{
    CLI::App* isolate
        = add_with_id(plugins, options, "isolate", "run its code in a process of its own, or with --off not");
    isolate->add_flag("--off", options->off, "in the host's process again");
    isolate->callback([&action, options] {
        action = [options](Program& program) { return isolate_plugin(program, options->id, !options->off); };
    });
}

void add_packages(CLI::App& plugins, const Options& options, VerbAction& action)
{
    const auto package = std::make_shared<PackageOptions>();
    CLI::App* install = plugins.add_subcommand("install", "put a plugin's files on disk")->fallthrough();
    CLI::App* upgrade
        = plugins.add_subcommand("upgrade", "let a newer version take the place of the running one")
              ->fallthrough();
    for (CLI::App* verb : {install, upgrade}) {
        verb->add_option(
                "FILE",
                package->file,
                "a package (.mortise), a folder with plugin.json in it, or ID[@RANGE] from a catalog"
        )
            ->required();
        verb->add_flag("--allow-unsigned", package->allow_unsigned, "take a package that nobody vouches for");
        verb->add_flag("--replace", package->replace, "take other files of the same version");
    }
    install->add_flag("--older", package->older, "take a version older than one that has run here");
    install->add_flag("--enable", package->enable, "and enable it, granting what it asks for");
    upgrade->add_flag("--grant", package->grant, "grant what the new version asks for besides");
    install->callback([&action, package] {
        action = [package](Program& program) { return install_plugin(program, *package); };
    });
    upgrade->add_flag(
        "--rehearse",
        package->rehearse,
        "on a copy of the data: nothing changes, and you see what would happen"
    );
    upgrade->callback([&action, package] {
        action = [package](Program& program) {
            return package->rehearse ? rehearse_upgrade(program, *package)
                                     : upgrade_plugin(program, *package);
        };
    });
    add_with_id(plugins, options, "rollback", "go back to the version before the last upgrade")
        ->callback([&action, options] {
            action = [options](Program& program) { return roll_back_plugin(program, options->id); };
        });
    CLI::App* remove
        = add_with_id(plugins, options, "remove", "take a plugin away; its records stay readable");
    remove->add_flag(
        "--keep-data", package->keep_data, "what happens anyway: types and fields are archived, not deleted"
    );
    remove->add_flag("--purge", package->purge, "delete its records, with their history, for good")
        ->excludes("--keep-data");
    remove->callback([&action, options, package] {
        action = [options, package](Program& program) {
            return remove_plugin(program, options->id, package->purge);
        };
    });
}

void add_plugins(CLI::App& app, VerbAction& action)
{
    const auto options = std::make_shared<PluginOptions>();
    CLI::App* plugins = app.add_subcommand("plugins", "list, enable and look after plugins")->fallthrough();
    plugins->require_subcommand(1);
    plugins->add_subcommand("list", "list them")->fallthrough()->callback([&action] {
        action = list_plugins;
    });
    const auto text = std::make_shared<std::string>();
    CLI::App* search = plugins->add_subcommand("search", "list what the catalogs have")->fallthrough();
    search->add_option("TEXT", *text, "words of the name, the id or the summary");
    search->callback([&action, text] {
        action = [text](Program& program) { return search_plugins(program, *text); };
    });
    add_with_id(*plugins, options, "info", "tell all about one")->callback([&action, options] {
        action = [options](Program& program) { return show_plugin(program, options->id); };
    });
    CLI::App* logs
        = add_with_id(*plugins, options, "logs", "show what one has logged since the host started");
    logs->add_option("--limit", options->limit, "how many lines, 100 without it");
    logs->add_option("--level", options->level, "debug, info, warning or error: only what matters as much");
    logs->callback([&action, options] {
        action = [options](Program& program) {
            return show_plugin_logs(program, options->id, options->limit, options->level);
        };
    });
    CLI::App* stats
        = plugins->add_subcommand("stats", "tell what they have cost since the host started")->fallthrough();
    stats->add_option("ID", options->id, "one plugin; without it all");
    stats->callback([&action, options] {
        action = [options](Program& program) { return show_plugin_stats(program, options->id); };
    });
    add_changes(*plugins, options, action);
    add_isolation(*plugins, options, action);
    add_packages(*plugins, options, action);
}

void add_settings(CLI::App& app, VerbAction& action)
{
    struct Setting {
        std::string plugin{};
        std::string name{};
        std::string value{};
    };
    const auto setting = std::make_shared<Setting>();
    CLI::App* settings = app.add_subcommand("settings", "read and set a plugin's settings")->fallthrough();
    settings->add_option("ID", setting->plugin, "a plugin")->required();
    settings->require_subcommand(0, 1);
    const auto show = [&action, setting] {
        action
            = [setting](Program& program) { return show_settings(program, setting->plugin, setting->name); };
    };
    settings->callback([settings, show] {
        if (settings->get_subcommands().empty()) show();
    });
    CLI::App* get = settings->add_subcommand("get", "read one, or all")->fallthrough();
    get->add_option("KEY", setting->name, "a setting");
    get->callback(show);
    CLI::App* set = settings->add_subcommand("set", "set one")->fallthrough();
    set->add_option("KEY", setting->name, "a setting")->required();
    set->add_option(
        "VALUE",
        setting->value,
        "JSON, or text as it is; - or nothing reads it from standard input, as secrets must be"
    );
    CLI::App* unset = settings->add_subcommand("unset", "take one back to its default")->fallthrough();
    unset->add_option("KEY", setting->name, "a setting")->required();
    set->callback([&action, setting] {
        action = [setting](Program& program) {
            return change_setting(program, setting->plugin, setting->name, setting->value);
        };
    });
    unset->callback([&action, setting] {
        action
            = [setting](Program& program) { return unset_setting(program, setting->plugin, setting->name); };
    });
}

void add_jobs(CLI::App& app, VerbAction& action)
{
    const auto id = std::make_shared<std::string>();
    const auto plugin = std::make_shared<std::string>();
    CLI::App* jobs = app.add_subcommand("jobs", "list jobs, show or cancel one")->fallthrough();
    jobs->require_subcommand(0, 1);
    const auto list
        = [&action, plugin] { action = [plugin](Program& program) { return list_jobs(program, *plugin); }; };
    jobs->callback([jobs, list] {
        if (jobs->get_subcommands().empty()) list();
    });
    CLI::App* all = jobs->add_subcommand("list", "list them, the newest first")->fallthrough();
    all->add_option("--plugin", *plugin, "only those of one plugin");
    all->callback(list);
    constexpr std::pair<const char*, const char*> verbs[]{{"show", "jobs.get"}, {"cancel", "jobs.cancel"}};
    for (const auto& [name, method] : verbs) {
        CLI::App* verb = jobs->add_subcommand(name, std::string{name} + " one")->fallthrough();
        verb->add_option("ID", *id, "the job")->required();
        verb->callback([&action, id, method = std::string{method}] {
            action = [id, method](Program& program) { return use_job(program, method, *id); };
        });
    }
}

} // namespace

void add_plugin_verbs(CLI::App& app, VerbAction& action)
{
    add_plugins(app, action);
    add_settings(app, action);
    add_jobs(app, action);
}

} // namespace mortise::host
