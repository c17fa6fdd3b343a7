#pragma once

/// \file
/// Catalogs as files: a folder with packages and, beside them, mortise-catalog.json, the signed index of
/// them.

#include "plugins/trust/statements.hpp"

#include <filesystem>

namespace mortise::host {

inline constexpr std::string_view catalog_index_name = "mortise-catalog.json";

/// The envelope with the index. Errors: `catalog.unreadable`.
Result<std::string> read_catalog_index(const std::filesystem::path& folder);
/// Checks every package in the folder and describes it. `number`, `issued` and `until` are the caller's to
/// set.
Result<CatalogStatement> index_packages(const std::filesystem::path& folder);
/// Opens a package of a catalog and checks that it is the one that the index names. The descriptor is the
/// caller's, and what can be read from it is what was checked: it is of a private copy without a name.
/// Errors: `catalog.missing`, `catalog.other_file`.
Result<int> open_catalog_package(const std::filesystem::path& folder, const CatalogEntry& entry);

} // namespace mortise::host
