#include "sync/session.hpp"

#include "smtp/host_server.hpp"

namespace mortise::plugins::email {

ImapSession open_session(const Host& host, const Record& mailbox)
{
    ImapOptions options;
    const std::string address{mailbox["address"].text()};
    options.server_name = mailbox["imap_host"].text();
    options.security = mailbox["imap_security"].text() == "starttls" ? Security::starttls : Security::tls;
    // "none" is about sending: nobody reads a mailbox without a login.
    options.login.kind = mailbox["login"].text() == "xoauth2" ? Login::Kind::xoauth2 : Login::Kind::password;
    const std::string_view user = mailbox["user_name"].text();
    options.login.user = user.empty() ? address : std::string{user};
    options.login.secret = secrets_of(host)(address);
    const bool is_tls = options.security == Security::tls;
    const auto port = static_cast<std::uint16_t>(mailbox["imap_port"].integer(is_tls ? 993 : 143));
    const ConnectOptions how{.tls = is_tls, .timeout_ms = 20'000, .server_name = {}};
    ImapSession session;
    session.wire
        = std::make_unique<HostWire>(require(Connection::open(host, options.server_name, port, how)));
    session.client = std::make_unique<ImapClient>(*session.wire, std::move(options));
    session.client->open();
    return session;
}

std::vector<std::string> folders_of(const Record& mailbox)
{
    constexpr std::size_t most = 100;
    std::vector<std::string> names;
    for (const ValueView item : mailbox["imap_folders"].items())
        if (!item.text().empty() && names.size() < most) names.emplace_back(item.text());
    if (names.empty()) names.emplace_back("INBOX");
    return names;
}

} // namespace mortise::plugins::email
