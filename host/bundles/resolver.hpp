#pragma once

/// \file
/// Which version of each plugin a bundle comes to: one that fits what the bundle wants, what plugins require
/// of each other, and what runs already. Nothing is read or changed here. Where there is no solution the
/// error names who wants what.

#include "plugins/version.hpp"

#include <mortise/result.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// A version of a plugin that could be taken.
struct PluginOffer {
    std::string id;
    Version version;
    std::map<std::string, VersionRange> needs{}; ///< plugins
    std::vector<std::string> commands{}; ///< that it provides
    std::string unfit{}; ///< why it cannot run here; empty: it can
    std::string from{}; ///< where it is: "on disk", "in the catalog ours"
    bool runs{false}; ///< it is the one that is enabled
};

/// Somebody wants a plugin.
struct PluginWish {
    std::string id;
    VersionRange range;
    std::string by; ///< in words: "the bundle", "com.acme.score 1.2.0"
};

struct Choice {
    const PluginOffer* offer{nullptr};
    std::vector<PluginWish> wishes{}; ///< that it fulfils
};

struct Selection {
    std::vector<Choice> order; ///< what is required stands before what requires it
};

struct ResolverInput {
    /// Of each plugin, the preferred ones first. A version that runs and fits is taken before them.
    std::map<std::string, std::vector<PluginOffer>> offers;
    std::vector<PluginWish> wishes;
    std::vector<std::string> commands; ///< that something must provide
};

/// Errors: `unsupported` with the key "bundles.unresolved"; the details are a JSON list of the reasons.
Result<Selection> choose_plugins(const ResolverInput& input);

} // namespace mortise::host
