#include "base/random.hpp"

#include <cerrno>
#include <exception>
#include <sys/random.h>

namespace mortise::host {

void random_bytes(std::span<std::byte> out) noexcept
{
    while (!out.empty()) {
        const ssize_t got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            std::terminate();
        }
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

std::uint64_t random_u64() noexcept
{
    std::uint64_t number = 0;
    random_bytes(std::as_writable_bytes(std::span{&number, 1}));
    return number;
}

} // namespace mortise::host
