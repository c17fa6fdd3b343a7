#include "program/built_plugin.hpp"

#include "plugins/manifest.hpp"
#include "program/output.hpp"

#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;

/// What lies in this folder, if it is one that a host could load.
std::optional<BuiltPlugin> look_at(const fs::path& folder)
{
    std::error_code ignored;
    if (!fs::exists(folder / "plugin.json", ignored)) return std::nullopt;
    const host::ManifestReading reading = host::read_manifest_in(folder);
    const auto library = reading.manifest.libraries.find(std::string{host::this_platform()});
    if (library == reading.manifest.libraries.end() || !fs::exists(folder / library->second, ignored))
        return std::nullopt;
    return BuiltPlugin{
        reading.manifest.id,
        reading.manifest.version.text(),
        fs::absolute(folder).lexically_normal(),
        folder / library->second
    };
}

/// Builds of a project: build/PRESET/lib/mortise/plugins/ID, or build/lib/... without presets.
std::optional<BuiltPlugin> newest_build(const fs::path& project, const std::string& id)
{
    const fs::path place = fs::path{"lib/mortise/plugins"} / id;
    std::optional<BuiltPlugin> newest;
    fs::file_time_type newest_time{};
    const auto consider = [&](const fs::path& build) {
        auto found = look_at(build / place);
        std::error_code trouble;
        const fs::file_time_type time = found ? fs::last_write_time(found->library, trouble) : newest_time;
        if (!found || trouble || (newest && time <= newest_time)) return;
        newest = std::move(found);
        newest_time = time;
    };
    consider(project / "build");
    std::error_code trouble;
    for (fs::directory_iterator at{project / "build", trouble}, end; !trouble && at != end;
         at.increment(trouble))
        if (at->is_directory(trouble)) consider(at->path());
    return newest;
}

std::string read_text(const fs::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    return std::move(text).str();
}

/// Refuses a build whose manifest is not the one of the project any more.
Result<BuiltPlugin> fresh(const fs::path& project, BuiltPlugin built)
{
    if (read_text(project / "plugin.json") == read_text(built.folder / "plugin.json")) return built;
    return tool_error(
        ErrorCode::state,
        "stale_build",
        "plugin.json was changed after the build in " + built.folder.string(),
        (project / "plugin.json").string(),
        "build again: cmake --workflow --preset dev"
    );
}

} // namespace

Result<BuiltPlugin> find_built_plugin(const fs::path& folder)
{
    std::error_code trouble;
    if (!fs::is_directory(folder, trouble))
        return tool_error(
            ErrorCode::not_found,
            "no_folder",
            folder.string() + " is no folder",
            "DIR",
            "name a project, or a built plugin"
        );
    if (!fs::exists(folder / "plugin.json", trouble))
        return tool_error(
            ErrorCode::not_found,
            "no_manifest",
            folder.string() + " has no plugin.json",
            "DIR",
            "name a project, or a built plugin"
        );
    if (auto here = look_at(folder)) return *std::move(here);
    const std::string id = host::read_manifest_in(folder).manifest.id;
    if (!id.empty())
        if (auto built = newest_build(folder, id)) return fresh(folder, *std::move(built));
    if (auto sound = check_manifest(folder); !sound && sound.error().key != "manifest.file_missing")
        return std::move(sound).error();
    return tool_error(
        ErrorCode::not_found,
        "not_built",
        "there is no build of " + (id.empty() ? folder.string() : id) + " for "
            + std::string{host::this_platform()},
        (folder / "build").string(),
        "build it first: cmake --workflow --preset dev"
    );
}

Result<void> check_manifest(const fs::path& folder)
{
    host::ManifestReading reading = host::read_manifest_in(folder);
    if (reading.errors.empty()) return {};
    Error first = std::move(reading.errors.front());
    first.where = (folder / "plugin.json").string() + (first.where.empty() ? "" : " at " + first.where);
    if (reading.errors.size() > 1) {
        if (!first.hint.empty()) first.hint += "; ";
        first.hint += std::to_string(reading.errors.size() - 1) + " more in this manifest";
    }
    return first;
}

} // namespace mortise::tool
