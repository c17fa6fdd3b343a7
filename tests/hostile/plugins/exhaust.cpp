#include "acts.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace hostile {

namespace {

void* wait_for_ever(void*)
{
    while (true)
        ::sleep(1000);
}

/// With stacks as threads have them. A tame bomb: it says so after a thousand.
std::string threads()
{
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    for (int i = 0; i < 1000; ++i) {
        pthread_t thread{};
        if (::pthread_create(&thread, &attributes, &wait_for_ever, nullptr) != 0) return "stopped";
        ::pthread_detach(thread);
    }
    return "done";
}

std::string forks()
{
    for (int i = 0; i < 20; ++i) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(0);
        if (child < 0) return told(-1);
        ::waitpid(child, nullptr, 0);
    }
    return "done";
}

std::string memory()
{
    constexpr std::size_t piece = std::size_t{64} << 20;
    for (int i = 0; i < 256; ++i) // 16 GiB, without touching it
        if (::mmap(nullptr, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
            == MAP_FAILED)
            return told(-1);
    return "done";
}

/// So much with each call, used, and never given back.
std::string leak()
{
    constexpr std::size_t piece = std::size_t{32} << 20;
    auto* kept = static_cast<char*>(std::malloc(piece));
    if (kept == nullptr) return told(-1);
    for (std::size_t at = 0; at < piece; at += 4096)
        kept[at] = 1;
    static std::vector<char*> all;
    all.push_back(kept);
    return "done";
}

std::string descriptors()
{
    std::vector<int> opened;
    int reason = 0;
    while (opened.size() < 600 && reason == 0) {
        const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
            reason = errno;
        else
            opened.push_back(descriptor);
    }
    for (const int descriptor : opened)
        ::close(descriptor);
    errno = reason;
    return told(reason == 0 ? 0 : -1);
}

std::string disk()
{
    std::string last = "ENOENT";
    for (const char* folder : {"/tmp", "/var/tmp", "/dev/shm", "."}) {
        const std::string file = std::string{folder} + "/mortise-hostile";
        const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (descriptor < 0) continue;
        const std::array<char, 4096> bytes{};
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        ::close(descriptor);
        ::unlink(file.c_str());
        if (written > 0) return "done";
    }
    return "stopped";
}

} // namespace

std::string told(long result)
{
    return result >= 0 ? "done" : ::strerrorname_np(errno);
}

std::string exhaust(const std::string& what)
{
    if (what == "fork bomb") return forks();
    if (what == "thread bomb") return threads();
    if (what == "memory") return memory();
    if (what == "leak") return leak();
    if (what == "descriptors") return descriptors();
    if (what == "disk") return disk();
    return {};
}

} // namespace hostile
