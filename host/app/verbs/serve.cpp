#include "app/service_manager.hpp"
#include "app/verbs/verbs.hpp"
#include "control/host.hpp"
#include "control/server.hpp"

#include <unistd.h>

namespace mortise::host {

Result<Exit> serve(Program& program, const std::string& socket, bool shared)
{
    StopSignals& stop = program.stop_signals(); // before there are other threads
    MORTISE_TRY(const DataFolder folder, DataFolder::find(program.options().data));
    const std::filesystem::path path
        = std::filesystem::absolute(socket.empty() ? folder.socket() : std::filesystem::path{socket});
    MORTISE_TRY(const auto host, Host::open({.folder = folder.path, .socket = path}));
    MORTISE_TRY(const auto server, Server::start(host->api(), {.socket = path, .shared = shared}));
    Output& output = program.output();
    const boost::json::value ready(
        boost::json::object{{"ready", true}, {"socket", path.native()}, {"pid", ::getpid()}}
    );
    output.print(ready, [&] {
        output.line("ready: serving " + folder.path.native() + " on " + path.native());
    });
    output.flush();
    tell_service_manager("READY=1\nSTATUS=serving " + folder.path.native());
    stop.wait();
    tell_service_manager("STOPPING=1");
    output.note("stopping");
    server->stop();
    return Exit::done;
}

} // namespace mortise::host
