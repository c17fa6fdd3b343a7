// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.log/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/log.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedLog {
    static mortise_status write(
        mortise_self self,
        uint32_t level,
        mortise_text key,
        mortise_text message,
        mortise_tree fields,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::log_write, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(key, "key")
              && check.text(message, "message")
              && check.optional_value(fields, "fields")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().log->write(
                enter.caller(),
                level,
                border::view(key),
                border::view(message),
                ValueView{fields}
            );
        });
    }

    static constexpr mortise_log table{
        {sizeof(mortise_log), 1},
        &CheckedLog::write,
    };
};

} // namespace mortise::host
