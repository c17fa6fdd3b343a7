#pragma once

/// \file
/// `Link`: the console's way to the host, as the UI thread sees it. Calls return at once; what comes back
/// waits until the UI thread takes it. The host may go and return: the link connects again by itself.

#include <mortise/control/connection.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mortise::ui {

enum class LinkState : std::uint8_t { connecting, open, lost };

using Answer = std::function<void(Result<boost::json::value>)>;
using Part = std::function<void(const boost::json::value&)>;
using Connect = std::function<Result<std::unique_ptr<control::Connection>>()>;

/// Keeps a call wanted: when it is destroyed, the answer is dropped and the host is asked to give the call
/// up.
class Ticket {
public:
    struct State;

    Ticket();
    explicit Ticket(std::shared_ptr<State> state);
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&& other) noexcept;
    ~Ticket();

    /// Whether the answer is still to come.
    bool is_under_way() const noexcept;
    /// Asks the host to give it up; the answer still comes.
    void cancel() const;
    /// Lets the call go on without anybody waiting here; its answer is still delivered.
    void detach() noexcept;

private:
    void drop() noexcept;

    std::shared_ptr<State> m_state;
};

/// Thread-safety: the UI thread, but for what is passed to the constructor: `connect` runs on a thread of the
/// link, `wake` on any.
class Link {
public:
    using Listener = std::function<void(std::string_view method, const boost::json::object& params)>;

    /// `wake` is called when something has come that `pump` would take.
    Link(Connect connect, std::function<void()> wake);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    [[nodiscard]] Ticket
    call(std::string_view method, boost::json::object params, Answer answer, Part part = {});
    /// As `call`, with `on_progress` told how far it is.
    [[nodiscard]] Ticket call_with_progress(
        std::string_view method, boost::json::object params, Answer answer, Part part, Part on_progress
    );

    /// Takes what has come, on the UI thread; answers are called from here. Tells whether anything is to be
    /// drawn.
    bool pump();
    /// For an answer to say that it brought nothing that is seen.
    void note_nothing_new() noexcept { ++m_boring; }

    LinkState state() const noexcept { return m_state; }
    const Error& trouble() const noexcept { return m_trouble; }
    /// How often it was opened; a new number is a new session, in which nothing is subscribed.
    int session() const noexcept { return m_session; }
    void set_listener(Listener listener) { m_listener = std::move(listener); }
    /// How many answers are still to come.
    int under_way() const noexcept { return m_under_way; }
    /// Tries again now instead of after the pause.
    void retry();

private:
    struct Shared;

    std::shared_ptr<Shared> m_shared;
    Listener m_listener;
    LinkState m_state{LinkState::connecting};
    Error m_trouble;
    int m_session{0};
    std::size_t m_boring{0};
    int m_under_way{0};
};

} // namespace mortise::ui
