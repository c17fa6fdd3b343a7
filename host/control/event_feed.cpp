#include "control/event_feed.hpp"

#include "base/json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <chrono>

namespace mortise::host {
namespace {

constexpr std::size_t most_resources = 64;
constexpr std::chrono::milliseconds retry_after{20};

} // namespace

struct EventFeed::Subscription final : public SessionResource {
    std::weak_ptr<Session> session;
    FeedWish wish;
    std::string handle; // empty until it is known
    std::int64_t skipped{0};
};

EventFeed::EventFeed(EventLog& log, std::string source) : m_log{log}, m_source{std::move(source)}
{
    m_thread = std::thread{[this] { run(); }};
}

Result<std::string> EventFeed::subscribe(const std::shared_ptr<Session>& session, FeedWish wish)
{
    if (session->resource_count() >= most_resources)
        return Error{
            ErrorCode::limit,
            "the session has too much open",
            "control.resources",
            {},
            "close what is not needed"
        };
    auto subscription = std::make_shared<Subscription>();
    subscription->session = session;
    subscription->wish = std::move(wish);
    const std::lock_guard lock{m_mutex}; // so that nothing is sent before the handle is known
    subscription->handle = session->keep("feed", subscription);
    if (subscription->handle.empty())
        return Error{ErrorCode::cancelled, "the session is closed", "control.closed", {}, {}};
    m_subscriptions.push_back(subscription);
    m_news = true;
    m_changed.notify_one();
    return subscription->handle;
}

void EventFeed::notify() noexcept
{
    {
        const std::lock_guard lock{m_mutex};
        m_news = true;
    }
    m_changed.notify_one();
}

void EventFeed::stop()
{
    {
        const std::lock_guard lock{m_mutex};
        m_stopping = true;
    }
    m_changed.notify_one();
    if (m_thread.joinable()) m_thread.join();
}

void EventFeed::run()
{
    std::unique_lock lock{m_mutex};
    bool behind = false;
    while (!m_stopping) {
        const auto ready = [this] { return m_stopping || m_news; };
        if (behind)
            m_changed.wait_for(lock, retry_after, ready);
        else
            m_changed.wait(lock, ready);
        if (m_stopping) return;
        m_news = false;
        std::erase_if(m_subscriptions, [](const auto& weak) { return weak.expired(); });
        const auto subscriptions = m_subscriptions;
        lock.unlock();
        behind = false;
        for (const auto& weak : subscriptions)
            if (const auto subscription = weak.lock()) behind |= serve(*subscription);
        lock.lock();
    }
}

/// Sends one batch if there is one and the client has room. True: there is more to send.
bool EventFeed::serve(Subscription& subscription)
{
    FeedWish& wish = subscription.wish;
    const std::int64_t last = m_log.last();
    if (wish.since >= last) return false;
    const auto session = subscription.session.lock();
    if (!session) return false;
    if (!session->outlet().has_room()) return true;
    if (wish.identify) {
        auto now = wish.identify();
        if (!now) {
            session->release(subscription.handle);
            return false;
        }
        wish.principal = *std::move(now);
    }
    if (wish.may_skip && last - wish.since > longest_lag) {
        const std::int64_t from = last - static_cast<std::int64_t>(batch_size);
        subscription.skipped += from - wish.since;
        wish.since = from;
    }
    const auto events
        = m_log.list(wish.principal, {wish.subject, wish.type, wish.since, last, batch_size, false});
    if (!events) return true; // the store has trouble: later
    wish.since = events->size() < batch_size ? last : events->back().number;
    if (!events->empty() || subscription.skipped > 0) {
        boost::json::array list;
        for (const Event& event : *events)
            list.emplace_back(cloud_event(event, m_source));
        session->outlet().notify(
            "events.batch",
            {{"feed", subscription.handle},
             {"events", std::move(list)},
             {"seen_to", std::to_string(wish.since)},
             {"skipped", std::exchange(subscription.skipped, 0)}}
        );
    }
    return wish.since < last;
}

} // namespace mortise::host
