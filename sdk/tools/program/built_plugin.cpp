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

std::string read_text(const fs::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    return std::move(text).str();
}

struct Build {
    BuiltPlugin plugin;
    bool has_manifest{false}; ///< the one that the project has now
    fs::file_time_type time{};
};

/// Builds of a project: build/PRESET/lib/mortise/plugins/ID, or build/lib/... without presets. Of those with
/// the project's manifest the newest: a change of the manifest alone links no library anew.
std::optional<Build> newest_build(const fs::path& project, const std::string& id)
{
    const fs::path place = fs::path{"lib/mortise/plugins"} / id;
    const std::string manifest = read_text(project / "plugin.json");
    std::optional<Build> newest;
    const auto consider = [&](const fs::path& build) {
        auto found = look_at(build / place);
        if (!found) return;
        std::error_code trouble;
        const fs::file_time_type time = fs::last_write_time(found->library, trouble);
        const bool has_manifest = read_text(found->folder / "plugin.json") == manifest;
        if (trouble
            || (newest && std::pair{has_manifest, time} <= std::pair{newest->has_manifest, newest->time}))
            return;
        newest = Build{*std::move(found), has_manifest, time};
    };
    consider(project / "build");
    std::error_code trouble;
    for (fs::directory_iterator at{project / "build", trouble}, end; !trouble && at != end;
         at.increment(trouble))
        if (at->is_directory(trouble)) consider(at->path());
    return newest;
}

/// A source that was written after that time; empty if there is none.
fs::path source_after(const fs::path& project, fs::file_time_type time)
{
    std::error_code trouble;
    for (fs::recursive_directory_iterator at{project / "src", trouble}, end; !trouble && at != end;
         at.increment(trouble)) {
        std::error_code unreadable;
        const bool is_later = at->is_regular_file(unreadable) && at->last_write_time(unreadable) > time;
        if (is_later && !unreadable) return at->path();
    }
    return {};
}

/// Refuses a build that is not of what the project is now: its manifest was changed, or the last compilation
/// failed.
Result<BuiltPlugin> fresh(const fs::path& project, Build build)
{
    const fs::path later = build.has_manifest ? source_after(project, build.time) : project / "plugin.json";
    if (later.empty()) return std::move(build.plugin);
    return tool_error(
        ErrorCode::state,
        "stale_build",
        later.lexically_relative(project).string() + " was changed after the build in "
            + build.plugin.folder.string(),
        later.string(),
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
        if (auto build = newest_build(folder, id)) return fresh(folder, *std::move(build));
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
