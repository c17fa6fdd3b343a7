// Rows about plugins in processes of their own: what a call across costs, beside one round trip by the barest
// means that a kernel has, and how long it takes until such a process answers.

#include "bench.hpp"
#include "house.hpp"
#include "plugins/library.hpp"
#include "plugins/runner/runner.hpp"

#include <mortise/abi/mortise.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mortise::bench {

namespace {

using namespace mortise::host;

/// What both sides of a bare round trip share: a word that goes up, and the bytes that cross.
struct Shared {
    std::atomic<std::uint32_t> turn;
    std::array<std::byte, 64 << 10> bytes;
};

void wait_while(std::atomic<std::uint32_t>& word, std::uint32_t value)
{
    while (word.load(std::memory_order_acquire) == value)
        ::syscall(SYS_futex, &word, FUTEX_WAIT, value, nullptr, nullptr, 0);
}

void give_turn(std::atomic<std::uint32_t>& word)
{
    word.fetch_add(1, std::memory_order_release);
    ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

/// Another process that answers by `answer` until it is ended.
template <class Answer>
class Echo {
public:
    explicit Echo(Answer answer) : m_process{::fork()}
    {
        if (m_process < 0) give_up("no process");
        if (m_process == 0)
            while (true)
                answer();
    }
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;
    ~Echo()
    {
        ::kill(m_process, SIGKILL);
        ::waitpid(m_process, nullptr, 0);
    }

private:
    pid_t m_process;
};

/// Microseconds of the median of `rounds` calls.
template <class Call>
double microseconds(std::size_t rounds, Call&& call)
{
    for (std::size_t i = 0; i < rounds / 10; ++i)
        call();
    std::vector<double> samples;
    samples.reserve(rounds);
    for (std::size_t i = 0; i < rounds; ++i) {
        const Stopwatch watch;
        call();
        samples.push_back(watch.seconds() * 1e6);
    }
    return median(std::move(samples));
}

/// A futex each way; `size` bytes are copied in by one side and out by the other.
double futex_round_trip(std::size_t rounds, std::size_t size)
{
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) give_up("no shared memory");
    auto* shared = new (memory) Shared{};
    std::vector<std::byte> here(size);
    std::uint32_t theirs = 0;
    const Echo echo{[&] {
        wait_while(shared->turn, theirs);
        std::copy_n(shared->bytes.begin(), size, here.begin());
        give_turn(shared->turn);
        theirs += 2;
    }};
    std::uint32_t ours = 0;
    const double spent = microseconds(rounds, [&] {
        std::copy_n(here.begin(), size, shared->bytes.begin());
        give_turn(shared->turn);
        wait_while(shared->turn, ours + 1);
        ours += 2;
    });
    ::munmap(memory, sizeof(Shared));
    return spent;
}

double socket_round_trip(std::size_t rounds, std::size_t size)
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) give_up("no sockets");
    std::vector<std::byte> bytes(size);
    const auto take = [&bytes](int end) {
        for (std::size_t got = 0; got < bytes.size();) {
            const ssize_t part = ::recv(end, bytes.data() + got, bytes.size() - got, 0);
            if (part <= 0) ::_exit(0);
            got += static_cast<std::size_t>(part);
        }
    };
    const auto give = [&bytes](int end) {
        if (::send(end, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) ::_exit(0);
    };
    double spent = 0;
    {
        const Echo echo{[&] {
            take(ends[1]);
            give(ends[1]);
        }};
        spent = microseconds(rounds, [&] {
            give(ends[0]);
            take(ends[0]);
        });
    }
    ::close(ends[0]);
    ::close(ends[1]);
    return spent;
}

