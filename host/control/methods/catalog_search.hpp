#pragma once

/// \file
/// Packages by their names: what the catalogs of a host have.

#include "control/methods/answers.hpp"

namespace mortise::host {

class PluginManager;

/// The answer of catalogs.search. A catalog that cannot be read is told beside the others.
Answer search_catalogs(PluginManager& plugins, std::string_view text);
/// Opens the package "ID" or "ID@RANGE", the newest version that fits, in whichever catalog has it. The
/// descriptor is the caller's. Errors: `catalog.none`, `catalog.unknown`, those of the catalogs if none has
/// it.
Result<int> open_from_catalogs(PluginManager& plugins, std::string_view name);

} // namespace mortise::host
