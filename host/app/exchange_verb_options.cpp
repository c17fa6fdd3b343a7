#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

void add_import(CLI::App& app, VerbAction& action)
{
    const auto options = std::make_shared<ImportOptionsOfVerb>();
    CLI::App* import = app.add_subcommand("import", "take the rows of a file in as records")->fallthrough();
    import->add_option("FILE", options->file, "the file")->required()->check(CLI::ExistingFile);
    import->add_option(
        "--type", options->type, "record type; without it what the mapping says, else contact"
    );
    import->add_option("--format", options->format, "without it by the file's name")
        ->check(CLI::IsMember({"csv", "vcard", "jsonl"}));
    import->add_option("--map", options->map, "a mapping file: how columns become fields")
        ->check(CLI::ExistingFile);
    import
        ->add_option("--mode", options->mode, "what to do with rows whose record is there, create without it")
        ->check(CLI::IsMember({"create", "update", "upsert", "skip"}));
    import->add_option("--match", options->match, "the fields that make a row the same record")
        ->delimiter(',')
        ->allow_extra_args(false);
    import->add_option(
        "--errors",
        options->errors,
        "write the rows that are refused into this file, to mend and import again"
    );
    import->add_option("--resume", options->resume, "go on with an import that was stopped");
    import->add_flag("--dry-run", options->dry_run, "check everything, write nothing");
    import->callback([&action, options] {
        action = [options](Program& program) { return import_file(program, *options); };
    });
}

void add_undo(CLI::App& app, VerbAction& action)
{
    struct Options {
        std::string target{};
        std::string kind{};
        bool force{false};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* verb
        = app.add_subcommand("undo", "take back an import, a merge or a transaction")->fallthrough();
    verb->add_option("TARGET", options->target, "an import's or a merge's id, or a transaction's number")
        ->required();
    verb->add_option("--kind", options->kind, "which it is, when the number is several")
        ->check(CLI::IsMember({"import", "merge", "transaction"}));
    verb->add_flag("--force", options->force, "leave what was changed since, and take back the rest");
    verb->callback([&action, options] {
        action = [options](Program& program) {
            return undo(program, options->target, options->kind, options->force);
        };
    });
}

void add_export(CLI::App& app, VerbAction& action)
{
    const auto options = std::make_shared<ExportOptionsOfVerb>();
    CLI::App* verb = app.add_subcommand("export", "write the records of a type into a file that import takes")
                         ->fallthrough();
    verb->add_option("TYPE", options->type, "a record type")->required();
    verb->add_option("--format", options->format, "without it by the file's name, else csv")
        ->check(CLI::IsMember({"csv", "vcard", "jsonl"}));
    verb->add_option("--where", options->where, "only the records that fulfil this SQL condition");
    verb->add_option("-o,--output", options->output, "the file; without it to standard output");
    verb->add_flag(
        "--no-formula-guard",
        options->no_formula_guard,
        "csv: put no apostrophe before texts that a spreadsheet would run as formulas"
    );
    verb->callback([&action, options] {
        action = [options](Program& program) { return export_records(program, *options); };
    });
}

} // namespace

void add_exchange_verbs(CLI::App& app, VerbAction& action)
{
    add_import(app, action);
    add_export(app, action);
    add_undo(app, action);
}

} // namespace mortise::host
