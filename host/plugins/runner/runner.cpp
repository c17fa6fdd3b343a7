#include "plugins/runner/runner.hpp"

#include "plugins/frame.hpp"
#include "plugins/root_table.hpp"
#include "plugins/runner/generated/host_server.hpp"
#include "plugins/runner/generated/plugin_caller.hpp"
#include "plugins/runner/generated/wire_build.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <shared_mutex>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mortise::host {

namespace {

constexpr std::size_t most_lanes = 256;
constexpr int look_up_ms = 20;
constexpr int above_standard = 16; // so that it is not in the way of the numbers that the child is given

struct HostPort {
    template <class Put>
    static mortise_status call(void* impl, AbiFunction function, mortise_error* error, Put&& put) noexcept
    {
        return static_cast<Runner*>(impl)->call(function, error, put);
    }
};

/// The links on which this thread is in a call, innermost last.
struct Chain {
    Runner* runner;
    Link* link;
};
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): one of each thread, for this file alone
thread_local std::vector<Chain> chains;

class Descriptor {
public:
    explicit Descriptor(int number = -1) noexcept : m_number{number} { }
    Descriptor(Descriptor&& other) noexcept : m_number{std::exchange(other.m_number, -1)} { }
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(m_number, other.m_number);
        return *this;
    }
    ~Descriptor()
    {
        if (m_number >= 0) ::close(m_number);
    }
    int get() const noexcept { return m_number; }
    int release() noexcept { return std::exchange(m_number, -1); }

private:
    int m_number;
};

Error failed(const RunnerSpec& spec, std::string_view what, int error, std::string hint = {})
{
    return {
        .code = ErrorCode::io,
        .message = "cannot run " + spec.plugin + " in a process of its own: " + std::string{what} + ": "
            + std::strerror(error),
        .key = "runner.start",
        .where = spec.program.string(),
        .hint = std::move(hint),
    };
}

struct Ends {
    Descriptor ours;
    Descriptor theirs;
};

Result<Ends> make_ends(const RunnerSpec& spec)
{
    int ends[2]{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return failed(spec, "no sockets", errno);
    Ends made{Descriptor{ends[0]}, Descriptor{}};
    const Descriptor low{ends[1]};
    made.theirs = Descriptor{::fcntl(ends[1], F_DUPFD_CLOEXEC, above_standard)};
    if (made.theirs.get() < 0) return failed(spec, "no descriptors", errno);
    return made;
}

/// What a plugin's process is told of the host's environment: language, time zone, where libraries lie, and
/// what sanitizers are to do. Names, paths and secrets of whoever started the host are not for it.
class ChildEnvironment {
public:
    ChildEnvironment()
    {
        for (char** at = environ; *at != nullptr; ++at) {
            const std::string_view entry{*at};
            const std::string_view name = entry.substr(0, entry.find('='));
            if (name == "LANG" || name == "TZ" || name.starts_with("LC_") || name == "LD_LIBRARY_PATH"
                || name.ends_with("SAN_OPTIONS"))
                m_entries.push_back(*at);
        }
        m_entries.push_back(nullptr);
    }
    char* const* list() const noexcept { return m_entries.data(); }

private:
    std::vector<char*> m_entries;
};

/// Gives the child one more socket.
bool send_descriptor(int control, int descriptor) noexcept
{
    char byte = 0;
    iovec part{&byte, 1};
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))]{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = space;
    message.msg_controllen = sizeof space;
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    return ::sendmsg(control, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

} // namespace

/// Written by `query`, on the strand or on the link of the plugin's own threads.
struct Runner::Tables {
    std::shared_mutex mutex;
    HostTables given;
};

Runner::Runner(RunnerSpec spec) : m_spec{std::move(spec)}, m_tables{std::make_unique<Tables>()} { }

Result<std::unique_ptr<Runner>> Runner::start(RunnerSpec spec)
{
    std::unique_ptr<Runner> runner{new Runner{std::move(spec)}};
    std::promise<Result<void>> started;
    auto outcome = started.get_future();
    // The process ends with the thread that started it, so that is one that lives as long.
    runner->m_watcher = std::thread{&Runner::live, runner.get(), std::move(started)};
    MORTISE_CHECK(outcome.get());
    return runner;
}

/// The thread of the runner.
void Runner::live(std::promise<Result<void>> started)
{
    auto spawned = spawn();
    const bool is_there = spawned.has_value();
    if (is_there) m_printer = std::thread{&Runner::read_prints, this};
    started.set_value(std::move(spawned));
    if (is_there) watch();
}

Result<void> Runner::spawn()
{
    MORTISE_TRY(Ends strand, make_ends(m_spec));
    MORTISE_TRY(Ends outside, make_ends(m_spec));
    MORTISE_TRY(Ends control, make_ends(m_spec));
    MORTISE_TRY(Ends prints, make_ends(m_spec));
    const Descriptor image{::fcntl(m_spec.image, F_DUPFD_CLOEXEC, above_standard)};
    if (image.get() < 0) return failed(m_spec, "no descriptors", errno);

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, prints.theirs.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, prints.theirs.get(), STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, strand.theirs.get(), 3);
    ::posix_spawn_file_actions_adddup2(&actions, outside.theirs.get(), 4);
    ::posix_spawn_file_actions_adddup2(&actions, control.theirs.get(), 5);
    ::posix_spawn_file_actions_adddup2(&actions, image.get(), 6);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, 7);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0); // what is typed at the host's terminal is not for it
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    );
    const std::string program = m_spec.program.string();
    std::string name = "mortise-runner";
    std::string plugin = m_spec.plugin;
    std::string memory = std::to_string(m_spec.memory_bytes);
    char* arguments[]{name.data(), plugin.data(), memory.data(), nullptr};
    const ChildEnvironment environment;
    const int error
        = ::posix_spawn(&m_pid, program.c_str(), &actions, &attributes, arguments, environment.list());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        m_pid = -1;
        return failed(
            m_spec,
            program,
            error,
            "mortise-runner belongs beside the folder of plugins: install the host once more"
        );
    }
    m_process
        = static_cast<int>(::syscall(SYS_pidfd_open, m_pid, 0)); // ours and not waited for: the number is its
    m_control = control.ours.release();
    m_prints = prints.ours.release();
    m_strand = std::make_unique<Link>(strand.ours.release(), *this);
    m_strand->look_up_ms = look_up_ms;
    m_outside = std::make_unique<Link>(outside.ours.release(), *this);
    m_outside->end_signal = m_process;
    if (m_process < 0) return failed(m_spec, "no descriptor of the process", errno);
    return {};
}

