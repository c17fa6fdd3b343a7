#pragma once

/// \file
/// A call's context in the form in which plugins are told of it.

#include "access/principal.hpp"

#include <mortise/abi/plugin.h>

#include <string>

namespace mortise::host {

/// Keeps the texts that the struct points at; `context` must outlive it. Thread-safety: belongs to one call.
class ContextBlock {
public:
    /// `now`: the time of the call. `deadline`: microseconds since 1970; 0: none.
    ContextBlock(const CallContext& context, Instant now, std::int64_t deadline = 0);
    ContextBlock(const ContextBlock&) = delete;
    ContextBlock& operator=(const ContextBlock&) = delete;

    const mortise_context& get() const noexcept { return m_context; }
    /// Another one to name than the principal who acts.
    void set_actor(std::string actor, Id user);
    void set_key(std::string_view key) noexcept;

private:
    std::string m_actor;
    mortise_context m_context{};
};

} // namespace mortise::host
