#include "program/dev/dev_session.hpp"
#include "program/dev/source_watcher.hpp"
#include "program/subcommands/subcommands.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <signal.h>
#include <unistd.h>

namespace mortise::tool {
namespace {

constexpr int look_every_ms = 200; // for the log, and for the end

struct DevOptions {
    std::string project{};
    std::string data{};
};

/// SIGINT and SIGTERM, from now on something to look at. Threads that start later keep from them too.
class Stop {
public:
    Stop()
    {
        ::sigemptyset(&m_signals);
        ::sigaddset(&m_signals, SIGINT);
        ::sigaddset(&m_signals, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
    }
    bool has_come() const
    {
        const timespec now{0, 0};
        return ::sigtimedwait(&m_signals, nullptr, &now) > 0;
    }

private:
    sigset_t m_signals{};
};

Result<Exit> develop(Output& output, const DevOptions& options)
{
    const Stop stop;
    MORTISE_TRY(DevSession session, DevSession::start(output, options.project, options.data));
    MORTISE_TRY(SourceWatcher watcher, SourceWatcher::watch(options.project));
    session.build_and_reload();
    while (!stop.has_come()) {
        if (session.is_over())
            return tool_error(
                ErrorCode::io, "unreachable", "the host has ended", {}, "start it again, and this too"
            );
        if (watcher.wait(look_every_ms)) session.build_and_reload();
        session.tell_log();
    }
    return Exit::done;
}

} // namespace

void add_dev(CLI::App& app, Action& action)
{
    const auto options = std::make_shared<DevOptions>();
    CLI::App* command
        = app.add_subcommand("dev", "build a plugin and reload it into the running host at every save");
    command->add_option("DIR", options->project, "the project")->required();
    command->add_option(
        "--data", options->data, "the data folder that is served; without it as mortise finds it"
    );
    command->callback([&action, options] {
        action = [options](Output& output) { return develop(output, *options); };
    });
}

} // namespace mortise::tool
