#include "runner.hpp"

#include "bench.hpp"
#include "control/temporary_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace mortise::check {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// What a child writes first: the number of a verdict, or this.
constexpr char not_tried = '-';

Finding run_here(const Check& check, const Target& target)
{
    try {
        if (!target.is_read() && check.id != manifest_valid) need_sound(target);
        return check.run(target);
    } catch (const Stop& stop) {
        return stop.finding();
    } catch (const std::exception& e) {
        return Finding::failed(e.what());
    } catch (...) {
        return Finding::failed("something was thrown that is no std::exception");
    }
}

void write_all(int to, const std::string& text)
{
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t done = ::write(to, text.data() + at, text.size() - at);
        if (done > 0)
            at += static_cast<std::size_t>(done);
        else if (errno != EINTR)
            return;
    }
}

/// What a plugin prints is not the checks' output.
void silence()
{
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (nowhere >= 0) ::dup2(nowhere, standard);
    if (nowhere > STDERR_FILENO) ::close(nowhere);
}

/// Removes the databases in memory that a process left when it was stopped or crashed.
void remove_left_by(pid_t process)
{
    std::error_code trouble;
    const std::string name = "mortise-" + std::to_string(process) + '-';
    for (const std::filesystem::path& place :
         {std::filesystem::path{"/dev/shm"}, std::filesystem::temp_directory_path(trouble)})
        for (std::filesystem::directory_iterator at{place, trouble}, end; !trouble && at != end;
             at.increment(trouble))
            if (at->path().filename().native().starts_with(name))
                std::filesystem::remove_all(at->path(), trouble);
}

constexpr const char* at_work_file = "at-work";

