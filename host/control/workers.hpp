#pragma once

/// \file
/// Threads on which calls of the control API run, so that no event loop ever waits for one.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mortise::host {

/// Makes threads as they are needed, up to `most`, and keeps them. Thread-safety: any thread may call `post`;
/// `stop` must not be called by a task.
class Workers {
public:
    explicit Workers(std::size_t most) : m_most{most} { }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers() { stop(); }

    /// Runs `task` soon; it must not throw. False once stopped: then it will never run.
    bool post(std::function<void()> task);
    /// Takes no more tasks, and waits until those that it took are done.
    void stop();

private:
    void run();

    const std::size_t m_most;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_tasks;
    std::size_t m_idle{0};
    bool m_stopping{false};
    std::vector<std::thread> m_threads;
};

} // namespace mortise::host
