#include "subject.hpp"

#include <fstream>
#include <iterator>

namespace mortise::testkit {

namespace {

namespace fs = std::filesystem;

Error io_error(const fs::path& where, const std::string& what)
{
    return {.code = ErrorCode::io, .message = what, .key = "testkit.io", .where = where.string()};
}

Error manifest_error(const fs::path& file, const std::vector<Error>& errors)
{
    Error all = errors.front();
    all.message = file.string() + " is not a manifest that a host takes";
    for (const Error& each : errors)
        all.message += "\n    " + each.where + ": " + each.message;
    all.hint = "docs/reference/manifest.md says what a manifest may have";
    return all;
}

/// A folder of its own for a plugin without a library: the manifest, its other files, and an empty file for
/// the library, which nobody opens.
Result<void> install_linked(const host::Manifest& manifest, const fs::path& from, const fs::path& folder)
{
    std::error_code trouble;
    fs::create_directories(folder, trouble);
    for (fs::directory_iterator at{from, trouble}, end; !trouble && at != end; at.increment(trouble))
        fs::create_symlink(at->path(), folder / at->path().filename(), trouble);
    for (const auto& [platform, library] : manifest.libraries)
        if (!fs::exists(folder / library)) std::ofstream{folder / library};
    if (trouble) return io_error(folder, "cannot lay out the plugin: " + trouble.message());
    return {};
}

} // namespace

Result<host::Manifest> install(const Subject& subject, const fs::path& installed)
{
    std::error_code trouble;
    const fs::path from = fs::canonical(subject.folder, trouble);
    const fs::path file = from / "plugin.json";
    std::ifstream stream{file, std::ios::binary};
    if (trouble || !stream)
        return Error{
            .code = ErrorCode::not_found,
            .message = "there is no plugin.json in " + subject.folder.string(),
            .key = "testkit.no_plugin",
            .where = subject.folder.string(),
            .hint = "give the folder of the built plugin: mortise_add_plugin() passes it to tests as "
                    "MORTISE_PLUGIN_FOLDER",
        };
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    host::ManifestReading reading = subject.entry ? host::read_manifest(text) : host::read_manifest_in(from);
    if (!reading.errors.empty()) return manifest_error(file, reading.errors);
    const fs::path folder = installed / reading.manifest.id;
    if (fs::exists(folder, trouble))
        return Error{
            .code = ErrorCode::exists,
            .message = "the kit was given " + reading.manifest.id + " twice",
            .key = "testkit.twice",
            .where = subject.folder.string(),
        };
    if (subject.entry) {
        MORTISE_CHECK(install_linked(reading.manifest, from, folder));
    } else {
        fs::create_directory_symlink(from, folder, trouble);
        if (trouble) return io_error(folder, "cannot link to " + from.string() + ": " + trouble.message());
    }
    return std::move(reading.manifest);
}

} // namespace mortise::testkit
