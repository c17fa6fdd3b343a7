#pragma once

/// \file
/// One pass over the outbox at a time: limits count what was sent before. Who comes meanwhile does not wait,
/// which would hold a thread, and is not forgotten either: the pass that runs goes through the outbox again.

#include <mutex>
#include <utility>

namespace mortise::plugins::email {

/// Thread-safety: any thread.
class PassGate {
public:
    /// Runs `pass` until nobody has come since it began. False if somebody else is at it, who goes on for us.
    template <class Pass>
    bool run(Pass pass)
    {
        {
            const std::lock_guard lock{m_mutex};
            m_again = true;
            if (m_is_running) return false;
            m_is_running = true;
        }
        try {
            while (begin())
                pass();
        } catch (...) {
            const std::lock_guard lock{m_mutex};
            m_is_running = false;
            throw;
        }
        return true;
    }

private:
    /// Whether there is another pass to run. If not, the end is noted in the same breath, so that whoever
    /// comes next begins anew.
    bool begin()
    {
        const std::lock_guard lock{m_mutex};
        if (!m_again) m_is_running = false;
        return std::exchange(m_again, false);
    }

    std::mutex m_mutex;
    bool m_is_running{false};
    bool m_again{false};
};

} // namespace mortise::plugins::email
