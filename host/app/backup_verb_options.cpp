#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

using BackupVerb = Result<Exit> (*)(Program&, const BackupOptions&);

/// `erasures`: whether it takes a list of erasures.
CLI::Option* add_backup_verb(
    CLI::App& app,
    VerbAction& action,
    const char* name,
    const char* help,
    BackupVerb run,
    bool erasures = false
)
{
    const auto options = std::make_shared<BackupOptions>();
    CLI::App* verb = app.add_subcommand(name, help)->fallthrough();
    CLI::Option* key
        = verb->add_option("--key-file", options->key_file, "a file with the key that it is encrypted with");
    verb->add_option(
            "--passphrase-file",
            options->passphrase_file,
            "a file with the passphrase that it is encrypted with; - asks for it, or reads standard input"
    )
        ->excludes(key);
    if (erasures)
        verb->add_option(
            "--erasures",
            options->erasures,
            "a list of erasures (erasures.ledger of a data folder): who is in it is erased again; that of "
            "the folder which is replaced counts without being named"
        );
    verb->callback([&action, options, run] {
        action = [options, run](Program& program) { return run(program, *options); };
    });
    return verb->add_option("FILE", options->file, "a backup");
}

void add_plan_verb(CLI::App& backups, VerbAction& action)
{
    const auto options = std::make_shared<BackupPlanOptions>();
    CLI::App* verb
        = backups
              .add_subcommand("plan", "have backups made by themselves from now on, and old ones taken away")
              ->fallthrough();
    verb->add_option("FOLDER", options->folder, "where they go")->required();
    const auto add_count = [verb](const char* name, std::optional<std::int64_t>& count, const char* help) {
        verb->add_option(name, count, help)->check(CLI::NonNegativeNumber);
    };
    add_count("--every-hours", options->every_hours, "how often, 24 without it");
    add_count("--keep-last", options->keep_last, "keep so many of the newest, 3 without it");
    add_count("--keep-daily", options->keep_daily, "keep the newest of so many days, 7 without it");
    add_count("--keep-weekly", options->keep_weekly, "keep the newest of so many weeks, 4 without it");
    add_count("--keep-monthly", options->keep_monthly, "keep the newest of so many months, 12 without it");
    verb->add_option("--key-file", options->key_file, "a file with the key that they are encrypted with");
    verb->callback([&action, options] {
        action = [options](Program& program) { return plan_backups(program, *options); };
    });
}

} // namespace

void add_backup_verbs(CLI::App& app, VerbAction& action)
{
    add_backup_verb(
        app, action, "backup", "write a backup of the data folder into a file, while the host works", back_up
    )
        ->required();
    add_backup_verb(app, action, "restore", "put a backup into the data folder", restore, true)->required();
    add_backup_verb(app, action, "verify", "check a backup; without one the database", verify);
    CLI::App* backups = app.add_subcommand("backups", "backups that the host makes by itself")->fallthrough();
    backups->require_subcommand(1);
    add_plan_verb(*backups, action);
    const auto add_plain = [&](const char* name, const char* help, Result<Exit> (*run)(Program&)) {
        backups->add_subcommand(name, help)->fallthrough()->callback([&action, run] { action = run; });
    };
    add_plain("list", "tell the plan, how it went so last, and what it made", list_backups);
    add_plain("now", "make the next one now", make_planned_backup);
    add_plain("off", "end the plan; what was made stays", forget_backups);
}

} // namespace mortise::host
