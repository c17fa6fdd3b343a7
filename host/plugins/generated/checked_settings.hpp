// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.settings/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/settings.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedSettings {
    static mortise_status get(
        mortise_self self,
        mortise_text key,
        mortise_sink result,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::settings_get, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(key, "key")
              && check.sink(result, "result")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().settings->get(enter.caller(), border::view(key), border::Sink{result});
        });
    }

    static constexpr mortise_settings table{
        {sizeof(mortise_settings), 1},
        &CheckedSettings::get,
    };
};

} // namespace mortise::host
