#include "acts.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <stdexcept>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

namespace hostile {

namespace {

struct Custom { };

volatile int zero = 0;
volatile int zero_divided = 7;
volatile bool never = false;

[[gnu::noinline]] int overflow(int depth)
{
    volatile char page[4096]{};
    page[0] = static_cast<char>(depth);
    const int result = never ? 0 : overflow(depth + 1);
    return result + page[0];
}

/// Reads behind the end of a file that is mapped.
void bus_error()
{
    const int file = ::open("/usr/share/zoneinfo/UTC", O_RDONLY | O_CLOEXEC);
    constexpr std::size_t pages = 16 * 4096;
    const auto* bytes = static_cast<volatile char*>(::mmap(nullptr, pages, PROT_READ, MAP_PRIVATE, file, 0));
    static_cast<void>(bytes[pages - 1]);
}

} // namespace

std::string crash(const std::string& what)
{
    if (what == "segv") *reinterpret_cast<volatile int*>(static_cast<std::uintptr_t>(zero)) = 1;
    if (what == "bus error") bus_error();
    if (what == "illegal instruction") __builtin_trap();
    if (what == "divide by zero") zero = zero_divided / zero;
    if (what == "abort") std::abort();
    if (what == "stack overflow") return std::to_string(overflow(1));
    if (what == "exit") std::exit(0);
    if (what == "exit at once") ::_exit(0);
    if (what == "throw in a thread")
        std::thread{[] { throw std::runtime_error{"nobody catches this"}; }}.join();
    if (what == "loop")
        while (!never) { }
    if (what == "sleep")
        while (!never)
            ::sleep(1000);
    if (what == "deadlock") {
        std::mutex mutex;
        mutex.lock();
        mutex.lock();
    }
    if (what == "throw std") throw std::out_of_range{"thrown on purpose"};
    if (what == "throw int") throw 42;
    if (what == "throw custom") throw Custom{};
    return {};
}

} // namespace hostile
