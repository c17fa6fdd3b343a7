#include "process_facts.hpp"

#include <chrono>
#include <filesystem>
#include <malloc.h>
#include <thread>

namespace mortise::check {

namespace {

std::size_t entries_of(const char* folder)
{
    std::size_t count = 0;
    std::error_code trouble;
    for (std::filesystem::directory_iterator at{folder, trouble}, end; !trouble && at != end;
         at.increment(trouble))
        ++count;
    return count;
}

} // namespace

ProcessFacts ProcessFacts::now()
{
    const auto heap = ::mallinfo2();
    return {entries_of("/proc/self/task"), entries_of("/proc/self/fd"), heap.uordblks + heap.hblkhd};
}

bool threads_fall_to(std::size_t threads)
{
    constexpr std::chrono::seconds patience{2};
    const auto end = std::chrono::steady_clock::now() + patience;
    while (ProcessFacts::now().threads > threads) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

} // namespace mortise::check
