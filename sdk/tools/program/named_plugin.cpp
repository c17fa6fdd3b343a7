#include "program/named_plugin.hpp"

#include "control/data_folder.hpp"
#include "control/nearest.hpp"
#include "plugins/catalogue.hpp"
#include "program/built_plugin.hpp"
#include "program/output.hpp"
#include "program/resources.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;

/// Where plugins are that came with the programs of a prefix.
fs::path beside(const fs::path& program)
{
    return program.parent_path().parent_path() / "lib" / "mortise" / "plugins";
}

/// Folders that were looked into, for words, and the newest version of each plugin in them.
struct Shelf {
    std::vector<fs::path> places{};
    std::map<std::string, fs::path> plugins{};

    void add(const fs::path& installed, const fs::path& data)
    {
        const fs::path& place = installed.empty() ? data : installed;
        if (std::ranges::find(places, place) != places.end()) return;
        places.push_back(place);
        for (const auto& [id, candidates] : host::find_candidates(installed, data))
            for (const host::Candidate& candidate : candidates) // the newest first
                if (candidate.errors.empty()) {
                    plugins.emplace(id, candidate.folder);
                    break;
                }
    }
};

Shelf shelf()
{
    Shelf all;
    std::error_code trouble;
    const fs::path self = fs::read_symlink("/proc/self/exe", trouble);
    if (!trouble) all.add(beside(self), {});
    if (const fs::path program = find_program("mortise"); !program.empty())
        all.add(beside(fs::weakly_canonical(program, trouble)), {});
    all.add({}, host::DataFolder{host::DataFolder::default_path()}.plugins());
    return all;
}

std::string listed(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

Error not_found(const std::string& name, const Shelf& all)
{
    std::vector<std::string> looked{"the folder " + fs::absolute(name).lexically_normal().string()};
    looked.reserve(all.places.size() + 1);
    for (const fs::path& place : all.places)
        looked.push_back(place.string());
    std::vector<std::string> ids;
    ids.reserve(all.plugins.size());
    for (const auto& [id, folder] : all.plugins)
        ids.push_back(id);
    const std::string meant = host::nearest(name, ids);
    return tool_error(
        ErrorCode::not_found,
        "no_plugin",
        "there is no plugin \"" + name + "\": looked for it in " + listed(looked),
        name,
        (meant.empty() ? "" : "did you mean " + meant + "? ")
            + (ids.empty() ? "no plugin is installed there; give the folder of a built one"
                           : "installed are " + listed(ids))
    );
}

} // namespace

Result<fs::path> find_named_plugin(const std::string& name)
{
    std::error_code trouble;
    if (fs::exists(fs::path{name} / "plugin.json", trouble)) {
        MORTISE_TRY(const BuiltPlugin built, find_built_plugin(name));
        return built.folder;
    }
    if (fs::is_regular_file(name, trouble)) return fs::path{name}; // a library in its folder
    const Shelf all = shelf();
    if (const auto found = all.plugins.find(name); found != all.plugins.end()) return found->second;
    std::vector<std::string> same;
    for (const auto& [id, folder] : all.plugins)
        if (id.substr(id.rfind('.') + 1) == name) same.push_back(id);
    if (same.size() > 1)
        return tool_error(
            ErrorCode::invalid, "several", "several plugins are called " + name, name, "say " + listed(same)
        );
    if (same.empty()) return not_found(name, all);
    return all.plugins.at(same.front());
}

} // namespace mortise::tool
