#pragma once

/// \file
/// `Proxy`: stands between a host and a plugin that is loaded for a check, and shows each the other a little
/// different: a host that lacks an interface, one that is younger, a plugin whose table can be called
/// directly.

#include "target.hpp"

#include <mortise/abi/plugin.h>
#include <mortise/abi/root.h>

#include <functional>
#include <optional>
#include <string>

namespace mortise::check {

struct Proxy {
    std::string refuse{}; ///< the interface that the host does not have; empty: none
    bool larger_tables{false}; ///< tables of a younger host: longer, and of a later release
    /// The host of an older release, as MORTISE_ABI_TARGET counts it: without the interfaces that came later,
    /// and with tables that end where they ended then. Nothing: the host as it is.
    std::optional<int> release{};
    /// Called around the plugin's entry, on the strand; null: the entry itself is called.
    std::function<
        mortise_status(mortise_plugin_open, const mortise_host*, mortise_self, mortise_plugin*, mortise_error*)>
        around{};
    /// Called after the entry succeeded, with the table that the host will use: may put functions of its own
    /// there.
    std::function<void(mortise_plugin&)> after{};
};

/// The library's entry. The library is mapped by this call and stays mapped. Throws what keeps it from being
/// loaded.
mortise_plugin_open load_entry(const Target& target);

/// The plugin as a host in a box takes it, with `proxy` in between. One for a process.
testkit::Subject through(const Target& target, Proxy proxy);

} // namespace mortise::check
