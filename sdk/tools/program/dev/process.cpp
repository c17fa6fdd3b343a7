#include "program/dev/process.hpp"

#include "program/output.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mortise::tool {
namespace {

/// What the child starts with: its folder, its output, and no signal kept from it.
class Setting {
public:
    Setting(const std::filesystem::path& folder, int output)
    {
        ::posix_spawn_file_actions_init(&m_actions);
        ::posix_spawn_file_actions_addchdir_np(&m_actions, folder.c_str());
        ::posix_spawn_file_actions_addopen(&m_actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&m_actions, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&m_actions, output, STDERR_FILENO);
        sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_init(&m_attributes);
        ::posix_spawnattr_setsigmask(&m_attributes, &none);
        ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSIGMASK);
    }
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;
    ~Setting()
    {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }

    const posix_spawn_file_actions_t* actions() const noexcept { return &m_actions; }
    const posix_spawnattr_t* attributes() const noexcept { return &m_attributes; }

private:
    posix_spawn_file_actions_t m_actions{};
    posix_spawnattr_t m_attributes{};
};

std::string read_all(int descriptor)
{
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

int wait_for(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

Result<Ended> run_process(const std::vector<std::string>& command, const std::filesystem::path& folder)
{
    std::vector<char*> arguments;
    for (const std::string& word : command)
        arguments.push_back(const_cast<char*>(word.c_str())); // posix_spawn does not write to them
    arguments.push_back(nullptr);
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
        return tool_error(ErrorCode::io, "io", std::string{"cannot make a pipe: "} + std::strerror(errno));
    const Setting setting{folder, pipe[1]};
    pid_t child = 0;
    const int problem = ::posix_spawnp(
        &child, arguments.front(), setting.actions(), setting.attributes(), arguments.data(), ::environ
    );
    ::close(pipe[1]);
    if (problem != 0) {
        ::close(pipe[0]);
        return tool_error(
            ErrorCode::not_found,
            "no_program",
            "cannot run " + command.front() + ": " + std::strerror(problem),
            command.front(),
            "install it, or put its folder on the PATH"
        );
    }
    Ended ended;
    ended.output = read_all(pipe[0]);
    ::close(pipe[0]);
    ended.status = wait_for(child);
    return ended;
}

} // namespace mortise::tool
