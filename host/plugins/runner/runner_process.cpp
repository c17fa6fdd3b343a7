/// \file
/// What a plugin's process prints, how it ends, and what calls are told then.

#include "plugins/frame.hpp"
#include "plugins/root_table.hpp"
#include "plugins/runner/runner.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::chrono::seconds patience_with_exit{2};

} // namespace

/// A thread of its own: what the process prints, line by line. Who prints too much waits.
void Runner::read_prints()
{
    constexpr std::size_t most_line = 1000;
    constexpr std::size_t most_in_second = 64 << 10;
    std::string line;
    const auto tell = [&] {
        if (!line.empty()) m_spec.printed(std::exchange(line, {}));
    };
    std::array<char, 4096> part{};
    pollfd both[2]{{m_prints, POLLIN, 0}, {m_process, POLLIN, 0}};
    std::size_t in_second = 0;
    auto second = std::chrono::steady_clock::now();
    while (true) {
        const ssize_t got = ::recv(m_prints, part.data(), part.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (both[1].revents != 0) break; // it has ended, and all was read
            ::poll(both, 2, -1);
            continue;
        }
        if (got <= 0) break;
        for (const char character : std::string_view{part.data(), static_cast<std::size_t>(got)}) {
            if (character != '\n') line += character;
            if (character == '\n' || line.size() >= most_line) tell();
        }
        in_second += static_cast<std::size_t>(got);
        if (in_second < most_in_second) continue;
        pollfd end{m_process, POLLIN, 0};
        const auto left = second + std::chrono::seconds{1} - std::chrono::steady_clock::now();
        if (left.count() > 0)
            ::poll(&end, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
        second = std::chrono::steady_clock::now();
        in_second = 0;
    }
    tell();
}

void Runner::wait_for_exit()
{
    constexpr std::chrono::seconds longest_exit{2};
    pollfd process{m_process, POLLIN, 0};
    int ready = 0;
    do
        ready = ::poll(&process, 1, static_cast<int>(std::chrono::milliseconds{longest_exit}.count()));
    while (ready < 0 && errno == EINTR);
    if (ready == 0) kill(); // its sockets are closed, and it stays
}

Error Runner::read_exit() const
{
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(m_process), &info, WEXITED) != 0 && errno == EINTR) { }
    Error how{
        .code = ErrorCode::crashed,
        .message = "its process exited with status " + std::to_string(info.si_status),
        .key = "plugins.crashed",
        .where = m_spec.plugin,
    };
    if (info.si_code != CLD_EXITED) {
        const char* words = ::sigdescr_np(info.si_status);
        how.message = "its process was ended by signal " + std::to_string(info.si_status)
            + (words != nullptr ? " (" + std::string{words} + ')' : std::string{});
    }
    return how;
}

void Runner::end(Error why) noexcept
{
    end(std::move(why), m_strand.get());
}

void Runner::end(Error why, const Link* culprit) noexcept
{
    try {
        const std::scoped_lock lock{m_mutex};
        if (!m_why && !m_ending) {
            m_why = std::move(why);
            m_culprit = culprit;
        }
    } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): it is ended all the same
    }
    kill();
}

bool Runner::is_ended() const
{
    const std::scoped_lock lock{m_mutex};
    return m_ending || m_why;
}

/// Until the host knows that the process has ended.
void Runner::wait_for_ending()
{
    std::unique_lock lock{m_mutex};
    if (!m_changed.wait_for(lock, patience_with_exit, [this] { return m_ending.has_value(); })) kill();
    m_changed.wait(lock, [this] { return m_ending.has_value(); });
}

/// What a call answers that was under way when the process ended. `link`: the one that it was on, if known. A
/// process may end because of another call: that one's words are not for this one.
mortise_status Runner::answer_ended(const Link* link, mortise_error* error) noexcept
{
    try {
        Error how;
        {
            const std::scoped_lock lock{m_mutex};
            how = m_ending.value_or(Error{.code = ErrorCode::crashed, .message = "its process has ended"});
            if (m_why && link != nullptr && m_culprit != nullptr && link != m_culprit) {
                how.code = ErrorCode::crashed;
                how.message = "its process was ended because of another call";
            }
        }
        if (Frame* frame = Frame::current()) {
            how.message += ", while it ran " + std::string{frame->label()};
            frame->lost = to_status(how.code);
        }
        return report(error, how);
    } catch (const std::exception&) {
        return MORTISE_E_CRASHED;
    }
}

/// What a call answers for which there was no link.
mortise_status Runner::answer_not_reached(AbiFunction function, mortise_error* error) noexcept
{
    try {
        if (!is_ended())
            return report(
                error,
                ErrorCode::busy,
                "runner.lanes",
                m_spec.plugin,
                "too many calls of its process are under way"
            );
        wait_for_ending(); // so that another process is asked, and not this one again
        if (!is_asked_again(function)) return answer_ended(nullptr, error);
        return report(
            error,
            ErrorCode::busy,
            not_reached_key,
            m_spec.plugin,
            "its process was being ended, and the call did not reach it: try again"
        );
    } catch (const std::exception&) {
        return MORTISE_E_CRASHED;
    }
}

} // namespace mortise::host
