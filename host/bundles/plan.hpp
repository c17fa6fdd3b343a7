#pragma once

/// \file
/// What applying a bundle would do, step by step and in words.

#include "bundles/lock.hpp"
#include "bundles/words.hpp"

#include <mortise/result.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

enum class StepKind : std::uint8_t {
    install, ///< {plugin, version}: a package of a catalog is put on disk
    plugin, ///< {plugin, version, settings}: this version runs, with these settings
    field, ///< {type, field}: a field of the installation
    records, ///< {type, records: [{match, values, where}]}
};

std::string_view name_of(StepKind kind) noexcept;
std::optional<StepKind> parse_step_kind(std::string_view name) noexcept;

struct BundleStep {
    StepKind kind{StepKind::plugin};
    std::string text; ///< in words
    boost::json::object what;
};

struct AskedPermission {
    std::string plugin;
    std::string permission;
    std::string text; ///< in words
};

struct BundlePlan {
    std::string bundle;
    std::string version;
    std::vector<BundleStep> steps; ///< in their order; what is so already is no step
    std::vector<AskedPermission> permissions; ///< that are granted besides what is granted already
    std::vector<std::string> migrations; ///< in words
    std::vector<Error> conflicts; ///< with one of them it cannot be applied
    std::vector<std::string> notes; ///< what is so already, and what is left to do by hand
    BundleCost cost;
    BundleLock lock;

    bool is_possible() const noexcept { return conflicts.empty(); }
    /// Names exactly these steps and permissions: what was agreed to is what is done.
    std::string digest() const;
};

boost::json::object json_of(const BundlePlan& plan);

struct PlanOptions {
    bool sample_data{false};
    std::optional<BundleLock> lock{}; ///< exactly these versions and files
};

} // namespace mortise::host
