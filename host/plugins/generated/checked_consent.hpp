// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.consent/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/consent.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedConsent {
    static mortise_status ask(
        mortise_self self,
        const mortise_send_request* requests,
        uint64_t requests_count,
        mortise_sink answers,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::consent_ask, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check_items(check, requests, requests_count, MORTISE_SEND_REQUEST_MIN_SIZE, "requests")
              && check.sink(answers, "answers")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().consent->ask(
                enter.caller(),
                border::Items<mortise_send_request>{requests, requests_count},
                border::Sink{answers}
            );
        });
    }

    static mortise_status redeem(mortise_self self, uint64_t ticket, mortise_error* error) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::consent_redeem, error};
        if (!enter.ok()) return enter.status();
        return enter.run([&] {
            return enter.calls().consent->redeem(enter.caller(), ticket);
        });
    }

    static constexpr mortise_consent table{
        {sizeof(mortise_consent), 1},
        &CheckedConsent::ask,
        &CheckedConsent::redeem,
    };
};

} // namespace mortise::host
