/// \file
/// `mortise-runner`: the process of one plugin. The host starts it, with three sockets: 3, the strand; 4, for
/// what threads of the plugin's own ask; 5, over which further ones come, one for each hook or job that runs
/// beside it. 6 is the plugin's library, in memory that nobody can change any more. What the plugin prints
/// goes to the host.
///
/// First it closes a box around itself. The library is loaded when the host says so, and ends with any of the
/// three sockets.

#include "plugins/runner/child/close_box.hpp"
#include "plugins/runner/generated/host_callers.hpp"
#include "plugins/runner/generated/plugin_server.hpp"
#include "plugins/runner/generated/wire_build.hpp"
#include "plugins/runner/link.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <mutex>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace mortise::host {
namespace {

constexpr int strand_socket = 3;
constexpr int outside_socket = 4;
constexpr int control_socket = 5;
constexpr int library_image = 6;
constexpr auto library_path = "/proc/self/fd/6";

[[noreturn]] void leave() noexcept
{
    ::_exit(0); // the host is gone, or wants this: nothing of the plugin runs any more
}

class Child final : public LinkOwner {
public:
    mortise_status serve(AbiFunction function, IncomingCall& call) override
    {
        if (function == wire_open) return open(call);
        const auto number = static_cast<std::size_t>(function);
        if (number >= abi_function_count || plugin_servers[number] == nullptr) return refuse_unoffered(call);
        const mortise_status status = plugin_servers[number](m_plugin, call);
        if (function == AbiFunction::plugin_destroy) m_is_destroyed = true;
        return status;
    }
    bool may_wait(Link&, std::int64_t) noexcept override { return true; }
    mortise_status lost(Link&, mortise_error*) noexcept override { leave(); }

    /// What mortise_plugin_open_v1 has made is gone; unloads the library, so that what it has static ends
    /// too.
    void close() noexcept
    {
        if (m_is_destroyed && m_library != nullptr) ::dlclose(m_library);
    }

private:
    mortise_status open(IncomingCall& call);

