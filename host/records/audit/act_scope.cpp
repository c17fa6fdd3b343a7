#include "records/audit/act_scope.hpp"

#include <utility>

namespace mortise::host {

namespace {

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): one of each thread, for this file alone
thread_local const AuditAct* innermost_act = nullptr;

} // namespace

ActScope::ActScope(const AuditAct* act) noexcept : m_outer{std::exchange(innermost_act, act)} { }

ActScope::~ActScope()
{
    innermost_act = m_outer;
}

const AuditAct* ActScope::current() noexcept
{
    return innermost_act;
}

} // namespace mortise::host
