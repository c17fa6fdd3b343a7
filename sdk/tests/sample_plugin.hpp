#pragma once

/// \file
/// Structs as a host fills them, for tests that call plugins.

#include <mortise/abi/mortise.h>
#include <mortise/value_block.hpp>

#include <string_view>

namespace mortise {

/// An event with data, which must outlive it.
inline mortise_event sample_event(std::string_view type, std::uint64_t subject, const ValueBlock& data)
{
    mortise_event event{};
    event.size = sizeof event;
    event.version = 1;
    event.sequence = 5;
    event.type = {type.data(), type.size()};
    event.subject = subject;
    event.time = 1'000;
    event.recorded = 2'000;
    event.data = data.tree();
    return event;
}

/// A draft of a contact, whose blocks must outlive it.
inline mortise_draft sample_draft(std::uint32_t kind, const ValueBlock& before, const ValueBlock& after)
{
    static constexpr std::string_view type = "contact";
    mortise_draft draft{};
    draft.size = sizeof draft;
    draft.kind = kind;
    draft.type = {type.data(), type.size()};
    draft.id = 9;
    draft.before = before.tree();
    draft.after = after.tree();
    return draft;
}

} // namespace mortise
