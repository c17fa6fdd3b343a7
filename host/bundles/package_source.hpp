#pragma once

/// \file
/// Where versions of plugins come from: the disk, and the catalogs that the host trusts.

#include "bundles/resolver.hpp"
#include "plugins/plugin_manager.hpp"
#include "plugins/trust/trust_book.hpp"

#include <mortise/result.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// A package in a catalog.
struct CatalogPackage {
    CatalogEntry entry;
    std::string catalog;
    std::string folder;
};

/// What there is, as it was when this was made.
struct PackageSource {
    std::map<std::string, std::vector<Candidate>> on_disk;
    std::vector<CatalogPackage> in_catalogs;
    std::map<std::string, std::string> running; ///< enabled plugins and their versions
    std::vector<std::string> problems; ///< of catalogs, in words

    const Candidate* find_on_disk(std::string_view id, const Version& version) const;
    const CatalogPackage* find_in_catalogs(std::string_view id, const Version& version) const;
    /// For the resolver: what is on disk before what is in catalogs, newer before older.
    std::map<std::string, std::vector<PluginOffer>> offers() const;
};

PackageSource read_packages(PluginManager& plugins);

/// Opens a package of a catalog. The descriptor closes with this.
class OpenedPackage {
public:
    static Result<OpenedPackage> open(const CatalogPackage& package);
    OpenedPackage(OpenedPackage&& other) noexcept;
    OpenedPackage& operator=(OpenedPackage&&) = delete;
    ~OpenedPackage();

    int descriptor() const noexcept { return m_descriptor; }

private:
    explicit OpenedPackage(int descriptor) : m_descriptor{descriptor} { }

    int m_descriptor;
};

} // namespace mortise::host
