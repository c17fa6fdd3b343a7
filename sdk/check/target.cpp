#include "target.hpp"

namespace mortise::check {

namespace fs = std::filesystem;

std::vector<testkit::Subject> Target::subjects() const
{
    std::vector<testkit::Subject> all{{folder, nullptr}};
    for (const fs::path& other : with)
        all.push_back({other, nullptr});
    return all;
}

std::string manifest_errors(const Target& target)
{
    std::string text;
    for (const Error& error : target.reading.errors)
        text += (text.empty() ? "" : "\n") + (error.where.empty() ? "" : error.where + ": ") + error.message
            + (error.hint.empty() ? "" : " (" + error.hint + ')');
    return text;
}

Result<Target> open_target(const fs::path& place)
{
    std::error_code trouble;
    const fs::path given = fs::canonical(place, trouble);
    const fs::path folder = fs::is_directory(given, trouble) ? given : given.parent_path();
    if (given.empty() || !fs::exists(folder / "plugin.json", trouble))
        return Error{
            .code = ErrorCode::not_found,
            .message
            = "there is no plugin.json " + (given.empty() ? "at " + place.string() : "in " + folder.string()),
            .key = "check.no_plugin",
            .where = place.string(),
            .hint = "give the folder of a built plugin, its library, or a package",
        };
    Target target;
    target.folder = folder;
    target.reading = host::read_manifest_in(folder);
    const auto& libraries = target.manifest().libraries;
    if (const auto found = libraries.find(std::string{host::this_platform()}); found != libraries.end())
        target.library = folder / found->second;
    return target;
}

} // namespace mortise::check
