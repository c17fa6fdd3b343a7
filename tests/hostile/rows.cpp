#include "rows.hpp"

#include <array>

namespace mortise::host {

namespace {

using enum BoxTier;

constexpr std::array acts{
    // It ends: one process, and in the host's own process the host.
    HostileRow{1, "segv", "crashed: .*signal 11", "the host: signal 11"},
    HostileRow{2, "bus error", "crashed: .*signal 7", "the host: signal 7"},
    HostileRow{3, "illegal instruction", "crashed: .*signal 4", "the host: signal 4"},
    HostileRow{4, "divide by zero", "crashed: .*signal 8", "the host: signal 8"},
    HostileRow{5, "abort", "crashed: .*signal 6", "the host: signal 6"},
    HostileRow{6, "stack overflow", "crashed: .*signal 11", "the host: signal 11"},
    HostileRow{7, "exit", "crashed: .*status 0", "the host: "},
    HostileRow{8, "exit at once", "crashed: .*status 0", "the host: status 0"},
    HostileRow{9, "throw in a thread", "crashed: .*signal 6", "the host: signal 6"},
    // It does not come back.
    HostileRow{10, "loop", "timeout: ", "timeout: "},
    HostileRow{11, "sleep", "timeout: ", "timeout: "},
    HostileRow{12, "deadlock", "timeout: ", "timeout: "},
    HostileRow{16, "throw std", "exception: .*thrown on purpose", "exception: .*thrown on purpose"},
    HostileRow{16, "throw int", "exception: ", "exception: "},
    HostileRow{16, "throw custom", "exception: ", "exception: "},
    // It takes all that there is.
    HostileRow{17, "fork bomb", "EPERM", "done", filtered},
    HostileRow{18, "thread bomb", "stopped", "done|the host: signal 11", filtered},
    HostileRow{19, "memory", "ENOMEM", "done", filtered},
    HostileRow{21, "descriptors", "EMFILE", nullptr, filtered},
    HostileRow{22, "disk", "stopped", "done", filtered},
    HostileRow{23, "storm", "busy", "busy"},
    // It forges and lies.
    HostileRow{25, "forged identity", "refused", "refused"},
    HostileRow{26, "forged unit", "refused", "refused"},
    HostileRow{31, "null pointers", "refused", "refused"},
    HostileRow{33, "huge text", "limit", "limit"},
    HostileRow{33, "endless text", "limit", "limit"},
    HostileRow{33, "broken text", "invalid", "invalid"},
    HostileRow{33, "text with nul", "invalid|not_found", "invalid|not_found"},
    HostileRow{36, "other thread", "done", "done"},
    HostileRow{37, "calls itself", "deadlock", "deadlock"},
    // It reaches for what is not its own.
    HostileRow{39, "read passwd", "ENOENT|EACCES", "done", boxed},
    HostileRow{39, "read database", "ENOENT|EACCES", "done", boxed},
    HostileRow{40, "write database", "EPERM|EACCES|ENOENT", "done", filtered},
    HostileRow{40, "look at database", "ENOENT", "done", sealed},
    HostileRow{40, "change mode", "EPERM", "done", filtered},
    HostileRow{40, "rename", "EPERM", "done", filtered},
    HostileRow{40, "unlink", "EPERM", "done", filtered},
    HostileRow{41, "tcp", "EPERM", "done", filtered},
    HostileRow{41, "udp", "EPERM", "done", filtered},
    HostileRow{41, "unix socket", "EPERM", "done", filtered},
    HostileRow{41, "netlink", "EPERM", "done", filtered},
    HostileRow{42, "run a program", "EPERM", "done", filtered},
    HostileRow{43, "trace", "EPERM", nullptr, filtered},
    HostileRow{43, "read memory", "EPERM", "done", filtered},
    HostileRow{43, "memory of host", "ENOENT|EACCES", nullptr, boxed},
    HostileRow{44, "signal", "EPERM", "done", filtered},
    HostileRow{44, "list processes", "ENOENT|EACCES", "done", boxed},
    HostileRow{44, "own name space", "EPERM", "done", filtered},
    HostileRow{44, "process control", "EPERM", "done", filtered},
    HostileRow{44, "more memory file", "EPERM", "done", filtered},
    HostileRow{44, "new code", "EPERM|EACCES", "done", filtered},
    HostileRow{45, "sql", "refused", "refused"},
    HostileRow{49, "writes without right", "denied", "denied"},
    HostileRow{53, "environment", "nothing", "done", boxed},
    // It talks nonsense to the host.
    HostileRow{54, "frame too long", "crashed: .*broke the protocol", nullptr},
    HostileRow{54, "frame of no kind", "crashed: .*broke the protocol", nullptr},
    HostileRow{54, "answer to another", "crashed: .*broke the protocol", nullptr},
    HostileRow{54, "answer to nothing", "crashed: .*broke the protocol", nullptr},
    HostileRow{54, "frame too short", "timeout: |crashed: ", nullptr},
    HostileRow{54, "half a frame", "timeout: ", nullptr},
    HostileRow{54, "random bytes", "crashed: .*broke the protocol", nullptr},
    HostileRow{54, "random bytes outside", "crashed: .*broke the protocol", nullptr},
    HostileRow{54, "random calls", "timeout: |crashed: ", nullptr},
};

constexpr std::array raws{
    HostileRow{14, "constructorcrash", "crashed: .*signal 11", "the host: signal 11"},
    HostileRow{14, "constructorloop", "timeout: ", "the host: hangs"},
    HostileRow{15, "destructorcrash", "started, and ended", "the host: signal 11"},
    HostileRow{15, "destructorloop", "started, and ended", "the host: hangs"},
    HostileRow{13, "activateloop", "timeout: ", "timeout: "},
    HostileRow{13, "destroyloop", "started, and", "started, and not ended"},
    HostileRow{38, "wrongentry", "invalid: .*does not export", "invalid: .*does not export"},
    HostileRow{38, "offersnothing", "started, and ended", "started, and ended"},
    HostileRow{16, "throwsacross", "crashed: .*signal 6", "the host: signal 6"},
    HostileRow{38, "unknowncode", "internal: |exception: |invalid: ", "internal: |exception: |invalid: "},
    HostileRow{38, "hugetable", "started, and ended", "started, and ended"},
    HostileRow{38, "emptytable", "started, and ended", "started, and ended"},
    HostileRow{38, "forgedcode", "internal: |exception: |invalid: ", "internal: |exception: |invalid: "},
};

} // namespace

std::span<const HostileRow> act_rows() noexcept
{
    return acts;
}

std::span<const HostileRow> raw_rows() noexcept
{
    return raws;
}

} // namespace mortise::host