    void* m_library{nullptr};
    mortise_plugin m_plugin{};
    bool m_is_destroyed{false};
};

BoxReport box; // written before there are threads

Child child;
Link outside{outside_socket, child};
std::mutex outside_mutex;
thread_local Link* own_link = nullptr;

template <class Call>
mortise_status with_link(std::string_view function, mortise_error* error, Call&& call) noexcept
{
    if (is_in_relayed_sink()) {
        std::array<char, 160> words{};
        std::snprintf(
            words.data(),
            words.size(),
            "%.*s may not be called from inside a sink",
            static_cast<int>(function.size()),
            function.data()
        );
        return report(error, ErrorCode::thread, "border.in_sink", {}, words.data());
    }
    if (own_link != nullptr) return call(*own_link);
    const std::scoped_lock lock{outside_mutex};
    return call(outside);
}

struct ChildPort {
    template <class Put>
    static mortise_status
    call(mortise_self self, AbiFunction function, mortise_error* error, Put&& put) noexcept
    {
        return with_link(info(function).name, error, [&](Link& link) {
            return OutgoingCall{link, function, error}.run([&](OutgoingCall& outgoing) {
                outgoing.put(self);
                put(outgoing);
            });
        });
    }
};

mortise_status
query(mortise_self self, mortise_text id, const mortise_interface** out, mortise_error* error) noexcept
{
    if (out == nullptr) return report(error, ErrorCode::null, "border.argument", "out", "out is null");
    *out = nullptr;
    std::uint32_t is_there = 0;
    const mortise_status status = with_link("query", error, [&](Link& link) {
        return OutgoingCall{link, wire_query, error}.run([&](OutgoingCall& outgoing) {
            outgoing.put(self);
            outgoing.put(id);
            outgoing.put_result(&is_there);
        });
    });
    if (status < 0 || is_there == 0) return status;
    const auto* found = std::ranges::find(remote_tables<ChildPort>, border::view(id), &RemoteTable::id);
    if (found != remote_tables<ChildPort>.end()) *out = found->table;
    return status;
}

constexpr mortise_host root{{sizeof(mortise_host), 1}, &query};

mortise_status Child::open(IncomingCall& call)
{
    const std::uint64_t build = call.u64();
    const mortise_self self = call.u64();
    plugin_limits.text_bytes = call.u64();
    plugin_limits.value_bytes = call.u64();
    const auto least = static_cast<BoxTier>(call.u32());
    auto* offered = call.result<std::uint64_t>();
    auto* parts = call.result<std::uint64_t>();
    auto* landlock = call.result<std::uint64_t>();
    if (build != wire_build)
        return report(
            call.error(),
            ErrorCode::unsupported,
            "runner.build",
            {},
            "mortise-runner is of another build than the host: install the host once more"
        );
    if (!call.ok() || offered == nullptr || parts == nullptr || landlock == nullptr)
        return refuse_unreadable(call);
    *parts = box.parts;
    *landlock = box.landlock;
    if (static_cast<std::uint32_t>(least) == wire_only_look) return MORTISE_OK;
    if (box.tier() < least) {
        const std::string words = "this machine gives a box of tier \"" + std::string{name_of(box.tier())}
            + "\" (" + box.words() + "), and the host's setting plugins.min_tier wants \""
            + std::string{name_of(least)} + "\"";
        return report(call.error(), ErrorCode::unsupported, "runner.tier", "plugins.min_tier", words);
    }
    m_library = ::dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
    if (m_library == nullptr)
        return report(call.error(), ErrorCode::invalid, "plugins.library", {}, ::dlerror());
    ::close(library_image);
    const auto entry = reinterpret_cast<mortise_plugin_open>(::dlsym(m_library, "mortise_plugin_open_v1"));
    if (entry == nullptr)
        return report(call.error(), ErrorCode::invalid, "plugins.library", {}, "it has no entry");
    m_plugin.head = {sizeof m_plugin, 1};
    const mortise_status status = entry(&root, self, &m_plugin, call.error());
    if (status >= 0) *offered = plugin_offers(m_plugin);
    return status;
}

void serve_link(int socket)
{
    Link link{socket, child};
    own_link = &link;
    link.serve();
    own_link = nullptr;
}

/// One more socket for a hook or a job; -1 when the host is gone.
int receive_descriptor() noexcept
{
    char byte = 0;
    iovec part{&byte, 1};
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))]{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = space;
    message.msg_controllen = sizeof space;
    ssize_t got = 0;
    do
        got = ::recvmsg(control_socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    const cmsghdr* head = got == 1 ? CMSG_FIRSTHDR(&message) : nullptr;
    if (head == nullptr || head->cmsg_type != SCM_RIGHTS) return -1;
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
    return descriptor;
}

void serve_control()
{
    for (int socket = receive_descriptor(); socket >= 0; socket = receive_descriptor())
        std::thread{serve_link, socket}.detach();
    leave();
}

/// Started by hand it would wait for ever.
bool is_started_by_host(int count, char** arguments) noexcept
{
    return count == 3 && ::strtoull(arguments[2], nullptr, 10) != 0 && ::fcntl(strand_socket, F_GETFD) >= 0
        && ::fcntl(outside_socket, F_GETFD) >= 0 && ::fcntl(control_socket, F_GETFD) >= 0
        && ::fcntl(library_image, F_GETFD) >= 0;
}

} // namespace
} // namespace mortise::host

/// Arguments: the plugin's id, for whoever looks at the list of processes; the bytes of memory that it may
/// use.
int main(int count, char** arguments)
{
    using namespace mortise::host;
    if (!is_started_by_host(count, arguments)) {
        std::fputs(
            "mortise-runner is started by the host, for one plugin; see \"mortise plugins isolate\"\n", stderr
        );
        return 2;
    }
    ::mallopt(M_ARENA_MAX, 2); // each reserves much of the memory that is limited
    for (const int descriptor : {strand_socket, outside_socket, control_socket, library_image})
        ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    box = close_box({.memory_bytes = ::strtoull(arguments[2], nullptr, 10), .first_unused = library_image + 1}
    );
    std::thread{serve_control}.detach();
    serve_link(strand_socket);
    child.close();
    leave();
}
