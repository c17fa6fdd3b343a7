// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.query/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/query.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedQuery {
    static mortise_status run(
        mortise_self self,
        mortise_text sql,
        mortise_tree parameters,
        const mortise_query_options* options,
        uint64_t* snapshot,
        mortise_sink batches,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::query_run, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(sql, "sql")
              && check.optional_value(parameters, "parameters")
              && (options == nullptr || check_struct(check, *options, "options"))
              && check.sink(batches, "batches")))
            return enter.refuse(check.fault());
        const mortise_query_options options_known = border::widened_or_empty(options);
        return enter.run([&] {
            return enter.calls().query->run(
                enter.caller(),
                border::view(sql),
                ValueView{parameters},
                options != nullptr ? &options_known : nullptr,
                snapshot,
                border::Sink{batches}
            );
        });
    }

    static mortise_status named(
        mortise_self self,
        mortise_text name,
        mortise_tree parameters,
        const mortise_query_options* options,
        uint64_t* snapshot,
        mortise_sink batches,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::query_named, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")
              && check.optional_value(parameters, "parameters")
              && (options == nullptr || check_struct(check, *options, "options"))
              && check.sink(batches, "batches")))
            return enter.refuse(check.fault());
        const mortise_query_options options_known = border::widened_or_empty(options);
        return enter.run([&] {
            return enter.calls().query->named(
                enter.caller(),
                border::view(name),
                ValueView{parameters},
                options != nullptr ? &options_known : nullptr,
                snapshot,
                border::Sink{batches}
            );
        });
    }

    static constexpr mortise_query table{
        {sizeof(mortise_query), 1},
        &CheckedQuery::run,
        &CheckedQuery::named,
    };
};

} // namespace mortise::host
