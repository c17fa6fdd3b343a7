#pragma once

/// \file
/// Rules of a manifest that a JSON Schema cannot say: prefixes of names, duplicates, references between its
/// parts. Private to manifest*.cpp.

#include "plugins/manifest.hpp"

#include <vector>

namespace mortise::host {

void check_manifest(const Manifest& manifest, std::vector<Error>& errors);

} // namespace mortise::host
