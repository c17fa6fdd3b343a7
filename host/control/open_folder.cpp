#include "control/embedded_connection.hpp"
#include "control/host.hpp"
#include "control/os_user.hpp"

#include <mortise/control/client.hpp>
#include <mortise/control/embedded.hpp>

#include <thread>

namespace mortise::control {
namespace {

/// A host with the threads that serve it, ended in order.
struct OwnHost {
    explicit OwnHost(std::unique_ptr<host::Host> opened) : host{std::move(opened)}, service{host->api()} { }

    std::unique_ptr<host::Host> host;
    host::Service service; // goes first: its destructor waits for the calls
};

Result<std::unique_ptr<Connection>> open_once(const std::filesystem::path& folder)
{
    MORTISE_TRY(auto opened, host::Host::open({.folder = folder}));
    auto own = std::make_shared<OwnHost>(std::move(opened));
    host::Service& service = own->service;
    return host::connect_embedded(service, host::own_os_user(), std::move(own));
}

/// Nothing if no host serves the folder.
std::unique_ptr<Connection> connect_to_server(const host::DataFolder& folder)
{
    const auto holder = host::Lease::last_holder(folder);
    if (!holder || holder->socket.empty()) return nullptr;
    auto connection = connect(holder->socket);
    return connection ? *std::move(connection) : nullptr;
}

} // namespace

Result<std::unique_ptr<Connection>>
open_folder(const std::filesystem::path& folder, std::chrono::milliseconds patience)
{
    constexpr std::chrono::milliseconds pause{20};
    const auto until = std::chrono::steady_clock::now() + patience;
    while (true) {
        auto connection = open_once(folder);
        if (connection || connection.error().key != "lease.held" || std::chrono::steady_clock::now() >= until)
            return connection;
        const auto holder = host::Lease::last_holder(host::DataFolder{folder});
        if (holder && !holder->socket.empty()) return connection; // it will not be done soon
        std::this_thread::sleep_for(pause);
    }
}

Result<std::unique_ptr<Connection>> open_or_connect(const std::filesystem::path& folder)
{
    MORTISE_TRY(const host::DataFolder found, host::DataFolder::find(folder));
    if (auto connection = connect_to_server(found)) return connection;
    // A host that has the folder and does not listen yet is coming up, or is about to end.
    constexpr std::chrono::milliseconds pause{20};
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    while (true) {
        auto opened = open_folder(folder);
        if (opened || opened.error().key != "lease.held" || std::chrono::steady_clock::now() >= until)
            return opened;
        if (auto connection = connect_to_server(found)) return connection;
        std::this_thread::sleep_for(pause);
    }
}

} // namespace mortise::control
