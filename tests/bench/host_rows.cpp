// Rows about a host that starts and waits: the program itself, with contacts and pipelines.

#include "bench.hpp"
#include "house.hpp"
#include "plugins/plugin_manager.hpp"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace mortise::bench {

namespace {

using namespace mortise::host;

/// `mortise serve` over a data folder, until the end of this object.
class Serving {
public:
    explicit Serving(const std::filesystem::path& folder)
    {
        const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "mortise";
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) give_up("no pipe");
        const Stopwatch watch;
        m_pid = ::fork();
        if (m_pid == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
            ::execl(program.c_str(), "mortise", "--data", folder.c_str(), "serve", nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        char first = 0;
        const bool ready = ::read(ends[0], &first, 1) == 1; // it tells when it is ready
        m_ready_in = watch.seconds();
        m_output = ends[0];
        if (!ready) give_up("the host did not start");
    }
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    ~Serving()
    {
        ::kill(m_pid, SIGTERM);
        ::waitpid(m_pid, nullptr, 0);
        ::close(m_output);
    }

    double ready_in() const noexcept { return m_ready_in; }
    /// Memory that is this process's alone, in MB.
    double private_megabytes() const
    {
        std::ifstream file{"/proc/" + std::to_string(m_pid) + "/smaps_rollup"};
        double kilobytes = 0;
        for (std::string line; std::getline(file, line);) {
            std::istringstream words{line};
            std::string name;
            double size = 0;
            words >> name >> size;
            if (name == "Private_Clean:" || name == "Private_Dirty:") kilobytes += size;
        }
        return kilobytes / 1024;
    }
    /// Processor time used so far, in seconds.
    double used_seconds() const
    {
        double nanoseconds = 0;
        double all = 0;
        for (const auto& task :
             std::filesystem::directory_iterator{"/proc/" + std::to_string(m_pid) + "/task"}) {
            std::ifstream{task.path() / "schedstat"} >> nanoseconds;
            all += nanoseconds;
        }
        return all / 1e9;
    }

private:
    pid_t m_pid{0};
    int m_output{-1};
    double m_ready_in{0};
};

} // namespace

void host_rows(const Options& options, Rows& rows)
{
    if (!options.wants("host_")) return;
    const Folder folder;
    const std::size_t contacts = options.size(2000, 100'000, 1'000'000);
    const auto data = folder / "data";
    must(Host::init(data));
    {
        HostOptions opening;
        opening.folder = data;
        const auto host = must(Host::open(std::move(opening)));
        fill(host->records(), contacts);
        must(host->plugins().enable("mortise.pipelines"));
    }
    const std::string note
        = std::to_string(contacts) + " contacts, pipelines enabled; against what is allowed";
    std::vector<double> starts;
    for (int round = 0; round < 5; ++round)
        starts.push_back(Serving{data}.ready_in() * 1e3);
    rows.add({"host_ready", median(starts), 150, "ms", 1.0, Better::lower, note});
    const Serving serving{data};
    const std::chrono::milliseconds pause{options.size(300, 3000, 10'000)};
    std::this_thread::sleep_for(pause / 3); // what it does after it is ready
    const double before = serving.used_seconds();
    std::this_thread::sleep_for(pause);
    const double share
        = (serving.used_seconds() - before) / std::chrono::duration<double>(pause).count() * 100;
    rows.add({"host_idle", share, 0.5, "% CPU", 1.0, Better::lower, note});
    rows.add({"host_memory", serving.private_megabytes(), 60, "MB", 1.0, Better::lower, note});
}

} // namespace mortise::bench
