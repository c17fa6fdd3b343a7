#include "bundles/package_source.hpp"

#include "plugins/root_table.hpp"
#include "plugins/trust/catalog_file.hpp"

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace mortise::host {

namespace {

/// Why a version on disk cannot run here; empty if it can.
std::string unfit_because(const Candidate& candidate)
{
    if (!candidate.errors.empty()) return candidate.errors.front().message;
    for (const std::string& interface : candidate.manifest->requires_interfaces) {
        const Offer offer = offer_of(interface);
        if (offer == Offer::unknown)
            return "it needs the interface " + interface + ", which this host does not have";
        if (offer == Offer::experimental && !candidate.manifest->is_experimental(interface))
            return "it needs the experimental interface " + interface + " and does not say so";
    }
    return {};
}

} // namespace

const Candidate* PackageSource::find_on_disk(std::string_view id, const Version& version) const
{
    const auto found = on_disk.find(std::string{id});
    if (found == on_disk.end()) return nullptr;
    for (const Candidate& candidate : found->second)
        if (candidate.manifest->version == version) return &candidate;
    return nullptr;
}

const CatalogPackage* PackageSource::find_in_catalogs(std::string_view id, const Version& version) const
{
    for (const CatalogPackage& package : in_catalogs)
        if (package.entry.id == id && package.entry.version == version) return &package;
    return nullptr;
}

std::map<std::string, std::vector<PluginOffer>> PackageSource::offers() const
{
    std::map<std::string, std::vector<PluginOffer>> offers;
    for (const auto& [id, candidates] : on_disk)
        for (const Candidate& candidate : candidates) {
            const Manifest& manifest = *candidate.manifest;
            PluginOffer offer{.id = id, .version = manifest.version, .needs = manifest.requires_plugins};
            for (const CommandInfo& command : manifest.commands)
                offer.commands.push_back(command.name);
            offer.unfit = unfit_because(candidate);
            offer.from = "on disk";
            const auto runs = running.find(id);
            offer.runs = runs != running.end() && runs->second == manifest.version.text();
            offers[id].push_back(std::move(offer));
        }
    for (const CatalogPackage& package : in_catalogs) {
        if (find_on_disk(package.entry.id, package.entry.version)) continue;
        offers[package.entry.id].push_back({
            .id = package.entry.id,
            .version = package.entry.version,
            .needs = package.entry.needs,
            .from = "in the catalog " + package.catalog,
        });
    }
    return offers;
}

PackageSource read_packages(PluginManager& plugins)
{
    PackageSource source;
    source.on_disk = plugins.candidates();
    for (const PluginStatus& plugin : plugins.list())
        if (plugin.enabled && !plugin.version.empty()) source.running.emplace(plugin.id, plugin.version);
    for (const TrustedCatalog& catalog : plugins.trust().catalogs()) {
        auto index = plugins.trust().read_catalog(catalog);
        if (!index) {
            source.problems.push_back(
                "the catalog " + catalog.name + " was not looked into: " + index.error().message
            );
            continue;
        }
        for (CatalogEntry& entry : index->packages)
            source.in_catalogs.push_back({std::move(entry), catalog.name, catalog.folder});
    }
    std::ranges::stable_sort(source.in_catalogs, [](const CatalogPackage& a, const CatalogPackage& b) {
        return a.entry.version > b.entry.version;
    });
    return source;
}

Result<OpenedPackage> OpenedPackage::open(const CatalogPackage& package)
{
    MORTISE_TRY(const int descriptor, open_catalog_package(package.folder, package.entry));
    return OpenedPackage{descriptor};
}

OpenedPackage::OpenedPackage(OpenedPackage&& other) noexcept
    : m_descriptor{std::exchange(other.m_descriptor, -1)}
{
}

OpenedPackage::~OpenedPackage()
{
    if (m_descriptor >= 0) ::close(m_descriptor);
}

} // namespace mortise::host
