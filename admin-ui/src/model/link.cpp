#include "model/link.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::ui {

using namespace std::chrono_literals;

struct Ticket::State {
    std::weak_ptr<control::Connection> connection{};
    control::CallNumber number{0};
    Answer answer{};
    Part part{};
    Part progress{};
    bool is_over{false};
};

struct Link::Shared {
    Connect connect;
    std::function<void()> wake;
    std::mutex mutex{};
    std::condition_variable changed{};
    std::vector<std::function<void(Link&)>> inbox{};
    std::shared_ptr<control::Connection> connection{};
    bool is_closed{false}; ///< of the connection
    bool wants_retry{false};
    bool is_over{false}; ///< of the link
    std::thread worker{};

    void post(std::function<void(Link&)> what)
    {
        {
            const std::scoped_lock lock{mutex};
            if (is_over) return;
            inbox.push_back(std::move(what));
        }
        wake();
    }

    void run(const std::shared_ptr<Shared>& self);
    bool stay_open(const std::shared_ptr<Shared>& self, std::unique_ptr<control::Connection> opened);
    /// False if the link is over.
    bool pause(std::chrono::milliseconds span)
    {
        std::unique_lock lock{mutex};
        changed.wait_for(lock, span, [this] { return is_over || wants_retry; });
        wants_retry = false;
        return !is_over;
    }
};

namespace {

constexpr auto shortest_pause = 250ms;
constexpr auto longest_pause = 4000ms;

Error closed()
{
    return {
        ErrorCode::io,
        "there is no connection to the host",
        "control.closed",
        {},
        "it is tried again by itself"
    };
}

} // namespace

bool Link::Shared::stay_open(const std::shared_ptr<Shared>& self, std::unique_ptr<control::Connection> opened)
{
    const std::weak_ptr<Shared> weak{self};
    opened->set_listener([weak](std::string_view method, const boost::json::object& params) {
        if (const auto shared = weak.lock())
            shared->post([method = std::string{method}, params](Link& link) {
                if (link.m_listener) link.m_listener(method, params);
            });
    });
    opened->set_on_closed([weak](const Error& why) {
        const auto shared = weak.lock();
        if (!shared) return;
        shared->post([why](Link& link) {
            link.m_state = LinkState::lost;
            link.m_trouble = why;
        });
        const std::scoped_lock lock{shared->mutex};
        shared->is_closed = true;
        shared->changed.notify_all();
    });
    std::unique_lock lock{mutex};
    if (is_over) return false;
    is_closed = false;
    connection = std::move(opened);
    inbox.emplace_back([](Link& link) {
        link.m_state = LinkState::open;
        link.m_trouble = {};
        ++link.m_session;
    });
    lock.unlock();
    wake();
    lock.lock();
    changed.wait(lock, [this] { return is_over || is_closed || !connection->is_open(); });
    const auto ended = std::exchange(connection, {});
    const bool goes_on = !is_over;
    lock.unlock();
    return goes_on;
}

void Link::Shared::run(const std::shared_ptr<Shared>& self)
{
    std::chrono::milliseconds span = shortest_pause;
    while (true) {
        auto opened = connect();
        if (opened) {
            span = shortest_pause;
            if (!stay_open(self, *std::move(opened))) return;
        } else {
            post([why = std::move(opened).error()](Link& link) {
                link.m_state = LinkState::lost;
                link.m_trouble = why;
            });
        }
        if (!pause(span)) return;
        span = std::min<std::chrono::milliseconds>(span * 2, longest_pause);
    }
}

Link::Link(Connect connect, std::function<void()> wake) : m_shared{std::make_shared<Shared>()}
{
    m_shared->connect = std::move(connect);
    m_shared->wake = std::move(wake);
    m_shared->worker = std::thread{[shared = m_shared] { shared->run(shared); }};
}

Link::~Link()
{
    {
        const std::scoped_lock lock{m_shared->mutex};
        m_shared->is_over = true;
        m_shared->inbox.clear();
        m_shared->changed.notify_all();
    }
    m_shared->worker.join();
}

Ticket Link::call(std::string_view method, boost::json::object params, Answer answer, Part part)
{
    return call_with_progress(method, std::move(params), std::move(answer), std::move(part), {});
}

Ticket Link::call_with_progress(
    std::string_view method, boost::json::object params, Answer answer, Part part, Part on_progress
)
{
    auto state = std::make_shared<Ticket::State>();
    state->answer = std::move(answer);
    state->part = std::move(part);
    state->progress = std::move(on_progress);
    std::shared_ptr<control::Connection> connection;
    {
        const std::scoped_lock lock{m_shared->mutex};
        connection = m_shared->connection;
    }
    ++m_under_way;
    const auto end = [weak = std::weak_ptr<Shared>{m_shared}, state](Result<boost::json::value> result) {
        if (const auto shared = weak.lock())
            shared->post([state, result = std::move(result)](Link& link) mutable {
                --link.m_under_way;
                state->is_over = true;
                if (const Answer asked = std::exchange(state->answer, {})) asked(std::move(result));
            });
    };
    if (!connection) {
        end(closed());
        return Ticket{std::move(state)};
    }
    const auto passing = [weak = std::weak_ptr<Shared>{m_shared}, state](Part Ticket::State::* who) {
        return [weak, state, who](const auto& value) {
            if (const auto shared = weak.lock())
                shared->post([state, who, value = boost::json::value(value)](Link&) {
                    if (const Part& asked = (*state).*who; asked && state->answer) asked(value);
                });
        };
    };
    control::CallEvents events;
    if (state->part) events.on_chunk = passing(&Ticket::State::part);
    if (state->progress) events.on_progress = passing(&Ticket::State::progress);
    state->connection = connection;
    state->number = connection->start(method, std::move(params), end, std::move(events));
    return Ticket{std::move(state)};
}

bool Link::pump()
{
    std::vector<std::function<void(Link&)>> came;
    {
        const std::scoped_lock lock{m_shared->mutex};
        came.swap(m_shared->inbox);
    }
    m_boring = 0;
    for (const auto& one : came)
        one(*this);
    return came.size() > m_boring;
}

void Link::retry()
{
    const std::scoped_lock lock{m_shared->mutex};
    m_shared->wants_retry = true;
    m_shared->changed.notify_all();
}

Ticket::Ticket() = default;
Ticket::Ticket(std::shared_ptr<State> state) : m_state{std::move(state)} { }
Ticket::Ticket(Ticket&& other) noexcept = default;
Ticket& Ticket::operator=(Ticket&& other) noexcept
{
    drop();
    m_state = std::move(other.m_state);
    return *this;
}
Ticket::~Ticket()
{
    drop();
}

bool Ticket::is_under_way() const noexcept
{
    return m_state && !m_state->is_over;
}

void Ticket::cancel() const
{
    if (!is_under_way()) return;
    if (const auto connection = m_state->connection.lock()) connection->cancel(m_state->number);
}

void Ticket::detach() noexcept
{
    m_state.reset();
}

void Ticket::drop() noexcept
{
    if (!is_under_way()) return;
    m_state->answer = {};
    m_state->part = {};
    m_state->progress = {};
    cancel();
    m_state.reset();
}

} // namespace mortise::ui
