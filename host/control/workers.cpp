#include "control/workers.hpp"

#include <utility>

namespace mortise::host {

bool Workers::post(std::function<void()> task)
{
    {
        const std::lock_guard lock{m_mutex};
        if (m_stopping) return false;
        m_tasks.push_back(std::move(task));
        if (m_tasks.size() > m_idle && m_threads.size() < m_most) m_threads.emplace_back([this] { run(); });
    }
    m_changed.notify_one();
    return true;
}

void Workers::stop()
{
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock{m_mutex};
        m_stopping = true;
        threads.swap(m_threads);
    }
    m_changed.notify_all();
    for (std::thread& thread : threads)
        thread.join();
}

void Workers::run()
{
    std::unique_lock lock{m_mutex};
    while (true) {
        ++m_idle;
        m_changed.wait(lock, [this] { return m_stopping || !m_tasks.empty(); });
        --m_idle;
        if (m_tasks.empty()) return;
        auto task = std::move(m_tasks.front());
        m_tasks.pop_front();
        lock.unlock();
        task();
        task = nullptr;
        lock.lock();
    }
}

} // namespace mortise::host
