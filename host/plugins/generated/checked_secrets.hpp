// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.secrets/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/secrets.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedSecrets {
    static mortise_status reveal(
        mortise_self self,
        mortise_text name,
        mortise_sink secret,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::secrets_reveal, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")
              && check.sink(secret, "secret")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().secrets->reveal(enter.caller(), border::view(name), border::Sink{secret});
        });
    }

    static constexpr mortise_secrets table{
        {sizeof(mortise_secrets), 1},
        &CheckedSecrets::reveal,
    };
};

} // namespace mortise::host
