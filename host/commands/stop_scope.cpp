#include "commands/stop_scope.hpp"

#include <utility>

namespace mortise::host {

namespace {

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): one of each thread, for this file alone
thread_local const StopScope* innermost = nullptr;

} // namespace

StopScope::StopScope(std::stop_token stop) noexcept
    : m_stop{std::move(stop)},
      m_outer{std::exchange(innermost, this)}
{
}

StopScope::~StopScope()
{
    innermost = m_outer;
}

std::stop_token StopScope::current() noexcept
{
    return innermost ? innermost->m_stop : std::stop_token{};
}

} // namespace mortise::host
