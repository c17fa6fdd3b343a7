// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.records/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/records.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedRecords {
    static mortise_status reserve(
        mortise_self self,
        uint64_t count,
        uint64_t* first,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::records_reserve, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.pointer(first, "first")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().records->reserve(enter.caller(), count, *first);
        });
    }

    static mortise_status get(
        mortise_self self,
        mortise_text type,
        const uint64_t* ids,
        uint64_t ids_count,
        mortise_tree fields,
        mortise_sink row,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::records_get, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(type, "type")
              && check.span(ids, ids_count, "ids")
              && check.optional_value(fields, "fields")
              && check.sink(row, "row")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().records->get(
                enter.caller(),
                border::view(type),
                std::span{ids, ids_count},
                ValueView{fields},
                border::Sink{row}
            );
        });
    }

    static mortise_status find(
        mortise_self self,
        mortise_text type,
        mortise_text field,
        mortise_tree value,
        uint64_t limit,
        mortise_tree fields,
        mortise_sink row,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::records_find, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(type, "type")
              && check.text(field, "field")
              && check.value(value, "value")
              && check.optional_value(fields, "fields")
              && check.sink(row, "row")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().records->find(
                enter.caller(),
                border::view(type),
                border::view(field),
                ValueView{value},
                limit,
                ValueView{fields},
                border::Sink{row}
            );
        });
    }

    static mortise_status begin(
        mortise_self self,
        const mortise_unit* unit,
        uint64_t* work,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::records_begin, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!((unit == nullptr || check_struct(check, *unit, "unit"))
              && check.pointer(work, "work")))
            return enter.refuse(check.fault());
        const mortise_unit unit_known = border::widened_or_empty(unit);
        return enter.run([&] {
            return enter.calls().records->begin(
                enter.caller(),
                unit != nullptr ? &unit_known : nullptr,
                *work
            );
        });
    }

    static mortise_status stage(
        mortise_self self,
        uint64_t work,
        const mortise_operation* operations,
        uint64_t operations_count,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::records_stage, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check_items(check, operations, operations_count, MORTISE_OPERATION_MIN_SIZE, "operations")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().records->stage(
                enter.caller(),
                work,
                border::Items<mortise_operation>{operations, operations_count}
            );
        });
    }

    static mortise_status commit(
        mortise_self self,
        uint64_t work,
        uint64_t* token,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::records_commit, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.pointer(token, "token")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().records->commit(enter.caller(), work, *token);
        });
    }

    static mortise_status abandon(mortise_self self, uint64_t work, mortise_error* error) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::records_abandon, error};
        if (!enter.ok()) return enter.status();
        return enter.run([&] {
            return enter.calls().records->abandon(enter.caller(), work);
        });
    }

    static mortise_status bind_hook(
        mortise_self self,
        mortise_text name,
        uint64_t tag,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::records_bind_hook, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().records->bind_hook(enter.caller(), border::view(name), tag);
        });
    }

    static constexpr mortise_records table{
        {sizeof(mortise_records), 1},
        &CheckedRecords::reserve,
        &CheckedRecords::get,
        &CheckedRecords::find,
        &CheckedRecords::begin,
        &CheckedRecords::stage,
        &CheckedRecords::commit,
        &CheckedRecords::abandon,
        &CheckedRecords::bind_hook,
    };
};

} // namespace mortise::host
