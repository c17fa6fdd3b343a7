// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.commands/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/commands.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedCommands {
    static mortise_status bind(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::commands_bind, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().commands->bind(enter.caller(), border::view(name), tag);
        });
    }

    static mortise_status call(
        mortise_self self,
        mortise_text name,
        mortise_tree arguments,
        const mortise_call_options* options,
        mortise_sink result,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::commands_call, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")
              && check.optional_value(arguments, "arguments")
              && (options == nullptr || check_struct(check, *options, "options"))
              && check.sink(result, "result")))
            return enter.refuse(check.fault());
        const mortise_call_options options_known = border::widened_or_empty(options);
        return enter.run([&] {
            return enter.calls().commands->call(
                enter.caller(),
                border::view(name),
                ValueView{arguments},
                options != nullptr ? &options_known : nullptr,
                border::Sink{result}
            );
        });
    }

    static mortise_status post(
        mortise_self self,
        mortise_text name,
        mortise_tree arguments,
        const mortise_call_options* options,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::commands_post, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")
              && check.optional_value(arguments, "arguments")
              && (options == nullptr || check_struct(check, *options, "options"))))
            return enter.refuse(check.fault());
        const mortise_call_options options_known = border::widened_or_empty(options);
        return enter.run([&] {
            return enter.calls().commands->post(
                enter.caller(),
                border::view(name),
                ValueView{arguments},
                options != nullptr ? &options_known : nullptr,
                tag
            );
        });
    }

    static constexpr mortise_commands table{
        {sizeof(mortise_commands), 1},
        &CheckedCommands::bind,
        &CheckedCommands::call,
        &CheckedCommands::post,
    };
};

} // namespace mortise::host
