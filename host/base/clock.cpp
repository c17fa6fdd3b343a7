#include "base/clock.hpp"

#include <chrono>

namespace mortise::host {
namespace {

class SystemClock final : public Clock {
public:
    Instant now() const noexcept override
    {
        const auto since = std::chrono::system_clock::now().time_since_epoch();
        return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
    }
};

} // namespace

const Clock& system_clock_source() noexcept
{
    static const SystemClock clock;
    return clock;
}

} // namespace mortise::host
