#include "plugins/package/package_writer.hpp"
#include "program/built_plugin.hpp"
#include "program/subcommands/subcommands.hpp"

#include <boost/json/object.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::tool {
namespace {

struct PackOptions {
    std::string folder{};
    std::string output{};
};

Result<Exit> pack(Output& output, const PackOptions& options)
{
    MORTISE_TRY(const BuiltPlugin plugin, find_built_plugin(options.folder));
    MORTISE_CHECK(check_manifest(plugin.folder));
    MORTISE_TRY(const auto sources, host::package_files_in(plugin.folder));
    const std::filesystem::path file
        = options.output.empty() ? plugin.id + '-' + plugin.version + ".mortise" : options.output;
    MORTISE_TRY(const host::PackageList list, host::write_package(sources, file));
    std::error_code ignored;
    const std::uintmax_t bytes = std::filesystem::file_size(file, ignored);
    const boost::json::object packed{
        {"id", list.id},
        {"version", list.version},
        {"package", std::filesystem::absolute(file).lexically_normal().string()},
        {"from", plugin.folder.string()},
        {"files", list.files.size()},
        {"bytes", bytes},
    };
    output.print(packed, [&] {
        output.line(
            "packed " + list.id + ' ' + list.version + " into " + file.string() + ": "
            + std::to_string(list.files.size()) + " files, " + std::to_string(bytes) + " bytes"
        );
        output.note("from " + plugin.folder.string());
    });
    return Exit::done;
}

} // namespace

void add_pack(CLI::App& app, Action& action)
{
    const auto options = std::make_shared<PackOptions>();
    CLI::App* command = app.add_subcommand("pack", "make a package of a built plugin");
    command->add_option("DIR", options->folder, "a project that was built, or the folder of a built plugin")
        ->required();
    command->add_option("-o,--output", options->output, "the package; without it ID-VERSION.mortise");
    command->callback([&action, options] {
        action = [options](Output& output) { return pack(output, *options); };
    });
}

} // namespace mortise::tool
