#include "app/signals.hpp"

#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace mortise::host {
namespace {

sigset_t stop_signals()
{
    sigset_t set{};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

} // namespace

StopSignals::StopSignals()
{
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_descriptor = ::signalfd(-1, &set, SFD_CLOEXEC);
}

StopSignals::~StopSignals()
{
    ::close(m_descriptor);
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr); // a second signal ends what does not end by itself
}

bool StopSignals::wait(int milliseconds)
{
    pollfd descriptor{m_descriptor, POLLIN, 0};
    if (::poll(&descriptor, 1, milliseconds) <= 0) return false;
    signalfd_siginfo info{};
    return ::read(m_descriptor, &info, sizeof info) == sizeof info;
}

} // namespace mortise::host
