#pragma once

/// \file
/// What hooks do again and again.

#include <mortise/hook.hpp>

namespace mortise::plugins::pipelines {

inline bool is_new(const Draft& draft)
{
    return draft.operation() == Operation::create;
}

/// Sets a field unless it has that value already, so that a change holds only what really changes.
inline void set_if_other(Draft& draft, Key field, const Value& value)
{
    if (draft[field].value() != value) draft.set(field.name, value);
}

} // namespace mortise::plugins::pipelines
