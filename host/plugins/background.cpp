#include "plugins/background.hpp"

#include "records/records.hpp"

namespace mortise::host {

Background::Background(PluginServices& services, std::function<void(const std::string&, const Error&)> report)
    : m_services{services},
      m_report{std::move(report)}
{
    m_threads.emplace_back([this] { write_events(); });
    for (int i = 0; i < 2; ++i)
        m_threads.emplace_back([this] { run_posts(); });
}

Background::~Background()
{
    stop();
}

Error Background::too_many(std::string_view what)
{
    return {
        .code = ErrorCode::busy,
        .message = "too many " + std::string{what} + " are queued; nothing was",
        .key = "plugins.queue_full",
        .hint = "try again later",
    };
}

Result<void> Background::publish(
    const std::string& plugin, const CallContext& context, std::vector<EventDraft> events, std::size_t most
)
{
    {
        const std::scoped_lock lock{m_mutex};
        std::size_t& queued = m_events[plugin];
        if (m_stopping || queued + events.size() > most) return too_many("events");
        queued += events.size();
        m_publications.push_back({plugin, context, std::move(events)});
    }
    m_changed.notify_all();
    return {};
}

Result<void> Background::post(std::function<void()> command)
{
    {
        const std::scoped_lock lock{m_mutex};
        if (m_stopping || m_posts.size() >= most_queued) return too_many("commands");
        m_posts.push_back(std::move(command));
    }
    m_changed.notify_all();
    return {};
}

void Background::write_events()
{
    std::unique_lock lock{m_mutex};
    while (true) {
        m_changed.wait(lock, [this] { return m_stopping || !m_publications.empty(); });
        if (m_publications.empty()) return;
        Publication next = std::move(m_publications.front());
        m_publications.pop_front();
        m_events[next.plugin] -= next.events.size();
        m_writing = true;
        lock.unlock();
        UnitOfWork unit;
        unit.events = std::move(next.events);
        if (auto written = m_services.records.commit(next.context, unit); !written)
            m_report(next.plugin, written.error());
        lock.lock();
        m_writing = false;
        m_changed.notify_all();
    }
}

void Background::run_posts()
{
    std::unique_lock lock{m_mutex};
    while (true) {
        m_changed.wait(lock, [this] { return m_stopping || !m_posts.empty(); });
        if (m_posts.empty()) return;
        const auto command = std::move(m_posts.front());
        m_posts.pop_front();
        ++m_running;
        lock.unlock();
        command();
        lock.lock();
        --m_running;
        m_changed.notify_all();
    }
}

void Background::drain()
{
    std::unique_lock lock{m_mutex};
    m_changed.wait(lock, [this] {
        return m_publications.empty() && !m_writing && m_posts.empty() && m_running == 0;
    });
}

void Background::stop()
{
    {
        const std::scoped_lock lock{m_mutex};
        m_stopping = true;
    }
    m_changed.notify_all();
    for (std::thread& thread : m_threads)
        if (thread.joinable()) thread.join();
}

} // namespace mortise::host
