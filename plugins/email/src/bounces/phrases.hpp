#pragma once

/// \file
/// What mail systems say when they refuse, and what each phrase means.

#include "bounces/reason.hpp"

#include <span>
#include <string_view>

namespace mortise::plugins::email {

struct Phrase {
    std::string_view words; ///< lower case
    std::string_view category;
    BounceKind kind;
};

/// All of them, in the order in which they are looked for.
std::span<const Phrase> phrases();

} // namespace mortise::plugins::email
