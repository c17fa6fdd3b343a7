#include "plugins/catalogue.hpp"

#include "plugins/install/plugin_folder.hpp"
#include "plugins/package/package_list.hpp"
#include "plugins/root_table.hpp"

#include <algorithm>
#include <set>

namespace mortise::host {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> folders_in(const fs::path& parent)
{
    std::vector<fs::path> folders;
    std::error_code trouble;
    for (fs::directory_iterator at{parent, trouble}, end; !trouble && at != end; at.increment(trouble))
        if (at->is_directory(trouble) && !at->path().filename().native().starts_with('.'))
            folders.push_back(at->path());
    std::ranges::sort(folders);
    return folders;
}

/// `id`, `version`: what the place of the folder says, for where its manifest cannot be read any more.
void add_candidate(
    std::map<std::string, std::vector<Candidate>>& found,
    const fs::path& folder,
    const std::string& id,
    const std::string& version = {}
)
{
    std::error_code ignored;
    if (!fs::exists(folder / "plugin.json", ignored) && !fs::exists(folder / package_list_name, ignored))
        return;
    ManifestReading reading = read_manifest_in(folder);
    // Of the very bytes that were read, so that nobody puts others there between.
    if (auto genuine = check_installed_bytes(folder, "plugin.json", reading.digest); !genuine)
        reading.errors.insert(reading.errors.begin(), std::move(genuine).error());
    if (reading.manifest.id.empty()) {
        reading.manifest.id = id;
        if (const auto placed = Version::parse(version)) reading.manifest.version = *placed;
    }
    Candidate candidate;
    candidate.folder = folder;
    candidate.errors = std::move(reading.errors);
    candidate.manifest = std::make_shared<const Manifest>(std::move(reading.manifest));
    found[candidate.id()].push_back(std::move(candidate));
}

class Resolver {
public:
    Resolver(
        const std::map<std::string, std::shared_ptr<const Manifest>>& enabled,
        const std::map<std::string, Version>& installed
    )
        : m_enabled{enabled},
          m_installed{installed}
    {
    }

    Resolution run()
    {
        for (const auto& [id, manifest] : m_enabled)
            visit(id, {});
        return std::move(m_resolution);
    }

private:
    static Error refusal(std::string message, std::string where, std::string hint = {})
    {
        return {
            .code = ErrorCode::unsupported,
            .message = std::move(message),
            .key = "plugins.unresolved",
            .where = std::move(where),
            .hint = std::move(hint),
        };
    }

    std::optional<Error> check_interfaces(const Manifest& manifest) const
    {
        for (const std::string& interface : manifest.requires_interfaces) {
            const Offer offer = offer_of(interface);
            if (offer == Offer::unknown)
                return refusal(
                    "needs the interface " + interface + ", which this host does not have",
                    "/requires/interfaces",
                    "update Mortise, or ask the vendor for a version that can do without"
                );
            if (offer == Offer::experimental && !manifest.is_experimental(interface))
                return refusal(
                    "needs the experimental interface " + interface + " and does not say so",
                    "/experimental",
                    "list it under \"experimental\": it may still change"
                );
        }
        return std::nullopt;
    }

    std::optional<Error> check_requirement(const std::string& needed, const VersionRange& range) const
    {
        const std::string wanted = "needs plugin " + needed + ' ' + range.text();
        const std::string where = "/requires/plugins/" + needed;
        const auto enabled = m_enabled.find(needed);
        if (enabled != m_enabled.end()) {
            if (range.contains(enabled->second->version)) return std::nullopt;
            return refusal(
                wanted + ", and version " + enabled->second->version.text() + " is installed",
                where,
                "install a version of " + needed + " that fits"
            );
        }
        const auto installed = m_installed.find(needed);
        if (installed == m_installed.end())
            return refusal(wanted + ", which is not installed", where, "install it first");
        return refusal(
            wanted + ", which is not enabled", where, "run \"mortise plugins enable " + needed + "\" first"
        );
    }

    /// Depth first along the requirements; `path` is how we came here.
    bool visit(const std::string& id, std::vector<std::string> path)
    {
        if (m_done.contains(id)) return !m_resolution.refused.contains(id);
        if (const auto seen = std::ranges::find(path, id); seen != path.end()) {
            std::string circle;
            for (auto at = seen; at != path.end(); ++at)
                circle += *at + " -> ";
            for (auto at = seen; at != path.end(); ++at)
                refuse(*at, refusal("requirements form a circle: " + circle + id, "/requires/plugins"));
            return false;
        }
        path.push_back(id);
        const Manifest& manifest = *m_enabled.at(id);
        std::optional<Error> error = check_interfaces(manifest);
        for (const auto& [needed, range] : manifest.requires_plugins) {
            if (error) break;
            error = check_requirement(needed, range);
            if (!error && !visit(needed, path) && !m_resolution.refused.contains(id))
                error = refusal(
                    "needs plugin " + needed
                        + ", which cannot run: " + m_resolution.refused.at(needed).message,
                    "/requires/plugins/" + needed
                );
        }
        if (error) refuse(id, *std::move(error));
        m_done.insert(id);
        if (m_resolution.refused.contains(id)) return false;
        m_resolution.order.push_back(id);
        return true;
    }

    void refuse(const std::string& id, Error error) { m_resolution.refused.emplace(id, std::move(error)); }

    const std::map<std::string, std::shared_ptr<const Manifest>>& m_enabled;
    const std::map<std::string, Version>& m_installed;
    std::set<std::string> m_done;
    Resolution m_resolution;
};

} // namespace

fs::path Candidate::library() const
{
    const auto found = manifest->libraries.find(std::string{this_platform()});
    return found == manifest->libraries.end() ? fs::path{} : folder / found->second;
}

std::map<std::string, std::vector<Candidate>> find_candidates(const fs::path& installed, const fs::path& data)
{
    std::map<std::string, std::vector<Candidate>> found;
    for (const fs::path& folder : folders_in(installed))
        add_candidate(found, folder, folder.filename().string());
    for (const fs::path& plugin : folders_in(data))
        for (const fs::path& version : folders_in(plugin))
            add_candidate(found, version, plugin.filename().string(), version.filename().string());
    for (auto& [id, candidates] : found)
        std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
            if (a.errors.empty() != b.errors.empty()) return a.errors.empty();
            return a.manifest->version > b.manifest->version;
        });
    return found;
}

Resolution resolve(
    const std::map<std::string, std::shared_ptr<const Manifest>>& enabled,
    const std::map<std::string, Version>& installed
)
{
    return Resolver{enabled, installed}.run();
}

} // namespace mortise::host
