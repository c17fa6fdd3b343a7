#pragma once

/// \file
/// The list of a package: which plugin it holds, and each file with its size and SHA-256. It is the first
/// entry of every package, and what a signature signs. The format is told in
/// docs/reference/package-format.md.
///
/// Packages have a library of their own, the target `mortise::package`, for the host and for the vendor's
/// tool:
///
///     #include "plugins/package/package_writer.hpp"
///     MORTISE_TRY(const auto files, package_files_in(folder));
///     MORTISE_TRY(const PackageList list, write_package(files, "out.mortise"));
///
///     #include "plugins/package/package_reader.hpp"
///     MORTISE_TRY(const Package package, check_package("out.mortise"));        // reads and checks all of it
///     MORTISE_TRY(const Package package, unpack_package("out.mortise", folder)); // and writes its files
///     there

#include "base/hash.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// What a package may hold at most. A reader refuses what is above before it has written or kept it.
struct PackageLimits {
    std::uint64_t packed_bytes{std::uint64_t{256} << 20}; ///< of the file
    std::uint64_t total_bytes{std::uint64_t{512} << 20}; ///< of all files unpacked
    std::uint64_t file_bytes{std::uint64_t{256} << 20}; ///< of one of them
    std::size_t files{2000};
    /// What is unpacked to more than this many times its own size is a bomb, above `small_bytes`. Libraries
    /// and texts come to 3 to 20.
    std::uint64_t ratio{200};
    std::uint64_t small_bytes{std::uint64_t{16} << 20};
    std::size_t list_bytes{std::size_t{1} << 20};
    std::size_t signature_bytes{std::size_t{64} << 10};
};

inline constexpr std::size_t max_package_path = 200; // bytes
inline constexpr std::size_t max_package_depth = 8; // names in a path
inline constexpr int package_format = 1;
inline constexpr std::string_view package_list_name = "mortise-package.json";
inline constexpr std::string_view package_signature_name = "mortise-package.sig";
/// Names that begin so are the format's own.
inline constexpr std::string_view package_reserved_prefix = "mortise-package.";

struct PackageFile {
    std::string path; ///< relative, parts parted by /
    std::uint64_t size{0};
    Digest sha256{};

    friend bool operator==(const PackageFile&, const PackageFile&) = default;
};

struct PackageList {
    std::string id; ///< of the plugin
    std::string version;
    std::vector<PackageFile> files; ///< by path

    friend bool operator==(const PackageList&, const PackageList&) = default;

    const PackageFile* find(std::string_view path) const;
    std::uint64_t total_bytes() const;
};

/// Whether a path may stand in a package: relative, of portable names, not hidden, not too long. Errors have
/// a key of their own each: `package.absolute_path`, `package.parent_path`, `package.bad_name`,
/// `package.hidden`, `package.path_too_long`, `package.reserved_name`.
Result<void> check_package_path(std::string_view path);

/// The list as it stands in a package; the same list always gives the same bytes.
std::string package_list_text(const PackageList& list);
/// Reads a list and checks all that it says of itself: its paths, no path twice or differing only in case,
/// none both a file and a folder, `plugin.json` among them, and the limits.
Result<PackageList> read_package_list(std::string_view text, const PackageLimits& limits = {});

/// An error about packages: its key is "package." and `name`.
Error package_error(
    ErrorCode code, std::string_view name, std::string message, std::string where, std::string hint = {}
);

} // namespace mortise::host
