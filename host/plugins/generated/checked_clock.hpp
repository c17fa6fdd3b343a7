// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.clock/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/clock.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedClock {
    static mortise_status now(mortise_self self, int64_t* time, mortise_error* error) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::clock_now, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.pointer(time, "time")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().clock->now(enter.caller(), *time);
        });
    }

    static constexpr mortise_clock table{
        {sizeof(mortise_clock), 1},
        &CheckedClock::now,
    };
};

} // namespace mortise::host
