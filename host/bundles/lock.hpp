#pragma once

/// \file
/// The lock of a bundle: exactly which version of each plugin it came to, and which bytes, so that the same
/// bundle gives the same installation elsewhere.

#include "plugins/catalogue.hpp"
#include "plugins/package/package_list.hpp"

#include <mortise/result.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

struct LockedPlugin {
    std::string id;
    Version version;
    std::string digest; ///< as `plugin_digest` gives it
};

struct BundleLock {
    std::string bundle;
    std::string version; ///< of the bundle
    std::string digest; ///< of the bundle
    std::string platform; ///< for which the digests count
    std::vector<LockedPlugin> plugins; ///< by id

    const LockedPlugin* find(std::string_view id) const noexcept;
};

boost::json::object json_of(const BundleLock& lock);
/// Errors: `bundles.bad_lock`.
Result<BundleLock> parse_lock(const boost::json::value& json);

/// What of a plugin is on disk.
struct PluginFiles {
    std::string digest; ///< "sha256:..." over the paths, sizes and digests of its files
    std::uint64_t bytes{0};
};

/// Of the files that count on this platform: libraries for others, and the list and signature of a package,
/// do not. So a plugin has the same digest in a package, installed from it, and as part of the system.
Result<PluginFiles> plugin_files(const Candidate& candidate);
PluginFiles plugin_files(const Manifest& manifest, const PackageList& list);

} // namespace mortise::host
