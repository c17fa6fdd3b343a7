#include "control/methods/catalog_search.hpp"

#include "base/text.hpp"
#include "plugins/plugin_manager.hpp"
#include "plugins/trust/catalog_file.hpp"
#include "plugins/trust/trust_book.hpp"

#include <algorithm>
#include <map>

namespace mortise::host {
namespace {

namespace json = boost::json;

bool says(const CatalogEntry& entry, const std::string& folded)
{
    return fold(entry.id + ' ' + entry.name + ' ' + entry.summary + ' ' + entry.vendor).find(folded)
        != std::string::npos;
}

Error catalog_error(std::string_view name, std::string message, std::string_view where, std::string hint)
{
    return {
        .code = ErrorCode::not_found,
        .message = std::move(message),
        .key = "catalog." + std::string{name},
        .where = std::string{where},
        .hint = std::move(hint),
    };
}

} // namespace

Answer search_catalogs(PluginManager& plugins, std::string_view text)
{
    const std::string folded = fold(text);
    std::map<std::string, std::pair<CatalogEntry, std::string>> newest;
    json::array problems;
    for (const TrustedCatalog& catalog : plugins.trust().catalogs()) {
        auto index = plugins.trust().read_catalog(catalog);
        if (!index) {
            const Error& error = index.error();
            problems.emplace_back(json::object{
                {"catalog", catalog.name},
                {"code", error.key},
                {"message", error.message},
                {"hint", error.hint}
            });
            continue;
        }
        for (CatalogEntry& entry : index->packages) {
            if (!says(entry, folded)) continue;
            const std::string id = entry.id; // before it is moved
            const auto found = newest.find(id);
            if (found == newest.end() || found->second.first.version < entry.version)
                newest.insert_or_assign(id, std::pair{std::move(entry), catalog.name});
        }
    }
    json::array packages;
    for (const auto& [id, found] : newest) {
        const auto& [entry, catalog] = found;
        const auto installed = plugins.find(id);
        packages.emplace_back(json::object{
            {"id", id},
            {"version", entry.version.text()},
            {"name", entry.name},
            {"summary", entry.summary},
            {"vendor", entry.vendor},
            {"catalog", catalog},
            {"installed", installed ? json::value(installed->version) : json::value{}}
        });
    }
    return json::value(json::object{{"packages", std::move(packages)}, {"problems", std::move(problems)}});
}

Result<int> open_from_catalogs(PluginManager& plugins, std::string_view name)
{
    const std::size_t at = name.find('@');
    const std::string_view id = name.substr(0, at);
    VersionRange range;
    if (at != std::string_view::npos) {
        MORTISE_TRY(range, VersionRange::parse(name.substr(at + 1)));
    }
    const auto catalogs = plugins.trust().catalogs();
    if (catalogs.empty())
        return catalog_error(
            "none",
            "there is no catalog to find " + std::string{name} + " in",
            name,
            "give a file, or run \"mortise trust catalog add NAME FOLDER KEY.pub\""
        );
    std::optional<CatalogEntry> best;
    std::string folder;
    std::optional<Error> problem;
    for (const TrustedCatalog& catalog : catalogs) {
        auto index = plugins.trust().read_catalog(catalog);
        if (!index) {
            problem = std::move(index).error();
            continue;
        }
        for (CatalogEntry& entry : index->packages)
            if (entry.id == id && range.contains(entry.version) && (!best || best->version < entry.version)) {
                best = std::move(entry);
                folder = catalog.folder;
            }
    }
    if (best) return open_catalog_package(folder, *best);
    if (problem) return *std::move(problem);
    return catalog_error(
        "unknown",
        "no catalog has " + std::string{name},
        name,
        "\"mortise plugins search\" lists what they have"
    );
}

} // namespace mortise::host
