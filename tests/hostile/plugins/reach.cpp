#include "acts.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace hostile {

namespace {

std::string closing(int descriptor)
{
    const std::string answer = told(descriptor);
    if (descriptor >= 0) ::close(descriptor);
    return answer;
}

std::string run_program()
{
    const pid_t child = ::vfork();
    if (child == 0) {
        ::execl("/bin/true", "true", nullptr);
        ::_exit(1);
    }
    if (child < 0) {
        ::execl("/nowhere", "nowhere", nullptr); // in this very process; what is not there harms nobody
        return errno == EPERM ? "EPERM" : std::string{"tried: "} + ::strerrorname_np(errno);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0 ? "done" : "failed";
}

std::string trace(long process)
{
    const long result = ::ptrace(PTRACE_ATTACH, static_cast<pid_t>(process), nullptr, nullptr);
    if (result < 0) return told(result);
    ::waitpid(static_cast<pid_t>(process), nullptr, 0);
    return told(::ptrace(PTRACE_DETACH, static_cast<pid_t>(process), nullptr, nullptr));
}

std::string read_memory(long process)
{
    std::array<char, 8> bytes{};
    iovec here{bytes.data(), bytes.size()};
    iovec there{
        reinterpret_cast<void*>(&environ), bytes.size()
    }; // an address that is none is found out later
    const ssize_t got = ::process_vm_readv(static_cast<pid_t>(process), &here, 1, &there, 1, 0);
    return got < 0 && errno == EFAULT ? "done" : told(got); // it was let look
}

std::string planted_in_environment()
{
    for (char** at = environ; *at != nullptr; ++at)
        if (std::strstr(*at, "planted-secret") != nullptr) return "done";
    const std::string own = closing(::open("/proc/self/environ", O_RDONLY | O_CLOEXEC));
    return own == "done" ? "done" : "nothing";
}

std::string new_code()
{
    constexpr int all = PROT_READ | PROT_WRITE | PROT_EXEC;
    void* page = ::mmap(nullptr, 4096, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) return "done";
    page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return "no page";
    return told(::mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

std::string reach_files(const std::string& what, const char* path)
{
    struct stat facts{};
    if (what == "read passwd") return closing(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
    if (what == "read database") return closing(::open(path, O_RDONLY | O_CLOEXEC));
    if (what == "write database") return closing(::open(path, O_RDWR | O_CLOEXEC));
    if (what == "look at database") return told(::stat(path, &facts));
    if (what == "change mode") return told(::chmod(path, S_IRUSR | S_IWUSR));
    if (what == "rename")
        return told(::rename(path, path)); // to itself: allowed means done, and nothing lost
    if (what == "unlink") return told(::unlink((std::string{path} + "-bait").c_str()));
    if (what == "memory of host") return closing(::open("/proc/1/mem", O_RDONLY | O_CLOEXEC));
    if (what == "list processes") {
        DIR* folder = ::opendir("/proc");
        if (folder == nullptr) return told(-1);
        ::closedir(folder);
        return "done";
    }
    return {};
}

std::string reach_network(const std::string& what)
{
    if (what == "tcp") return closing(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (what == "udp") return closing(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (what == "unix socket") return closing(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (what == "netlink") return closing(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
    return {};
}

} // namespace

std::string reach(const std::string& what, const Target& target)
{
    if (auto answer = reach_files(what, target.path.c_str()); !answer.empty()) return answer;
    if (auto answer = reach_network(what); !answer.empty()) return answer;
    const auto process = static_cast<pid_t>(target.process);
    if (what == "run a program") return run_program();
    if (what == "trace") return trace(process);
    if (what == "read memory") return read_memory(process);
    if (what == "signal") return told(::kill(process, 0)); // asks only whether it might
    if (what == "own name space") return told(::unshare(CLONE_FS));
    if (what == "process control") return told(::prctl(PR_SET_PDEATHSIG, 0));
    if (what == "more memory file") return closing(::memfd_create("hostile", MFD_CLOEXEC));
    if (what == "new code") return new_code();
    if (what == "environment") return planted_in_environment();
    return {};
}

} // namespace hostile
