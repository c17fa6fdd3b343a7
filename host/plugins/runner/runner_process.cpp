/// \file
/// What a plugin's process prints, and how it ends.

#include "plugins/runner/runner.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <utility>

namespace mortise::host {

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
        if ((in_second += static_cast<std::size_t>(got)) < most_in_second) continue;
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

} // namespace mortise::host
