#include "plugins/runner/child/syscall_filter.hpp"

#include "base/sanitizers.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace mortise::host {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t this_machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t this_machine = AUDIT_ARCH_AARCH64;
#endif

/// Allowed whatever their arguments are. What is called often comes first. Together with those whose
/// arguments are looked at: at most 60.
constexpr std::array allowed{
    SYS_futex,
    SYS_sendmsg,
    SYS_recvfrom,
#ifdef SYS_poll
    SYS_poll,
#endif
    SYS_read,
    SYS_write,
    SYS_munmap,
    SYS_madvise,
    SYS_brk,
    SYS_clock_gettime,
    SYS_getpid,
    SYS_gettid,
    // files, as Landlock leaves them
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_lseek,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_faccessat,
    SYS_getcwd,
    SYS_getdents64,
    SYS_statfs,
    SYS_fstatfs,
#ifdef SYS_access
    SYS_access,
#endif
#ifdef SYS_readlink
    SYS_readlink,
#else
    SYS_readlinkat,
#endif
    // memory, threads, signals of its own
    SYS_mremap,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
    // time, and what it is itself
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getrandom,
    SYS_getrusage,
    SYS_uname,
    SYS_sysinfo,
    SYS_ppoll,
    SYS_recvmsg,
#if defined(MORTISE_ASAN)
    SYS_pipe2, // how a sanitizer finds out whether memory can be read
    SYS_pipe,
#endif
};

/// openat, mmap, mprotect, clone, tgkill, fcntl, prlimit64
constexpr std::size_t examined = 7;
#if !defined(MORTISE_ASAN)
static_assert(allowed.size() + examined <= 60, "a longer list needs a reason for each");
#endif

constexpr std::uint32_t offset_of_low(std::size_t argument) noexcept
{
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
}
constexpr std::uint32_t offset_of_high(std::size_t argument) noexcept
{
    return offset_of_low(argument) + sizeof(std::uint32_t);
}

/// Writes the filter's program, for one call after another.
class Program {
public:
    void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
    void answer(std::uint32_t what) { add(BPF_RET | BPF_K, what); }
    void allow() { answer(SECCOMP_RET_ALLOW); }
    void refuse(int error = EPERM)
    {
        answer(SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA));
    }
    /// The next `instructions` are for the case that what was loaded is `value`.
    void when_equal(std::uint32_t value, std::uint8_t instructions)
    {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, instructions);
    }
    void when_any_bit(std::uint32_t bits, std::uint8_t instructions)
    {
        add(BPF_JMP | BPF_JSET | BPF_K, bits, 0, instructions);
    }
    void when_no_bit(std::uint32_t bits, std::uint8_t instructions)
    {
        add(BPF_JMP | BPF_JSET | BPF_K, bits, instructions, 0);
    }
    void keep_bits(std::uint32_t bits) { add(BPF_ALU | BPF_AND | BPF_K, bits); }

    const std::vector<sock_filter>& code() const noexcept { return m_code; }

private:
    void add(int code, std::uint32_t value, std::uint8_t if_true = 0, std::uint8_t if_false = 0)
    {
        m_code.push_back({static_cast<std::uint16_t>(code), if_true, if_false, value});
    }
    std::vector<sock_filter> m_code;
};

/// One call and the instructions that judge its arguments; they end with an answer.
template <class Judge>
void examine(Program& program, long call, Judge&& judge)
{
    Program inner;
    judge(inner);
    program.when_equal(static_cast<std::uint32_t>(call), static_cast<std::uint8_t>(inner.code().size()));
    judge(program);
}

Program written()
{
    Program program;
    program.load(offsetof(seccomp_data, arch));
    program.when_equal(this_machine, 1);
    program.load(offsetof(seccomp_data, nr));
    // Of another machine the number was not loaded: what is left is this constant, and no call.
    for (const long call : allowed) {
        program.when_equal(static_cast<std::uint32_t>(call), 1);
        program.allow();
    }
    // Reading only; what may be read is Landlock's to say.
    examine(program, SYS_openat, [](Program& p) {
        p.load(offset_of_low(2));
        p.when_any_bit(O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, 1);
        p.refuse();
        p.allow();
    });
    examine(program, SYS_mmap, [](Program& p) {
        p.load(offset_of_low(2));
        p.keep_bits(PROT_WRITE | PROT_EXEC);
        p.when_equal(PROT_WRITE | PROT_EXEC, 1);
        p.refuse();
        p.allow();
    });
    examine(program, SYS_mprotect, [](Program& p) {
        p.load(offset_of_low(2));
        p.when_any_bit(PROT_EXEC, 1);
        p.refuse();
        p.allow();
    });
    // Threads, no processes.
    examine(program, SYS_clone, [](Program& p) {
        p.load(offset_of_low(0));
        p.when_no_bit(CLONE_THREAD, 1);
        p.refuse();
        p.allow();
    });
    program.when_equal(static_cast<std::uint32_t>(SYS_clone3), 1);
    program.refuse(ENOSYS); // its arguments cannot be looked at; the C library then uses the other one
    // Signals to itself: abort() and raise().
    examine(program, SYS_tgkill, [](Program& p) {
        p.load(offset_of_low(0));
        p.when_equal(static_cast<std::uint32_t>(::getpid()), 1);
        p.allow();
        p.refuse();
    });
    examine(program, SYS_fcntl, [](Program& p) {
        p.load(offset_of_low(1));
        for (const std::uint32_t action : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL}) {
            p.when_equal(action, 1);
            p.allow();
        }
        p.refuse();
    });
    // Its own limits, to read: the first argument is 0, the third a null pointer.
    examine(program, SYS_prlimit64, [](Program& p) {
        for (const std::uint32_t word : {offset_of_low(0), offset_of_low(2), offset_of_high(2)}) {
            p.load(word);
            p.when_any_bit(0xffffffffU, 1);
            p.refuse();
        }
        p.allow();
    });
    program.refuse();
    return program;
}

} // namespace

void close_system_calls(BoxReport& report) noexcept
{
    try {
        const Program program = written();
        auto code = program.code();
        const sock_fprog filter{static_cast<unsigned short>(code.size()), code.data()};
        if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0) report.add(BoxPart::filter);
    } catch (const std::exception&) { // no memory: the report says that it is missing
    }
}

std::size_t allowed_call_count() noexcept
{
    return allowed.size() + examined;
}

} // namespace mortise::host