std::string read_at_work(const std::optional<host::TemporaryFolder>& folder)
{
    if (!folder) return {};
    std::ifstream stream{folder->path() / at_work_file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    return text.empty() ? text : '\n' + text;
}

class Child {
public:
    Child(const Check& check, const Target& target, std::size_t index)
        : m_check{check},
          m_index{index},
          m_start{SteadyClock::now()}
    {
        auto folder = host::TemporaryFolder::create();
        if (folder) m_folder = *std::move(folder);
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            m_finding = Finding::failed(std::string{"no pipe: "} + std::strerror(errno));
            return;
        }
        m_process = ::fork();
        if (m_process == 0) {
            ::close(ends[0]);
            ::setpgid(0, 0); // so that what it starts ends with it
            if (m_folder) ::setenv("TMPDIR", m_folder->path().c_str(), 1); // the parent removes what is in it
            silence();
            const Finding finding = run_here(check, target);
            const char verdict
                = finding.is_tried ? static_cast<char>('0' + static_cast<int>(finding.verdict)) : not_tried;
            write_all(ends[1], verdict + finding.text);
            ::close(ends[1]);
            ::_exit(0); // no destructors: a check that passed is done
        }
        ::close(ends[1]);
        m_from = ends[0];
        if (m_process < 0) {
            m_finding = Finding::failed(std::string{"no process: "} + std::strerror(errno));
            close_pipe();
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child()
    {
        end();
        close_pipe();
    }

    int descriptor() const noexcept { return m_from; }
    std::size_t index() const noexcept { return m_index; }
    SteadyClock::time_point deadline() const noexcept { return m_start + m_check.timeout; }
    bool is_done() const noexcept { return m_finding.has_value(); }

    /// Takes what it wrote; when it has ended, what that means.
    void read()
    {
        char buffer[4096];
        const ssize_t got = ::read(m_from, buffer, sizeof buffer);
        if (got > 0) {
            m_text.append(buffer, static_cast<std::size_t>(got));
            return;
        }
        if (got < 0 && errno == EINTR) return;
        close_pipe();
        const int status = reap();
        if (m_text.starts_with(not_tried))
            m_finding = Finding::not_tried(m_text.substr(1));
        else if (!m_text.empty() && m_text.front() >= '0' && m_text.front() <= '3')
            m_finding = {static_cast<Verdict>(m_text.front() - '0'), m_text.substr(1)};
        else if (WIFSIGNALED(status))
            m_finding = Finding::failed(
                std::string{"it crashed the host: signal "} + std::to_string(WTERMSIG(status)) + " ("
                + ::strsignal(WTERMSIG(status)) + ")" + read_at_work(m_folder)
            );
        else
            m_finding = Finding::failed(
                "it ended the host's process with exit code " + std::to_string(WEXITSTATUS(status))
                + read_at_work(m_folder)
            );
    }

    void time_out()
    {
        end();
        m_finding = Finding::failed(
            "it did not end within " + std::to_string(m_check.timeout.count()) + " seconds, and was stopped"
            + read_at_work(m_folder)
        );
    }

    Outcome outcome() const
    {
        return {
            m_check,
            *m_finding,
            std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - m_start)
        };
    }

private:
    int reap()
    {
        int status = 0;
        while (m_process > 0 && ::waitpid(m_process, &status, 0) < 0 && errno == EINTR) { }
        if (m_process > 0) {
            ::kill(-m_process, SIGKILL); // what it left behind
            remove_left_by(m_process);
        }
        m_process = -1;
        return status;
    }
    void end()
    {
        if (m_process <= 0) return;
        ::kill(m_process, SIGKILL);
        reap();
    }
    void close_pipe()
    {
        if (m_from >= 0) ::close(m_from);
        m_from = -1;
    }

    const Check& m_check;
    std::size_t m_index;
    SteadyClock::time_point m_start;
    std::optional<host::TemporaryFolder> m_folder; // of the child
    pid_t m_process{-1};
    int m_from{-1};
    std::string m_text;
    std::optional<Finding> m_finding;
};

/// Waits until one of them has something to say, or its time is over.
void wait_for(std::vector<std::unique_ptr<Child>>& running)
{
    std::vector<pollfd> wanted;
    auto first = running.front()->deadline();
    for (const auto& child : running) {
        wanted.push_back({child->descriptor(), POLLIN, 0});
        first = std::min(first, child->deadline());
    }
    const auto left
        = std::chrono::duration_cast<std::chrono::milliseconds>(first - SteadyClock::now()).count();
    ::poll(wanted.data(), wanted.size(), static_cast<int>(std::max<std::int64_t>(0, left) + 1));
    for (std::size_t i = 0; i < running.size(); ++i) {
        if ((wanted[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
            running[i]->read();
        else if (SteadyClock::now() > running[i]->deadline())
            running[i]->time_out();
    }
}

} // namespace

void note_at_work(const std::string& text)
{
    std::error_code trouble;
    const auto folder = std::filesystem::temp_directory_path(trouble); // this process's own
    if (!trouble) std::ofstream{folder / at_work_file, std::ios::binary} << text;
}

std::vector<Outcome> run_all(
    const Target& target,
    const std::vector<Check>& checks,
    std::size_t parallel,
    const std::function<void(const Outcome&)>& tell
)
{
    std::vector<std::optional<Outcome>> ended(checks.size());
    std::vector<std::unique_ptr<Child>> running;
    std::size_t next = 0;
    while (next < checks.size() || !running.empty()) {
        while (next < checks.size() && running.size() < std::max<std::size_t>(1, parallel)) {
            running.push_back(std::make_unique<Child>(checks[next], target, next));
            ++next;
        }
        const bool waits = std::ranges::none_of(running, &Child::is_done);
        if (waits) wait_for(running);
        std::erase_if(running, [&](const std::unique_ptr<Child>& child) {
            if (!child->is_done()) return false;
            ended[child->index()] = child->outcome();
            if (tell) tell(*ended[child->index()]);
            return true;
        });
    }
    std::vector<Outcome> outcomes;
    for (auto& each : ended)
        outcomes.push_back(*std::move(each));
    return outcomes;
}

} // namespace mortise::check