/// The plugin "bare" in a box, called as the host calls it, but for what the host does itself.
class BoxedPlugin {
public:
    BoxedPlugin() : m_library{must(Library::prepare(built_plugin("bare") / "bare.so"))}
    {
        const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path()
            / "lib/mortise/mortise-runner";
        m_runner = must(Runner::start({
            .program = program,
            .image = m_library->image(),
            .plugin = "mortise.bench-bare",
            .memory_bytes = std::uint64_t{1} << 30U,
            .self = 1,
            .patience = [](AbiFunction) { return std::chrono::nanoseconds{std::chrono::seconds{10}}; },
            .ended = [](const Error& how) { give_up("the boxed plugin has ended: " + how.message); },
            .printed = [](const std::string&) {},
        }));
        mortise_error error{};
        error.size = sizeof error;
        if (m_runner->open(m_plugin, &error) < 0) give_up("the boxed plugin does not open");
    }
    BoxedPlugin(const BoxedPlugin&) = delete;
    BoxedPlugin& operator=(const BoxedPlugin&) = delete;
    ~BoxedPlugin() { m_runner->finish(std::chrono::seconds{2}); }

    void command()
    {
        mortise_context context{};
        context.size = sizeof context;
        if (m_plugin.on_command(m_plugin.impl, 1, &context, 1, {}, nowhere(), nullptr) < 0)
            give_up("no answer");
    }
    void events(const std::vector<mortise_event>& batch)
    {
        std::uint64_t done = 0;
        m_plugin.on_events(m_plugin.impl, 1, 1, batch.data(), batch.size(), &done, nullptr);
        if (done != batch.size()) give_up("not all events were handled");
    }
    std::string box() const { return std::string{name_of(m_runner->box().tier())}; }

private:
    static mortise_sink nowhere()
    {
        return {nullptr, [](void*, mortise_tree) noexcept -> mortise_status { return MORTISE_OK; }};
    }
    std::unique_ptr<Library> m_library;
    mortise_plugin m_plugin{};
    std::unique_ptr<Runner> m_runner;
};

mortise_text text(std::string_view words)
{
    return {words.data(), words.size()};
}

/// Events as the log has them, of some 600 bytes each.
std::vector<mortise_event> sample_events(const ValueBlock& data)
{
    std::vector<mortise_event> events(64);
    for (mortise_event& event : events) {
        event.size = sizeof event;
        event.version = 1;
        event.id = text("01k6f0r3w3n8c2x0v5d9y7t4qz");
        event.source = text("mortise:01k6f0r3/1");
        event.type = text("contact.created");
        event.subject = 42;
        event.subject_type = text("contact");
        event.actor = text("user:anna");
        event.data = data.tree();
    }
    return events;
}

} // namespace

void isolation_rows(const Options& options, Rows& rows)
{
    if (!options.wants("isolated_")) return;
    const std::size_t rounds = options.size(200, 20'000, 100'000);
    constexpr std::size_t small = 256;
    BoxedPlugin plugin;
    const std::string tier = "box of tier " + plugin.box();
    const double call = microseconds(rounds, [&] { plugin.command(); });
    rows.add(
        {"isolated_call",
         call,
         futex_round_trip(rounds, small),
         "us",
         1.5,
         Better::lower,
         tier + "; bare: a futex each way over shared memory"}
    );
    rows.add(
        {"isolated_call_socket",
         call,
         socket_round_trip(rounds, small),
         "us",
         1.5,
         Better::lower,
         "the same; bare: the same bytes each way over a socket, which is what it uses"}
    );
    const ValueBlock data = must(encode(Value{Map{{"record", sample_contact(7)}}}));
    const std::vector<mortise_event> events = sample_events(data);
    const std::size_t bytes = events.size() * (sizeof(mortise_event) + data.tree().bytes + 100);
    rows.add(
        {"isolated_events",
         microseconds(rounds / 4, [&] { plugin.events(events); }) / static_cast<double>(events.size()),
         futex_round_trip(rounds / 4, std::min(bytes, sizeof(Shared::bytes)))
             / static_cast<double>(events.size()),
         "us",
         3.0,
         Better::lower,
         "each of a batch of 64; bare: a futex each way and " + std::to_string(bytes) + " bytes, copied twice"
        }
    );
    const double start = microseconds(options.size(3, 50, 200), [] { BoxedPlugin{}.command(); }) / 1000;
    rows.add(
        {"isolated_start",
         start,
         20,
         "ms",
         1.0,
         Better::lower,
         "from the library's file to the first answer, and the end of the process; the limit is the goal"}
    );
}

} // namespace mortise::bench
