// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// What servers answer when there is no call to make.

#include "plugins/runner/link.hpp"

namespace mortise::host {

inline mortise_status refuse_unoffered(IncomingCall& wire)
{
    return report(wire.error(), ErrorCode::unsupported, "runner.not_offered", {}, "this side does not offer the function");
}

inline mortise_status refuse_unreadable(IncomingCall& wire)
{
    return report(wire.error(), ErrorCode::invalid, "runner.unreadable", {}, "the arguments could not be read");
}

} // namespace mortise::host
