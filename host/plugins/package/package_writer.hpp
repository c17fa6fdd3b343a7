#pragma once

/// \file
/// Makes packages. The same files always give the same bytes: no times, owners or orders of the machine get
/// in.

#include "plugins/package/package_list.hpp"

#include <filesystem>
#include <optional>
#include <span>

namespace mortise::host {

/// A file on disk and where it stands in the package.
struct PackageInput {
    std::string path;
    std::filesystem::path file;
};

/// Every file in a folder and in those below. Refuses links and what is no file (`package.link`,
/// `package.device`), and what `check_package_path` refuses. A list and a signature of an earlier package
/// (`mortise-package.*` in the folder itself) are left out.
Result<std::vector<PackageInput>> package_files_in(const std::filesystem::path& folder);

/// Reads the files: their sizes and digests, and id and version from plugin.json.
Result<PackageList> list_package_files(std::span<const PackageInput> files, const PackageLimits& limits = {});

/// Writes a package: beside `output` first, then renamed, so that there is never half a one. A former file of
/// that name is replaced. `signature` becomes the package's signature as it is.
Result<PackageList> write_package(
    std::span<const PackageInput> files,
    const std::filesystem::path& output,
    const std::optional<std::string>& signature = std::nullopt,
    const PackageLimits& limits = {}
);

} // namespace mortise::host
