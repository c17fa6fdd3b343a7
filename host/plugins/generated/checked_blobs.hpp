// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// The checks in front of the host's mortise.blobs/1.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/generated/checked_structs.hpp"
#include "plugins/generated/host_calls.hpp"
#include <mortise/abi/blobs.h>

namespace mortise::host {

template <class Guard> // see abi_functions.hpp
struct CheckedBlobs {
    static mortise_status begin(mortise_self self, uint64_t* file, mortise_error* error) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::blobs_begin, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.pointer(file, "file")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().blobs->begin(enter.caller(), *file);
        });
    }

    static mortise_status write(
        mortise_self self,
        uint64_t file,
        mortise_tree data,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::blobs_write, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.value(data, "data")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().blobs->write(enter.caller(), file, ValueView{data});
        });
    }

    static mortise_status finish(
        mortise_self self,
        uint64_t file,
        mortise_text name,
        mortise_text type,
        mortise_sink reference,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::blobs_finish, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(name, "name")
              && check.text(type, "type")
              && check.sink(reference, "reference")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().blobs->finish(
                enter.caller(),
                file,
                border::view(name),
                border::view(type),
                border::Sink{reference}
            );
        });
    }

    static mortise_status open(
        mortise_self self,
        mortise_text type,
        uint64_t record,
        mortise_text field,
        uint64_t* file,
        uint64_t* size,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::blobs_open, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.text(type, "type")
              && check.text(field, "field")
              && check.pointer(file, "file")
              && check.pointer(size, "size")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().blobs->open(
                enter.caller(),
                border::view(type),
                record,
                border::view(field),
                *file,
                *size
            );
        });
    }

    static mortise_status read(
        mortise_self self,
        uint64_t file,
        uint64_t offset,
        uint64_t most,
        mortise_sink data,
        mortise_error* error
    ) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::blobs_read, error};
        if (!enter.ok()) return enter.status();
        border::Check check{enter.limits()};
        if (!(check.sink(data, "data")))
            return enter.refuse(check.fault());
        return enter.run([&] {
            return enter.calls().blobs->read(enter.caller(), file, offset, most, border::Sink{data});
        });
    }

    static mortise_status close(mortise_self self, uint64_t file, mortise_error* error) noexcept
    {
        typename Guard::Enter enter{self, AbiFunction::blobs_close, error};
        if (!enter.ok()) return enter.status();
        return enter.run([&] {
            return enter.calls().blobs->close(enter.caller(), file);
        });
    }

    static constexpr mortise_blobs table{
        {sizeof(mortise_blobs), 1},
        &CheckedBlobs::begin,
        &CheckedBlobs::write,
        &CheckedBlobs::finish,
        &CheckedBlobs::open,
        &CheckedBlobs::read,
        &CheckedBlobs::close,
    };
};

} // namespace mortise::host
