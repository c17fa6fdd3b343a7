#include "control/server.hpp"

#include "control/server/peer.hpp"
#include "control/service.hpp"
#include "control/unix_path.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <list>
#include <optional>
#include <sys/stat.h>
#include <thread>

namespace mortise::host {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

Error io_error(const std::filesystem::path& socket, const error_code& failed)
{
    return {
        ErrorCode::io,
        "cannot listen on " + socket.native() + ": " + failed.message(),
        "control.listen",
        {},
        {}
    };
}

/// Removes a socket that a host left behind when it was killed.
Result<void>
remove_stale(asio::io_context& context, const std::filesystem::path& path, const std::string& address)
{
    error_code failed;
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) return {};
    if (!S_ISSOCK(status.st_mode))
        return Error{
            ErrorCode::exists,
            path.native() + " is there and is no socket",
            "control.listen",
            {},
            "name another path with --socket"
        };
    stream_protocol::socket probe{context};
    probe.connect(stream_protocol::endpoint{address}, failed);
    if (!failed)
        return Error{
            ErrorCode::exists,
            "somebody listens on " + path.native() + " already",
            "control.listen",
            {},
            "name another path with --socket"
        };
    if (failed != asio::error::connection_refused) return io_error(path, failed);
    if (::unlink(path.c_str()) != 0)
        return io_error(path, error_code{errno, boost::system::generic_category()});
    return {};
}

} // namespace

struct Server::State {
    State(const Api& api, ServerSettings given)
        : settings{std::move(given)},
          service{api, settings.most_threads}
    {
    }

    Result<void> listen();
    void accept();
    void welcome(stream_protocol::socket socket);

    ServerSettings settings;
    asio::io_context context{1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{
        asio::make_work_guard(context)
    };
    Service service; // after the context: peers, which its tasks hold, use it
    stream_protocol::acceptor acceptor{context};
    asio::steady_timer pause{context};
    asio::steady_timer grace{context};
    std::list<std::shared_ptr<Peer>> peers; // io thread only
    std::atomic<std::size_t> peer_count{0};
    std::atomic<bool> stopped{false};
    bool stopping{false}; // io thread only
    std::thread thread;
};

Result<void> Server::State::listen()
{
    MORTISE_TRY(const control::UnixPath address, control::UnixPath::of(settings.socket));
    MORTISE_CHECK(remove_stale(context, settings.socket, address.text()));
    error_code failed;
    acceptor.open(stream_protocol{}, failed);
    // The mode must hold from the first moment: Linux gives a new socket that of its descriptor.
    constexpr mode_t own = S_IRUSR | S_IWUSR;
    if (!failed && ::fchmod(acceptor.native_handle(), own) != 0)
        failed = {errno, boost::system::generic_category()};
    if (!failed) acceptor.bind(stream_protocol::endpoint{address.text()}, failed);
    constexpr mode_t everybody
        = own | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH; // more than the umask would leave
    if (!failed && settings.shared && ::chmod(settings.socket.c_str(), everybody) != 0)
        failed = {errno, boost::system::generic_category()};
    if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) return io_error(settings.socket, failed);
    return {};
}

void Server::State::accept()
{
    acceptor.async_accept([this](error_code failed, stream_protocol::socket socket) {
        if (stopping) return;
        if (!failed) {
            welcome(std::move(socket));
            return accept();
        }
        // Out of descriptors or memory: others may close theirs.
        pause.expires_after(std::chrono::milliseconds{100});
        pause.async_wait([this](error_code) {
            if (!stopping) accept();
        });
    });
}

void Server::State::welcome(stream_protocol::socket socket)
{
    const auto peer = std::make_shared<Peer>(context, std::move(socket), service, settings.most_calls);
    if (peers.size() >= settings.most_sessions)
        return peer->refuse(
            {ErrorCode::busy,
             "the host serves " + std::to_string(peers.size()) + " clients and takes no more",
             "control.sessions",
             {},
             "try again later"}
        );
    const auto place = peers.insert(peers.end(), peer);
    ++peer_count;
    peer->start([this, place] {
        peers.erase(place);
        --peer_count;
        if (peers.empty()) grace.cancel();
    });
}

Server::Server(std::unique_ptr<State> state) : m_state{std::move(state)} { }

Server::~Server()
{
    stop();
}

Result<std::unique_ptr<Server>> Server::start(const Api& api, ServerSettings settings)
{
    auto state = std::make_unique<State>(api, std::move(settings));
    MORTISE_CHECK(state->listen());
    state->accept();
    state->thread = std::thread{[&context = state->context] { context.run(); }};
    return std::unique_ptr<Server>{new Server{std::move(state)}};
}

void Server::stop()
{
    if (m_state->stopped.exchange(true)) return;
    State& state = *m_state;
    asio::post(state.context, [&state] {
        state.stopping = true;
        error_code ignored;
        state.acceptor.close(ignored);
        state.pause.cancel();
        const auto peers = state.peers; // finishing may take one off the list
        for (const auto& peer : peers)
            peer->finish();
    });
    state.service.stop();
    asio::post(state.context, [&state] {
        state.work.reset();
        if (state.peers.empty()) return;
        state.grace.expires_after(state.settings.stop_grace);
        state.grace.async_wait([&state](error_code cancelled) {
            if (cancelled) return;
            const auto peers = state.peers;
            for (const auto& peer : peers)
                peer->close();
        });
    });
    state.thread.join();
    ::unlink(state.settings.socket.c_str());
}

std::size_t Server::session_count() const
{
    return m_state->peer_count.load();
}

} // namespace mortise::host
