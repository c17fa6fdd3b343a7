// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.net/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/net.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedNet {
    static mortise_status connect(
        mortise_self self,
        const mortise_net_target* target,
        uint64_t* connection,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::net_connect, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!((check.pointer(target, "target") && check_struct(check, *target, "target"))
              && check.pointer(connection, "connection")))
            return enter.refuse(check.fault());
        const mortise_net_target target_known = border::widened(*target);
        return enter.run([&] {
            return enter.calls().net->connect(enter.caller(), target_known, *connection);
        });
    }

    static mortise_status start_tls(
        mortise_self self,
        uint64_t connection,
        mortise_text server_name,
        uint32_t timeout_ms,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::net_start_tls, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(server_name, "server_name")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().net->start_tls(
                enter.caller(),
                connection,
                border::view(server_name),
                timeout_ms
            );
        });
    }

    static mortise_status read(
        mortise_self self,
        uint64_t connection,
        uint64_t most,
        uint32_t timeout_ms,
        mortise_sink data,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::net_read, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.sink(data, "data")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().net->read(enter.caller(), connection, most, timeout_ms, border::Sink{data});
        });
    }

    static mortise_status write(
        mortise_self self,
        uint64_t connection,
        mortise_tree data,
        uint32_t timeout_ms,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::net_write, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.value(data, "data")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().net->write(enter.caller(), connection, ValueView{data}, timeout_ms);
        });
    }

    static mortise_status wait(
        mortise_self self,
        const uint64_t* connections,
        uint64_t connections_count,
        uint32_t timeout_ms,
        uint64_t* ready,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::net_wait, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.span(connections, connections_count, "connections")
              && check.pointer(ready, "ready")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().net->wait(
                enter.caller(),
                std::span{connections, connections_count},
                timeout_ms,
                *ready
            );
        });
    }

    static mortise_status describe(
        mortise_self self,
        uint64_t connection,
        mortise_sink facts,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::net_describe, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.sink(facts, "facts")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().net->describe(enter.caller(), connection, border::Sink{facts});
        });
    }

    static mortise_status close(mortise_self self, uint64_t connection, mortise_error* error) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::net_close, error};
        if (!enter.ok()) return enter.status();
        return enter.run([&] {
            return enter.calls().net->close(enter.caller(), connection);
        });
    }

    static constexpr mortise_net table{
        {sizeof(mortise_net), 1},
        &CheckedNet::connect,
        &CheckedNet::start_tls,
        &CheckedNet::read,
        &CheckedNet::write,
        &CheckedNet::wait,
        &CheckedNet::describe,
        &CheckedNet::close,
    };
};

} // namespace mortise::host
