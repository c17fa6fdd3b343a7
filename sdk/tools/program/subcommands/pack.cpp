#include "base/sha256.hpp"
#include "plugins/package/package_writer.hpp"
#include "program/built_plugin.hpp"
#include "program/subcommands/subcommands.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <fstream>
#include <memory>

namespace mortise::tool {
namespace {

struct PackOptions {
    std::string folder{};
    std::string output{};
};

/// The SHA-256 of a file, as sha256sum tells it.
Result<std::string> digest_of(const std::filesystem::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    host::Sha256 digest;
    std::array<char, 65536> buffer{};
    while (stream.read(buffer.data(), buffer.size()) || stream.gcount() > 0)
        digest.add(std::as_bytes(std::span{buffer.data(), static_cast<std::size_t>(stream.gcount())}));
    if (!stream.eof()) return tool_error(ErrorCode::io, "io", "cannot read " + file.string(), file.string());
    return host::hex(digest.finish());
}

boost::json::array contents_of(const host::PackageList& list)
{
    boost::json::array contents;
    for (const host::PackageFile& file : list.files)
        contents.push_back(
            boost::json::object{{"path", file.path}, {"bytes", file.size}, {"sha256", host::hex(file.sha256)}}
        );
    return contents;
}

/// What was made, what is in it, and what comes next: nobody has signed it yet.
void tell(
    Output& output,
    const host::PackageList& list,
    const std::string& file,
    std::uintmax_t bytes,
    const std::string& digest
)
{
    output.line("packed " + list.id + ' ' + list.version + " into " + file);
    output.line(
        "  size      " + std::to_string(bytes) + " bytes, " + std::to_string(list.total_bytes()) + " unpacked"
    );
    output.line("  sha256    " + digest);
    std::string name = "contents";
    for (const host::PackageFile& each : list.files) {
        output.line("  " + name + "  " + each.path + ", " + std::to_string(each.size) + " bytes");
        name = "        ";
    }
    output.line("  signed    no");
    output.line("next: mortise-sdk check " + file);
    output.line(
        "      mortise-sdk sign " + file + " --key mortise-signing.key    (mortise-sdk keygen makes one)"
    );
    output.line(
        "      mortise plugins install " + file + "    (with --allow-unsigned while nobody has signed it)"
    );
}

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
    MORTISE_TRY(const std::string digest, digest_of(file));
    const boost::json::object packed{
        {"id", list.id},
        {"version", list.version},
        {"package", std::filesystem::absolute(file).lexically_normal().string()},
        {"from", plugin.folder.string()},
        {"files", list.files.size()},
        {"bytes", bytes},
        {"unpacked_bytes", list.total_bytes()},
        {"sha256", digest},
        {"contents", contents_of(list)},
        {"signed", false},
    };
    output.print(packed, [&] {
        tell(output, list, file.string(), bytes, digest);
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