Runner::~Runner()
{
    {
        const std::scoped_lock lock{m_mutex};
        m_is_wanted = false;
    }
    kill();
    if (m_watcher.joinable()) m_watcher.join();
    if (m_printer.joinable())
        m_printer.join();
    else if (m_pid > 0)
        ::waitpid(m_pid, nullptr, 0); // it was started, and nobody watches it
    for (const int descriptor : {m_process, m_control, m_prints})
        if (descriptor >= 0) ::close(descriptor);
}

void Runner::kill() const noexcept
{
    if (m_process >= 0)
        ::syscall(SYS_pidfd_send_signal, m_process, SIGKILL, nullptr, 0);
    else if (m_pid > 0)
        ::kill(m_pid, SIGKILL);
}

mortise_status Runner::open(mortise_plugin& table, mortise_error* error) noexcept
{
    std::uint64_t offered = 0;
    std::uint64_t parts = 0;
    std::uint64_t landlock = 0;
    const mortise_status status = call(wire_open, error, [&](OutgoingCall& outgoing) {
        outgoing.put(wire_build);
        outgoing.put(m_spec.self);
        outgoing.put(m_spec.limits.text_bytes);
        outgoing.put(m_spec.limits.value_bytes);
        outgoing.put(static_cast<std::uint32_t>(m_spec.least));
        outgoing.put_result(&offered);
        outgoing.put_result(&parts);
        outgoing.put_result(&landlock);
    });
    {
        const std::scoped_lock lock{m_mutex};
        m_box = {static_cast<std::uint32_t>(parts), static_cast<std::uint32_t>(landlock)};
    }
    if (status >= 0) table = RemotePlugin<HostPort>::table(this, offered);
    return status;
}

BoxReport Runner::box() const
{
    const std::scoped_lock lock{m_mutex};
    return m_box;
}

void Runner::finish(std::chrono::nanoseconds patience)
{
    std::unique_lock lock{m_mutex};
    m_is_wanted = false;
    m_strand->shut();
    if (!m_changed.wait_for(lock, patience, [this] { return m_ending.has_value(); })) kill();
    m_changed.wait(lock, [this] { return m_ending.has_value(); });
}

/// Serves the plugin's own threads, and learns how the process ended.
void Runner::watch()
{
    m_outside->serve();
    if (m_outside->trouble() == Link::Trouble::broken)
        end({.code = ErrorCode::crashed, .message = "its process broke the protocol and was ended"}, nullptr);
    wait_for_exit();
    Error how = read_exit();
    bool is_wanted = false;
    {
        const std::scoped_lock lock{m_mutex};
        if (m_why) {
            how.code = m_why->code;
            how.message = m_why->message;
        }
        is_wanted = m_is_wanted;
    }
    if (is_wanted) m_spec.ended(how); // before anybody who waits goes on
    {
        const std::scoped_lock lock{m_mutex};
        m_ending = how;
        m_strand->shut();
        for (const Link* lane : m_lanes)
            lane->shut();
    }
    m_changed.notify_all();
}

