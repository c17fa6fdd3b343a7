#include "smtp/host_server.hpp"

#include "outbox/passwords.hpp"
#include "smtp/host_wire.hpp"

namespace mortise::plugins::email {

Connect connect_through(const Host& host)
{
    return [&host](const Server& server) -> std::unique_ptr<Wire> {
        const ConnectOptions options{
            .tls = server.security == Security::tls, .timeout_ms = 0, .server_name = {}
        };
        return std::make_unique<HostWire>(require(Connection::open(host, server.host, server.port, options)));
    };
}

FindSecret secrets_of(const Host& host)
{
    return [&host](const std::string& address) {
        const std::string passwords = require(host.reveal("passwords"));
        if (auto found = find_password(passwords, address)) return *std::move(found);
        fail(
            ErrorCode::not_found,
            "email.no_password",
            "no password is set for " + address + "; the secret passwords has a line for each mailbox"
        );
    };
}

} // namespace mortise::plugins::email
