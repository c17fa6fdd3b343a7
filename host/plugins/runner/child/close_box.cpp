#include "plugins/runner/child/close_box.hpp"

#include "base/sanitizers.hpp"
#include "plugins/runner/child/landlock.hpp"
#include "plugins/runner/child/namespaces.hpp"
#include "plugins/runner/child/syscall_filter.hpp"

#include <csignal>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mortise::host {

namespace {

// Not yet in the headers of Debian 12.
constexpr int set_memory_rules = 65; // PR_SET_MDWE
constexpr unsigned long no_executable_gain = 1; // PR_MDWE_REFUSE_EXEC_GAIN

/// 256 lanes for hooks and jobs, and what the plugin opens itself.
constexpr rlim_t most_descriptors = 512;
/// The same in threads. Counts for each box alone, so only where it has a user namespace.
constexpr rlim_t most_threads = 320;

#if defined(MORTISE_ASAN) || defined(MORTISE_TSAN)
constexpr bool is_sanitized = true; // it reserves terabytes of addresses for itself
#else
constexpr bool is_sanitized = false;
#endif

bool limit(__rlimit_resource resource, rlim_t most) noexcept
{
    const rlimit both{most, most};
    return ::setrlimit(resource, &both) == 0;
}

void set_limits(const BoxPlan& plan, BoxReport& report) noexcept
{
    bool are_set = limit(RLIMIT_CORE, 0);
    are_set = limit(RLIMIT_FSIZE, 0) && are_set;
    are_set = limit(RLIMIT_NOFILE, most_descriptors) && are_set;
    are_set = limit(RLIMIT_MSGQUEUE, 0) && are_set;
    are_set = limit(RLIMIT_MEMLOCK, 0) && are_set;
    if (!is_sanitized) are_set = limit(RLIMIT_AS, plan.memory_bytes) && are_set;
    if (are_set) report.add(BoxPart::limits);
}

} // namespace

BoxReport close_box(const BoxPlan& plan) noexcept
{
    BoxReport report;
    ::syscall(SYS_close_range, static_cast<unsigned>(plan.first_unused), ~0U, 0U);
    become_nobody(report);
    close_namespaces(report);
    if (report.has(BoxPart::namespaces)) limit(RLIMIT_NPROC, most_threads);
    // Changes of the user take these two back, so they come after it.
    ::prctl(PR_SET_DUMPABLE, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    set_limits(plan, report);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return report;
    close_files(report);
    if (::prctl(set_memory_rules, no_executable_gain, 0, 0, 0) == 0) report.add(BoxPart::memory);
    close_system_calls(report); // last: it ends all of the above
    return report;
}

} // namespace mortise::host
