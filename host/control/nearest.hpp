#pragma once

/// \file
/// The word that somebody may have meant.

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// The word of `words` that is nearest to `typed` by edit distance (swapped neighbours count as one); empty
/// if none is near enough to be what was meant.
std::string nearest(std::string_view typed, const std::vector<std::string>& words);

} // namespace mortise::host
