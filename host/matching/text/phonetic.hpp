#pragma once

/// \file
/// A key of how a name sounds, for names of languages in Latin letters: spellings that are spoken alike have
/// the same key ("meyer", "maier"; "stephen", "steven"; "schmidt", "schmitt"). It is coarse on purpose: it
/// finds candidates, which are then compared.

#include <string>
#include <string_view>

namespace mortise::host::matching {

/// `name` is folded (base/text.hpp). Letters of other scripts stay as they are. Empty for text without
/// letters. Pure; any thread.
std::string phonetic_key(std::string_view name);

} // namespace mortise::host::matching
