#pragma once

/// \file
/// Reads packages as what they may be: files of strangers. All that is read is checked against the list that
/// stands first; a package with anything more, less or other than its list is refused, and nothing of it
/// stays.

#include "plugins/package/package_list.hpp"

#include <filesystem>
#include <optional>

namespace mortise::host {

struct Package {
    PackageList list;
    std::string list_text; ///< as it stands: what a signature signs
    std::optional<std::string> signature; ///< as it stands; nobody has checked it
};

/// The keys of errors, all with the prefix "package.": `not_a_package`, `truncated`, `corrupt`, `trailing`,
/// `too_large`, `too_many_files`, `no_list`, `bad_list`, `newer_format`, `no_manifest`, `absolute_path`,
/// `parent_path`, `bad_name`, `hidden`, `path_too_long`, `reserved_name`, `duplicate`, `case_twin`,
/// `path_conflict`, `link`, `device`, `folder`, `special_mode`, `sparse`, `unlisted`, `missing`,
/// `wrong_size`, `wrong_digest`; and `package.io` for those of the disk.
///
/// `descriptor` is read from where it stands to its end, and is not closed.
Result<Package> check_package(int descriptor, const PackageLimits& limits = {});
Result<Package> check_package(const std::filesystem::path& file, const PackageLimits& limits = {});

/// Writes the files below `folder`, which is there and empty, and the list beside them; flushed to the disk
/// when it returns. After an error there may be files in the folder: the caller removes it.
Result<Package>
unpack_package(int descriptor, const std::filesystem::path& folder, const PackageLimits& limits = {});
Result<Package> unpack_package(
    const std::filesystem::path& file, const std::filesystem::path& folder, const PackageLimits& limits = {}
);

} // namespace mortise::host
