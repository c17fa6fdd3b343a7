// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.events/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/events.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedEvents {
    static mortise_status bind(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::events_bind, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().events->bind(enter.caller(), border::view(name), tag);
        });
    }

    static mortise_status publish(
        mortise_self self,
        uint64_t work,
        const mortise_event_draft* events,
        uint64_t events_count,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::events_publish, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check_items(check, events, events_count, MORTISE_EVENT_DRAFT_MIN_SIZE, "events")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().events->publish(
                enter.caller(),
                work,
                border::Items<mortise_event_draft>{events, events_count}
            );
        });
    }

    static constexpr mortise_events table{
        {sizeof(mortise_events), 1},
        &CheckedEvents::bind,
        &CheckedEvents::publish,
    };
};

} // namespace mortise::host
