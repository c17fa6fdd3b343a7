#include "plugins/strand.hpp"

#include <algorithm>
#include <pthread.h>

namespace mortise::host {

namespace {

using Clock = std::chrono::steady_clock;

/// Commands go first, but never more than this many in a row while something else waits.
constexpr int most_commands_in_a_row = 16;

/// Who waits looks up this often.
constexpr std::chrono::milliseconds look_up{100};

std::int64_t now() noexcept
{
    return Clock::now().time_since_epoch().count();
}

} // namespace

bool Ticket::begin_running()
{
    const std::scoped_lock lock{m_mutex};
    if (m_abandoned) return false;
    m_stage = Stage::running;
    return true;
}

bool Ticket::begin_finishing()
{
    const std::scoped_lock lock{m_mutex};
    if (m_abandoned) return false;
    m_stage = Stage::finishing;
    return true;
}

void Ticket::answer()
{
    {
        const std::scoped_lock lock{m_mutex};
        m_stage = Stage::done;
    }
    m_changed.notify_all();
}

void Ticket::give_up()
{
    {
        const std::scoped_lock lock{m_mutex};
        if (m_stage != Stage::queued && m_stage != Stage::running) return;
        m_abandoned = true;
    }
    m_changed.notify_all();
}

void Ticket::drop()
{
    {
        const std::scoped_lock lock{m_mutex};
        m_stage = Stage::dropped;
    }
    m_changed.notify_all();
}

struct Strand::State {
    std::mutex mutex;
    std::condition_variable changed;
    std::array<std::deque<Item>, 3> lanes;
    bool closed{false};
    bool ended{false};
    int commands_in_a_row{0};
    std::shared_ptr<const Ticket> running;

    // the present piece of work; 0: none
    std::atomic<std::int64_t> started{0};
    std::atomic<std::int64_t> allowed{0};
    std::atomic<std::int64_t> host_since{0};
    std::atomic<std::int64_t> host_total{0}; ///< in the host, and while the machine stood still
    std::int64_t stalled_until{0}; ///< of the last time that it stood still; guarded by `mutex`

    bool empty() const { return lanes[0].empty() && lanes[1].empty() && lanes[2].empty(); }

    Item take()
    {
        const bool others = !lanes[1].empty() || !lanes[2].empty();
        std::size_t lane = 0;
        if (lanes[0].empty() || (others && commands_in_a_row >= most_commands_in_a_row))
            lane = lanes[1].empty() ? 2 : 1;
        commands_in_a_row = lane == 0 ? commands_in_a_row + 1 : 0;
        Item item = std::move(lanes[lane].front());
        lanes[lane].pop_front();
        return item;
    }

    void run(Item& item)
    {
        if (item.ticket && !item.ticket->begin_running()) return;
        host_total.store(0, std::memory_order_relaxed);
        allowed.store(item.allowed.count(), std::memory_order_relaxed);
        started.store(now(), std::memory_order_release);
        item.work();
        started.store(0, std::memory_order_release);
        if (item.ticket) item.ticket->answer();
    }

    /// However many wait and see it.
    void note_stall(std::int64_t from, std::int64_t until)
    {
        const std::scoped_lock lock{mutex};
        from = std::max(from, stalled_until);
        if (until <= from) return;
        host_total.fetch_add(until - from, std::memory_order_acq_rel);
        stalled_until = until;
    }

