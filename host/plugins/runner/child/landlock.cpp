#include "plugins/runner/child/landlock.hpp"

#include "plugins/runner/child/system_files.hpp"

#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mortise::host {

namespace {

// The kernel's interface as of its sixth version; the headers of Debian 12 know three. The numbers of the
// calls are the same on every machine.
constexpr long create_ruleset_call = 444;
constexpr long add_rule_call = 445;
constexpr long restrict_self_call = 446;
constexpr std::uint32_t ask_version = 1;
constexpr int path_rule = 1;

constexpr std::uint64_t read_file = 1U << 2U;
constexpr std::uint64_t read_folder = 1U << 3U;
constexpr std::uint64_t tcp_bind_and_connect = 0b11;
constexpr std::uint64_t abstract_sockets_and_signals = 0b11;

struct RulesetAttributes {
    std::uint64_t files;
    std::uint64_t network; // since version 4
    std::uint64_t scoped; // since version 6
};

struct __attribute__((packed)) PathAttributes {
    std::uint64_t allowed;
    std::int32_t parent;
};

/// All rights on files that a version knows, so that all are taken.
std::uint64_t file_rights(long version) noexcept
{
    std::uint64_t bits = 13; // execute ... make_sym
    if (version >= 2) bits = 14; // refer
    if (version >= 3) bits = 15; // truncate
    if (version >= 5) bits = 16; // ioctl_dev
    return (std::uint64_t{1} << bits) - 1;
}

void allow_reading(int ruleset, const char* path) noexcept
{
    const int descriptor = ::open(path, O_PATH | O_CLOEXEC);
    if (descriptor < 0) return;
    struct stat facts{};
    PathAttributes rule{read_file, descriptor};
    if (::fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode)) rule.allowed |= read_folder;
    ::syscall(add_rule_call, ruleset, path_rule, &rule, 0);
    ::close(descriptor);
}

} // namespace

void close_files(BoxReport& report) noexcept
{
    const long version = ::syscall(create_ruleset_call, nullptr, 0, ask_version);
    if (version < 1) return;
    RulesetAttributes attributes{file_rights(version), 0, 0};
    std::size_t size = sizeof attributes.files;
    if (version >= 4) {
        attributes.network = tcp_bind_and_connect;
        size += sizeof attributes.network;
    }
    if (version >= 6) {
        attributes.scoped = abstract_sockets_and_signals;
        size += sizeof attributes.scoped;
    }
    const auto ruleset = static_cast<int>(::syscall(create_ruleset_call, &attributes, size, 0));
    if (ruleset < 0) return;
    for (const char* path : system_files)
        allow_reading(ruleset, path);
    if (::syscall(restrict_self_call, ruleset, 0) == 0) {
        report.landlock = static_cast<std::uint32_t>(version);
        report.add(BoxPart::files);
        if (attributes.network != 0) report.add(BoxPart::network);
        if (attributes.scoped != 0) report.add(BoxPart::scope);
    }
    ::close(ruleset);
}

} // namespace mortise::host
