#include "program/project_template.hpp"
#include "program/resources.hpp"
#include "program/subcommands/subcommands.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::tool {
namespace {

struct NewOptions {
    std::string id{};
    std::string kind{"basic"};
    std::string language{"cpp"};
    std::string folder{};
};

Result<Exit> make_new(Output& output, const NewOptions& options)
{
    MORTISE_TRY(const PluginName name, parse_plugin_name(options.id));
    if (options.language == "c" && options.kind != "basic")
        return tool_error(
            ErrorCode::unsupported,
            "no_template",
            "there is no template of kind " + options.kind + " in C",
            "--lang",
            "--kind basic, or --lang cpp"
        );
    const std::string kind = options.language == "c" ? "basic-c" : options.kind;
    MORTISE_TRY(const std::filesystem::path from, find_resource("templates/" + kind));
    const std::filesystem::path folder = options.folder.empty() ? name.kebab : options.folder;
    MORTISE_TRY(const std::vector<std::string> files, make_project(from, folder, name));
    const boost::json::object made{
        {"id", name.id},
        {"kind", options.kind},
        {"language", options.language},
        {"folder", std::filesystem::absolute(folder).lexically_normal().string()},
        {"files", boost::json::array(files.begin(), files.end())},
    };
    output.print(made, [&] {
        output.line(
            "made " + name.id + " in " + folder.string() + ": " + std::to_string(files.size()) + " files"
        );
        output.note(
            "next: cd " + folder.string() + " && cmake --workflow --preset dev; README.md tells the rest"
        );
    });
    return Exit::done;
}

} // namespace

void add_new(CLI::App& app, Action& action)
{
    const auto options = std::make_shared<NewOptions>();
    CLI::App* command = app.add_subcommand("new", "make a project that builds, tests and packs as it stands");
    command->add_option("ID", options->id, "a domain of yours, reversed, and a name: com.acme.leadscore")
        ->required();
    command
        ->add_option(
            "--kind",
            options->kind,
            "basic: a hook, a handler, a command. capability: record types, views, a migration, a report. "
            "integration: settings, a job, the network"
        )
        ->check(CLI::IsMember({"basic", "capability", "integration"}));
    command->add_option("--lang", options->language, "cpp, or c (basic only)")
        ->check(CLI::IsMember({"cpp", "c"}));
    command->add_option("DIR", options->folder, "where to; without it, the last part of the id");
    command->callback([&action, options] {
        action = [options](Output& output) { return make_new(output, *options); };
    });
}

} // namespace mortise::tool
