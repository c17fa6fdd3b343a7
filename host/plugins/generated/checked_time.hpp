// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.time/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/time.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedTime {
    static mortise_status to_wall(
        mortise_self self,
        mortise_text zone,
        const int64_t* times,
        uint64_t times_count,
        mortise_sink walls,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::time_to_wall, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(zone, "zone")
              && check.span(times, times_count, "times")
              && check.sink(walls, "walls")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().time->to_wall(
                enter.caller(),
                border::view(zone),
                std::span{times, times_count},
                border::Sink{walls}
            );
        });
    }

    static mortise_status to_time(
        mortise_self self,
        mortise_text zone,
        const int64_t* walls,
        uint64_t walls_count,
        uint32_t choice,
        mortise_sink times,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::time_to_time, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(zone, "zone")
              && check.span(walls, walls_count, "walls")
              && check.sink(times, "times")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().time->to_time(
                enter.caller(),
                border::view(zone),
                std::span{walls, walls_count},
                choice,
                border::Sink{times}
            );
        });
    }

    static mortise_status bounds(
        mortise_self self,
        mortise_text zone,
        int64_t time,
        uint32_t unit,
        int64_t step,
        int64_t* start,
        int64_t* end,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::time_bounds, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(zone, "zone")
              && check.pointer(start, "start")
              && check.pointer(end, "end")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().time->bounds(
                enter.caller(),
                border::view(zone),
                time,
                unit,
                step,
                *start,
                *end
            );
        });
    }

    static mortise_status next(
        mortise_self self,
        mortise_text zone,
        mortise_text rule,
        int64_t after,
        uint64_t limit,
        mortise_sink times,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::time_next, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(zone, "zone")
              && check.text(rule, "rule")
              && check.sink(times, "times")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().time->next(
                enter.caller(),
                border::view(zone),
                border::view(rule),
                after,
                limit,
                border::Sink{times}
            );
        });
    }

    static mortise_status zones(mortise_self self, mortise_sink names, mortise_error* error) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::time_zones, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.sink(names, "names")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().time->zones(enter.caller(), border::Sink{names});
        });
    }

    static constexpr mortise_time table{
        {sizeof(mortise_time), 1},
        &CheckedTime::to_wall,
        &CheckedTime::to_time,
        &CheckedTime::bounds,
        &CheckedTime::next,
        &CheckedTime::zones,
    };
};

} // namespace mortise::host
