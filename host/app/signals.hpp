#pragma once

/// \file
/// SIGINT and SIGTERM as something to wait for.

namespace mortise::host {

/// Keeps SIGINT and SIGTERM from ending the process, in this thread and all that it starts from now on, so
/// that one of them can be waited for. Must exist before other threads do.
class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    /// Waits for one; true if it has come, false when `milliseconds` are over (negative: waits for ever).
    bool wait(int milliseconds = -1);

private:
    int m_descriptor;
};

} // namespace mortise::host
