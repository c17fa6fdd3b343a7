#include "plugins/runner/probe.hpp"

#include "plugins/quotas.hpp"
#include "plugins/runner/runner.hpp"

#include <mortise/status.hpp>

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace mortise::host {

Result<BoxReport> probe_box(const std::filesystem::path& program)
{
    static constexpr std::chrono::seconds patience{2};
    const int image = ::memfd_create("nothing", MFD_CLOEXEC);
    if (image < 0)
        return Error{
            .code = ErrorCode::io,
            .message = std::string{"cannot try a box: "} + std::strerror(errno),
            .key = "runner.start",
            .where = program.string(),
        };
    auto started = Runner::start({
        .program = program,
        .image = image,
        .plugin = "nothing",
        .least = static_cast<BoxTier>(wire_only_look),
        .memory_bytes = quotas()[static_cast<std::size_t>(Quota::memory_bytes)].standard,
        .patience = [](AbiFunction) { return std::chrono::nanoseconds{patience}; },
        .ended = [](const Error&) {},
        .printed = [](const std::string&) {},
    });
    ::close(image);
    MORTISE_TRY(const auto runner, std::move(started));
    mortise_plugin table{};
    mortise_error error{};
    error.size = sizeof error;
    const mortise_status status = runner->open(table, &error);
    runner->finish(patience);
    if (status < 0)
        return Error{
            .code = error_code(status),
            .message = std::string{"cannot try a box: "} + error.message,
            .key = "runner.start",
            .where = program.string(),
        };
    return runner->box();
}

} // namespace mortise::host
