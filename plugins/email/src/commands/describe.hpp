#pragma once

/// \file
/// What was read out of a message, as the answer of a command.

#include "bounces/bounce.hpp"

#include <mortise/value.hpp>

namespace mortise::plugins::email {

Map describe(const Message& message, const BounceReport& report);
List describe(const BounceReport& report);

} // namespace mortise::plugins::email
