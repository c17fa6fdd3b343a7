#pragma once

/// \file
/// The table of hostile plugins: what each does, and what must come of it in a box and in the host's own
/// process. docs/hostile.md shows it to people.

#include "plugins/runner/box.hpp"

#include <span>

namespace mortise::host {

struct HostileRow {
    int number; ///< of the catalogue of hostile plugins
    const char* name; ///< of the act, or of the plugin in `raw_rows`
    const char* boxed; ///< a regular expression: the beginning of what the call answers
    const char* in_process; ///< the same; null: not run there
    BoxTier needs{BoxTier::process}; ///< the weakest box in which `boxed` holds
};

/// Acts of the plugin "hostile".
std::span<const HostileRow> act_rows() noexcept;
/// Plugins that break their promises when they are loaded, started or ended.
std::span<const HostileRow> raw_rows() noexcept;

} // namespace mortise::host
