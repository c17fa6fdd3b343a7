/// \file
/// An instance whose code runs in a process of its own: its start, its box, what it prints.

#include "base/clock.hpp"
#include "plugins/instance.hpp"
#include "plugins/runner/runner.hpp"

namespace mortise::host {

Result<void> Instance::start_runner()
{
    MORTISE_TRY(
        m_runner,
        Runner::start({
            .program = m_spec.runner,
            .image = m_library->image(),
            .plugin = id(),
            .least = m_spec.least_tier,
            .memory_bytes = quota(Quota::memory_bytes),
            .self = self(),
            .limits = m_limits,
            .patience = [this](AbiFunction function) { return patience_with(function); },
            .ended = [this](const Error& how) { process_ended(how); },
            .printed = [this](std::string line) { print(std::move(line)); },
        })
    );
    m_library->release_image();
    return {};
}

BoxReport Instance::box() const
{
    return m_runner ? m_runner->box() : BoxReport{};
}

/// A line of its own process.
void Instance::print(std::string line) const
{
    log().add(
        {
            .time = m_spec.services->clock.now(),
            .level = LogLevel::info,
            .key = "plugin.printed",
            .message = std::move(line),
            .fields = {},
        },
        quota(Quota::log_lines)
    );
}

} // namespace mortise::host
