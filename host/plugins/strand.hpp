#pragma once

/// \file
/// `Strand`: the one thread that calls an active plugin. It lives from activation to unloading, so that the
/// plugin's thread_local variables end with it. Work waits in lanes: commands first, then batches of events,
/// then answers.

#include <mortise/result.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace mortise::host {

enum class Lane : std::uint8_t { command, events, answer };

/// How waiting for a piece of work ended.
enum class Waited : std::uint8_t {
    done,
    dropped, ///< the strand was closed before it began
    not_started, ///< the time was over before it began; it never will
    overdue, ///< the time was over while it ran; what it does from now on must not count
    given_up, ///< whoever waited gave it up; as overdue if it had begun
};

/// One piece of work that somebody waits for. Thread-safety: every member may be called from any thread.
class Ticket {
public:
    /// `label` names the work to people.
    explicit Ticket(std::string label = {}) : m_label{std::move(label)} { }
    const std::string& label() const noexcept { return m_label; }
    /// From inside the work, before what it did becomes true. False: nobody waits any more, and it must be
    /// dropped.
    bool begin_finishing();
    /// From inside the work: there is an answer, though the work goes on.
    void answer();
    /// From outside: nobody waits any more. What is finishing already becomes true all the same.
    void give_up();

private:
    friend class Strand;
    enum class Stage : std::uint8_t { queued, running, finishing, done, dropped };

    bool begin_running();
    void drop();

    const std::string m_label;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    Stage m_stage{Stage::queued};
    bool m_abandoned{false};
};

/// Thread-safety: every member may be called from any thread.
class Strand {
public:
    using Work = std::function<void()>;
    using Duration = std::chrono::nanoseconds;

    /// Pieces of work that may wait in one lane, if nobody says otherwise.
    static constexpr std::size_t most_queued = 1000;

    explicit Strand(const std::string& name);
    Strand(const Strand&) = delete;
    Strand& operator=(const Strand&) = delete;
    /// Leaves the thread to itself if it is still in the plugin.
    ~Strand();

    /// Queues work. Errors: busy (too much waits), state (closed).
    Result<void> post(Lane lane, Work work, std::size_t most = most_queued);
    /// Queues work and waits for it, at most `patience` in which the machine ran. `allowed` is how long it
    /// may be in the plugin's own code before the plugin counts as hung. Never call it from the strand
    /// itself: that is a deadlock error.
    Result<Waited>
    run(Lane lane,
        const std::shared_ptr<Ticket>& ticket,
        Duration patience,
        Duration allowed,
        Work work,
        std::size_t most = most_queued);

    /// Takes nothing more, and drops what waits. What runs goes on.
    void close();
    /// Whether the thread has ended, waiting at most `patience`. After `close`.
    bool wait_for_end(Duration patience);
    /// Joins the thread, so that its thread_local variables are gone. After `wait_for_end` gave true.
    void join();

    bool is_here() const noexcept;
    std::size_t depth() const;
    /// The label of the present piece of work; empty: there is none, or nobody waits for it.
    std::string running() const;

    /// Time that the plugin's code has taken of the present piece of work: waiting in the host does not
    /// count, nor time in which the machine stood still, where somebody waits for it.
    Duration own_time() const noexcept;
    /// What the present piece of work may take of its own time; 0: nobody said.
    Duration allowed() const noexcept;
    /// Whether the present piece of work took more of its own time than it may.
    bool is_hung() const noexcept;
    /// Around each call of the host by the plugin's code on this strand.
    void enter_host() noexcept;
    void leave_host() noexcept;

private:
    struct Item {
        Work work;
        std::shared_ptr<Ticket> ticket;
        Duration allowed{};
    };
    struct State;

    static void main(const std::shared_ptr<State>& state);
    Result<void> push(Lane lane, Item item, std::size_t most);

    std::shared_ptr<State> m_state; // the thread's too, which may outlive this
    std::thread m_thread;
};

} // namespace mortise::host
