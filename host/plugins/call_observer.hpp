#pragma once

/// \file
/// `CallObserver`: sees every call across the border, in both directions, and may answer one of the plugin's
/// calls of the host in the host's place. The test kit traces and injects faults with it; a host that serves
/// has none.

#include "plugins/generated/abi_functions.hpp"

#include <mortise/abi/error.h>
#include <mortise/result.hpp>

#include <optional>
#include <string_view>

namespace mortise::host {

/// One call across the border.
struct ObservedCall {
    std::string_view plugin; ///< its id
    AbiFunction function{};
    std::string_view label; ///< the call of the host that the plugin is in; empty on a thread of its own
    AbiThread thread{thread_any};
};

/// Thread-safety: called from every thread that calls a plugin or is one of its own.
class CallObserver {
public:
    CallObserver() = default;
    CallObserver(const CallObserver&) = delete;
    CallObserver& operator=(const CallObserver&) = delete;
    virtual ~CallObserver() = default;

    /// The plugin calls the host and may do so. An error is answered to it, and the call is not carried out.
    virtual std::optional<Error> before(const ObservedCall& call) noexcept = 0;
    /// The call is over; `error` is null if it went well.
    virtual void after(const ObservedCall& call, const Error* error) noexcept = 0;
};

} // namespace mortise::host
