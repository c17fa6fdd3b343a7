#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

CLI::App* add_with_bundle(
    CLI::App& bundles, const std::shared_ptr<BundleOptions>& options, const char* name, const char* help
)
{
    CLI::App* verb = bundles.add_subcommand(name, help)->fallthrough();
    verb->add_option("BUNDLE", options->bundle, "a file, or the name of one that came with the system")
        ->required();
    verb->add_flag("--sample-data", options->sample_data, "make its sample data too");
    verb->add_option("--lock", options->lock, "keep to exactly the versions and files that this file names");
    verb->add_option("--write-lock", options->write_lock, "write into this file what it came to");
    return verb;
}

void add_export(CLI::App& bundles, VerbAction& action)
{
    const auto options = std::make_shared<BundleExportOptions>();
    CLI::App* verb
        = bundles
              .add_subcommand(
                  "export",
                  "make a bundle of what runs: plugins, settings, fields of your own, and the records "
                  "of the types that you name"
              )
              ->fallthrough();
    verb->add_option("NAME", options->name, "its name, in small letters: our-sales")->required();
    verb->add_option("--version", options->version, "its version; 1.0.0 without it");
    verb->add_option("--title", options->title, "what people call it");
    verb->add_option("--description", options->description, "what it is for");
    verb->add_option("--records", options->types, "a record type whose records go with it, such as report");
    verb->add_option("-o,--output", options->file, "the file; without it standard output");
    verb->callback([&action, options] {
        action = [options](Program& program) { return export_bundle(program, *options); };
    });
}

} // namespace

void add_bundle_verbs(CLI::App& app, VerbAction& action)
{
    CLI::App* bundles
        = app.add_subcommand("bundles", "sets of plugins with settings, fields and records")->fallthrough();
    bundles->require_subcommand(1);
    bundles->add_subcommand("list", "list those that came with the system")
        ->fallthrough()
        ->callback([&action] { action = list_bundles; });
    bundles->add_subcommand("history", "list what was applied and taken back")
        ->fallthrough()
        ->callback([&action] { action = show_bundle_history; });
    const auto options = std::make_shared<BundleOptions>();
    add_with_bundle(*bundles, options, "plan", "tell what one would do; nothing is changed")
        ->callback([&action, options] {
            action = [options](Program& program) { return plan_bundle(program, *options); };
        });
    add_with_bundle(*bundles, options, "apply", "do all of it, or nothing")->callback([&action, options] {
        action = [options](Program& program) { return apply_bundle(program, *options); };
    });
    const auto look = std::make_shared<bool>(false);
    CLI::App* rollback
        = bundles->add_subcommand("rollback", "take the one back that was applied last")->fallthrough();
    rollback->add_flag("--dry-run", *look, "only tell what would be taken back");
    rollback->callback([&action, look] {
        action = [look](Program& program) { return roll_back_bundle(program, *look); };
    });
    const auto name = std::make_shared<std::string>();
    const auto file = std::make_shared<std::string>();
    CLI::App* lock = bundles->add_subcommand("lock", "tell which versions and files an applied one came to")
                         ->fallthrough();
    lock->add_option("NAME", *name, "of a bundle; without it the one that was applied last");
    lock->add_option("-o,--output", *file, "the file; without it standard output");
    lock->callback([&action, name, file] {
        action = [name, file](Program& program) { return lock_bundle(program, *name, *file); };
    });
    add_export(*bundles, action);
}

} // namespace mortise::host
