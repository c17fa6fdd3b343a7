#pragma once

/// \file
/// What the records room asks of whoever runs hooks. A hook looks at drafts before they are written; it may
/// amend or refuse them, and it never writes.

#include "access/principal.hpp"
#include "records/row.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <span>
#include <string_view>

namespace mortise::host {

/// One change on its way to being written.
class Draft {
public:
    virtual ~Draft() = default;

    virtual Operation operation() const noexcept = 0;
    virtual const RecordType& type() const noexcept = 0;
    virtual Id id() const noexcept = 0;
    /// What is in the database; null with create.
    virtual const Row* before() const noexcept = 0;
    /// What would be written; with remove the same as `before`.
    virtual const Row& after() const noexcept = 0;
    /// Sets a field of `after`; it is validated like any other value.
    virtual Result<void> amend(std::string_view field, const Value& value) = 0;
};

class HookRunner {
public:
    virtual ~HookRunner() = default;

    /// Whether any hook listens at "TYPE.create", "TYPE.update", "TYPE.delete". Asked for every change: must
    /// be fast.
    virtual bool wants(const RecordType& type, Operation operation) const noexcept = 0;
    /// Runs all hooks for all drafts, in order of their priority. An error refuses the whole unit; it names
    /// the plugin in `message`, the field in `where`, and the reason's key in `key`. Called on the writer's
    /// caller's thread, with no lock held; it may be called again for the same unit when a record changed
    /// meanwhile.
    virtual Result<void> run(const CallContext& context, std::span<Draft* const> drafts) = 0;
};

} // namespace mortise::host
