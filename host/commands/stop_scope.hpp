#pragma once

/// \file
/// `StopScope`: who called may give up, and what runs on their behalf on this thread learns of it here. The
/// control API opens a scope around a command; a plugin's strand opens one with the same token around the
/// plugin's code; a query looks at it while it works.

#include <stop_token>

namespace mortise::host {

/// Lives on the stack; scopes nest. Thread-safety: belongs to its thread.
class StopScope {
public:
    explicit StopScope(std::stop_token stop) noexcept;
    StopScope(const StopScope&) = delete;
    StopScope& operator=(const StopScope&) = delete;
    ~StopScope();

    /// The token of the innermost scope of this thread; one that nobody stops where there is none.
    static std::stop_token current() noexcept;

private:
    std::stop_token m_stop;
    const StopScope* m_outer;
};

} // namespace mortise::host
