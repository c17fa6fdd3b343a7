#include "net/net_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace mortise::host {

namespace {

/// A socket that is closed unless it is taken out.
class Socket {
public:
    explicit Socket(int descriptor) noexcept : m_descriptor{descriptor} { }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket()
    {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }
    int get() const noexcept { return m_descriptor; }
    int take() noexcept { return std::exchange(m_descriptor, -1); }

private:
    int m_descriptor;
};

Error not_connected(std::string_view where, const NetAddress& address, int why)
{
    return {
        .code = ErrorCode::io,
        .message
        = "no connection to " + std::string{where} + " (" + address.text() + "): " + std::strerror(why),
        .key = "net.connect",
        .where = std::string{where},
        .hint = "see whether the host and the port are right, and whether a firewall is between",
    };
}

Result<int> connect_to(const NetAddress& address, const NetPatience& patience, std::string_view where)
{
    Socket socket{::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (socket.get() < 0) return not_connected(where, address, errno);
    const int one = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0)
        return socket.take();
    if (errno != EINPROGRESS) return not_connected(where, address, errno);
    if (const NetReady ready = wait_ready(socket.get(), POLLOUT, patience); ready != NetReady::yes)
        return net_not_ready(ready, "connecting to", where);
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) return not_connected(where, address, failure);
    return socket.take();
}

Error only_private(const NetTarget& target, const NetAddress& address)
{
    return {
        .code = ErrorCode::denied,
        .message = target.host + " leads to " + address.text()
            + ", an address inside the house, and only a permission with * covers it",
        .key = "net.private",
        .where = "net:" + host_port_text(target.host, target.port),
        .hint = "an admin can name the host in a setting of the plugin, or set net.private to true",
    };
}

} // namespace

std::string host_port_text(std::string_view host, std::uint16_t port)
{
    const bool is_v6 = host.find(':') != host.npos;
    return (is_v6 ? '[' + std::string{host} + ']' : std::string{host}) + ':' + std::to_string(port);
}

Result<std::unique_ptr<NetConnection>>
NetConnection::open(const NetTarget& target, const NetPatience& patience)
{
    const std::string where = host_port_text(target.host, target.port);
    MORTISE_TRY(auto addresses, resolve(target.host, target.port, patience));
    if (target.public_only) {
        const NetAddress first = addresses.front();
        std::erase_if(addresses, [](const NetAddress& address) { return !address.is_public(); });
        if (addresses.empty()) return only_private(target, first);
    }
    Error last;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        // Those that are left share the time, so that one that does not answer leaves some for the next.
        NetPatience share = patience;
        const NetTime now = std::chrono::steady_clock::now();
        share.until = now + (patience.until - now) / static_cast<std::int64_t>(addresses.size() - i);
        auto socket = connect_to(addresses[i], share, where);
        if (socket) return std::make_unique<NetConnection>(*socket, target, addresses[i]);
        last = std::move(socket).error();
        if (last.code == ErrorCode::cancelled) break;
    }
    return last;
}

NetConnection::NetConnection(int socket, const NetTarget& target, const NetAddress& address)
    : m_socket{socket},
      m_host{target.host},
      m_port{target.port},
      m_where{host_port_text(target.host, target.port)},
      m_address{address.text()}
{
}

NetConnection::~NetConnection()
{
    if (m_tls) m_tls->end();
    ::close(m_socket);
}

Result<void> NetConnection::start_tls(
    const std::shared_ptr<const TlsContext>& context, std::string name, const NetPatience& patience
)
{
    if (m_tls)
        return Error{
            .code = ErrorCode::state,
            .message = "the connection to " + m_where + " is encrypted already",
            .key = "net.tls",
            .where = m_where,
        };
    MORTISE_CHECK(require_whole());
    if (name.empty()) name = m_host;
    auto session = TlsSession::open(m_socket, context, name, patience, m_where);
    m_is_broken = !session;
    if (!session) return std::move(session).error();
    m_tls = *std::move(session);
    return {};
}

Result<void> NetConnection::require_whole() const
{
    if (!m_is_broken) return {};
    return Error{
        .code = ErrorCode::io,
        .message = "the connection to " + m_where + " failed before: close it",
        .key = "net.lost",
        .where = m_where,
    };
}

Error NetConnection::lost(std::string_view what, int why) const
{
    return {
        .code = ErrorCode::io,
        .message
        = "the connection to " + m_where + " broke while " + std::string{what} + ": " + std::strerror(why),
        .key = "net.lost",
        .where = m_where,
    };
}

Result<std::size_t> NetConnection::read_plain(std::span<std::byte> into, const NetPatience& patience) const
{
    while (true) {
        const ssize_t size = ::recv(m_socket, into.data(), into.size(), 0);
        if (size >= 0) return static_cast<std::size_t>(size);
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return lost("reading", errno);
        if (const NetReady ready = wait_ready(m_socket, POLLIN, patience); ready != NetReady::yes)
            return net_not_ready(ready, "reading from", m_where);
    }
}

Result<void> NetConnection::write_plain(std::span<const std::byte> data, const NetPatience& patience) const
{
    while (!data.empty()) {
        const ssize_t size = ::send(m_socket, data.data(), data.size(), MSG_NOSIGNAL);
        if (size > 0) {
            data = data.subspan(static_cast<std::size_t>(size));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return lost("writing", errno);
        if (const NetReady ready = wait_ready(m_socket, POLLOUT, patience); ready != NetReady::yes)
            return net_not_ready(ready, "writing to", m_where);
    }
    return {};
}

Result<std::size_t> NetConnection::read(std::span<std::byte> into, const NetPatience& patience)
{
    MORTISE_CHECK(require_whole());
    auto size = m_tls ? m_tls->read(into, patience) : read_plain(into, patience);
    if (size) m_read.fetch_add(*size, std::memory_order_relaxed);
    m_is_broken = !size && size.error().code != ErrorCode::timeout; // silence is no failure
    return size;
}

Result<void> NetConnection::write(std::span<const std::byte> data, const NetPatience& patience)
{
    MORTISE_CHECK(require_whole());
    auto done = m_tls ? m_tls->write(data, patience) : write_plain(data, patience);
    m_is_broken = !done;
    if (!done) return done;
    m_written.fetch_add(data.size(), std::memory_order_relaxed);
    return {};
}

Map NetConnection::facts() const
{
    return Map{
        {"host", m_host},
        {"port", static_cast<std::int64_t>(m_port)},
        {"address", m_address},
        {"read", static_cast<std::int64_t>(bytes_read())},
        {"written", static_cast<std::int64_t>(bytes_written())},
        {"tls", m_tls ? Value{m_tls->facts()} : Value{}},
    };
}

} // namespace mortise::host