bool Runner::may_wait(Link& link, std::int64_t waited_ns) noexcept
{
    return link.budget_ns == 0 || waited_ns < link.budget_ns;
}

mortise_status Runner::lost(Link& link, mortise_error* error) noexcept
{
    try {
        if (link.trouble() == Link::Trouble::overdue)
            end({.code = ErrorCode::timeout,
                 .message = "it did not answer within " + std::to_string(link.budget_ns / 1'000'000)
                     + " ms, and its process was ended"},
                &link);
        if (link.trouble() == Link::Trouble::broken)
            end({.code = ErrorCode::crashed, .message = "its process broke the protocol and was ended"},
                &link);
        wait_for_ending();
    } catch (const std::exception&) {
        kill();
    }
    return answer_ended(&link, error);
}

mortise_status Runner::serve(AbiFunction function, IncomingCall& call)
{
    const mortise_self self = call.u64();
    // Inside of a call of the host the checks know whose frame it is. Outside of one the number alone
    // decides, and what comes over this link is this plugin and nobody else.
    const mortise_self believed = Frame::current() != nullptr || self == m_spec.self ? self : 0;
    if (function == wire_query) return query(believed, call);
    const auto number = static_cast<std::size_t>(function);
    if (number >= abi_function_count || host_servers[number] == nullptr) return refuse_unoffered(call);
    HostTables tables;
    {
        const std::shared_lock lock{m_tables->mutex};
        tables = m_tables->given;
    }
    return host_servers[number](tables, believed, call);
}

mortise_status Runner::query(mortise_self self, IncomingCall& call)
{
    const mortise_text id = call.text();
    auto* is_there = call.result<std::uint32_t>();
    if (!call.ok() || is_there == nullptr) return refuse_unreadable(call);
    const mortise_interface* found = nullptr;
    const mortise_status status = root_table().query(self, id, &found, call.error());
    *is_there = found != nullptr ? 1 : 0;
    if (found == nullptr) return status;
    const std::unique_lock lock{m_tables->mutex};
    m_tables->given.set(border::view(id), found);
    return status;
}

Runner::Lane::Lane(Runner& runner, AbiFunction function) : m_runner{runner}
{
    for (auto at = chains.rbegin(); at != chains.rend() && m_link == nullptr; ++at)
        if (at->runner == &runner) m_link = at->link;
    if (m_link != nullptr) {
        m_is_inside = true;
        if (m_link->trouble() != Link::Trouble::none) m_link = nullptr;
        return;
    }
    const bool on_strand
        = function == wire_open || (info(function).threads & (thread_init | thread_strand)) != 0;
    if (!on_strand) m_borrowed = runner.borrow();
    m_link = on_strand ? runner.m_strand.get() : m_borrowed.get();
    if (m_link == nullptr) return;
    if (m_link->trouble() != Link::Trouble::none || (on_strand && runner.is_ended())) {
        m_link = nullptr;
        return;
    }
    m_link->budget_ns = runner.m_spec.patience(function).count();
    chains.push_back({&runner, m_link});
    m_is_outermost = true;
}

Runner::Lane::~Lane()
{
    if (m_is_outermost) chains.pop_back();
    if (!m_borrowed) return;
    const std::scoped_lock lock{m_runner.m_mutex};
    std::erase(m_runner.m_lanes, m_borrowed.get());
    if (m_borrowed->trouble() == Link::Trouble::none)
        m_runner.m_free.push_back(std::move(m_borrowed));
    else
        --m_runner.m_lane_count;
}

std::unique_ptr<Link> Runner::borrow()
{
    const std::scoped_lock lock{m_mutex};
    if (m_ending || m_why) return nullptr;
    std::unique_ptr<Link> lane;
    if (m_free.empty())
        lane = make_lane();
    else {
        lane = std::move(m_free.back());
        m_free.pop_back();
    }
    if (lane) m_lanes.push_back(lane.get());
    return lane;
}

/// With the mutex held.
std::unique_ptr<Link> Runner::make_lane()
{
    if (m_lane_count >= most_lanes) return nullptr;
    auto ends = make_ends(m_spec);
    if (!ends || !send_descriptor(m_control, ends->theirs.get())) return nullptr;
    auto lane = std::make_unique<Link>(ends->ours.release(), *this);
    lane->look_up_ms = look_up_ms;
    ++m_lane_count;
    return lane;
}

} // namespace mortise::host