    /// Waits for `is_decided`, at most `patience` of time in which the machine ran. A look that comes back
    /// much too late shows that it stood still, as a virtual machine does that is moved: that is nobody's
    /// fault, and the piece of work that runs is not charged for it either.
    template <class Predicate>
    bool wait(
        std::unique_lock<std::mutex>& lock,
        std::condition_variable& decided,
        Duration patience,
        const Predicate& is_decided
    )
    {
        while (patience.count() > 0) {
            const Duration part = std::min<Duration>(patience, look_up);
            const std::int64_t begin = now();
            if (decided.wait_for(lock, part, is_decided)) return true;
            const std::int64_t due = begin + part.count();
            const std::int64_t end = now();
            if (Duration{end - due} > look_up) note_stall(due, end);
            patience -= part;
        }
        return is_decided();
    }
};

Strand::Strand(const std::string& name)
    : m_state{std::make_shared<State>()},
      m_thread{[state = m_state] { main(state); }}
{
    constexpr std::size_t longest_name = 15; // of Linux
    ::pthread_setname_np(m_thread.native_handle(), name.substr(0, longest_name).c_str());
}

Strand::~Strand()
{
    close();
    if (!m_thread.joinable()) return;
    if (wait_for_end({}))
        m_thread.join();
    else
        m_thread.detach();
}

void Strand::main(const std::shared_ptr<State>& state)
{
    std::unique_lock lock{state->mutex};
    while (true) {
        state->changed.wait(lock, [&] { return state->closed || !state->empty(); });
        if (state->empty()) break;
        Item item = state->take();
        state->running = item.ticket;
        lock.unlock();
        state->run(item);
        item = {};
        lock.lock();
        state->running.reset();
    }
    state->ended = true;
    state->changed.notify_all();
}

Result<void> Strand::push(Lane lane, Item item, std::size_t most)
{
    {
        const std::scoped_lock lock{m_state->mutex};
        auto& queue = m_state->lanes[static_cast<std::size_t>(lane)];
        if (m_state->closed)
            return Error{
                .code = ErrorCode::state, .message = "the plugin is being closed", .key = "plugins.closing"
            };
        if (queue.size() >= most)
            return Error{
                .code = ErrorCode::busy,
                .message = std::to_string(queue.size()) + " calls wait for the plugin already",
                .key = "plugins.busy",
            };
        queue.push_back(std::move(item));
    }
    m_state->changed.notify_one();
    return {};
}

Result<void> Strand::post(Lane lane, Work work, std::size_t most)
{
    return push(lane, {std::move(work), nullptr, {}}, most);
}

Result<Waited> Strand::run(
    Lane lane,
    const std::shared_ptr<Ticket>& ticket,
    Duration patience,
    Duration allowed,
    Work work,
    std::size_t most
)
{
    if (is_here())
        return Error{
            .code = ErrorCode::deadlock,
            .message = "the plugin waits for itself",
            .key = "plugins.deadlock",
            .hint = "post the command instead: its answer arrives later",
        };
    MORTISE_CHECK(push(lane, {std::move(work), ticket, allowed}, most));

    using Stage = Ticket::Stage;
    const auto is_over = [&] { return ticket->m_stage == Stage::done || ticket->m_stage == Stage::dropped; };
    std::unique_lock lock{ticket->m_mutex};
    const auto is_decided = [&] { return ticket->m_abandoned || is_over(); };
    if (m_state->wait(lock, ticket->m_changed, patience, is_decided)) {
        if (ticket->m_abandoned) return Waited::given_up;
    } else {
        if (ticket->m_stage != Stage::finishing) {
            ticket->m_abandoned = true;
            return ticket->m_stage == Stage::queued ? Waited::not_started : Waited::overdue;
        }
        ticket->m_changed.wait(lock, is_over); // it is being written: the end is near and must be known
    }
    return ticket->m_stage == Stage::done ? Waited::done : Waited::dropped;
}

void Strand::close()
{
    std::array<std::deque<Item>, 3> dropped;
    {
        const std::scoped_lock lock{m_state->mutex};
        m_state->closed = true;
        dropped.swap(m_state->lanes);
    }
    m_state->changed.notify_all();
    for (auto& lane : dropped)
        for (const Item& item : lane)
            if (item.ticket) item.ticket->drop();
}

bool Strand::wait_for_end(Duration patience)
{
    std::unique_lock lock{m_state->mutex};
    return m_state->changed.wait_for(lock, patience, [&] { return m_state->ended; });
}

void Strand::join()
{
    if (m_thread.joinable()) m_thread.join();
}

bool Strand::is_here() const noexcept
{
    return std::this_thread::get_id() == m_thread.get_id();
}

std::size_t Strand::depth() const
{
    const std::scoped_lock lock{m_state->mutex};
    return m_state->lanes[0].size() + m_state->lanes[1].size() + m_state->lanes[2].size();
}

std::string Strand::running() const
{
    const std::scoped_lock lock{m_state->mutex};
    return m_state->running ? m_state->running->label() : std::string{};
}

Strand::Duration Strand::own_time() const noexcept
{
    const std::int64_t started = m_state->started.load(std::memory_order_acquire);
    if (started == 0) return {};
    const std::int64_t at = now();
    const std::int64_t since = m_state->host_since.load(std::memory_order_acquire);
    const std::int64_t waiting = since == 0 ? 0 : std::max<std::int64_t>(0, at - since);
    return Duration{at - started - m_state->host_total.load(std::memory_order_acquire) - waiting};
}

Strand::Duration Strand::allowed() const noexcept
{
    return Duration{m_state->allowed.load(std::memory_order_relaxed)};
}

bool Strand::is_hung() const noexcept
{
    const std::int64_t allowed = m_state->allowed.load(std::memory_order_relaxed);
    return allowed > 0 && own_time().count() > allowed;
}

void Strand::enter_host() noexcept
{
    m_state->host_since.store(now(), std::memory_order_release);
}

void Strand::leave_host() noexcept
{
    const std::int64_t since = m_state->host_since.exchange(0, std::memory_order_acq_rel);
    m_state->host_total.fetch_add(now() - since, std::memory_order_acq_rel);
}

} // namespace mortise::host
