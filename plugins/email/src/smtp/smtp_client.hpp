#pragma once

/// \file
/// Hands one message for one address to a server, and tells exactly what became of it, in the server's words.

#include "smtp/wire.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

enum class Security : std::uint8_t {
    tls, ///< the wire is encrypted when it is handed in
    starttls, ///< encrypted before anything that matters is said, or not used at all
    none, ///< for a server on the same machine; no password goes over it
};

struct Login {
    enum class Kind : std::uint8_t { none, password, xoauth2 };
    Kind kind{Kind::none};
    std::string user;
    std::string secret; ///< password or access token
};

struct Envelope {
    std::string from;
    std::string to;
    bool needs_utf8{false}; ///< an address or a header is beyond ASCII: the server must offer SMTPUTF8
};

enum class SendState : std::uint8_t {
    sent, ///< the server took it over
    refused, ///< it said no, for good
    deferred, ///< it did not get that far, or was told to come again: nothing was sent
    ambiguous, ///< it broke off when the message was on its way: nobody knows, so it is not sent again by
               ///< itself
};

struct SendResult {
    SendState state{SendState::deferred};
    std::string
        stage; ///< "connect", "greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "message"
    int code{0}; ///< of the reply that decided; 0 for none
    std::string words; ///< the server's, or what went wrong
    std::string queue_id; ///< what the server called it, if it said
    bool is_account_problem{false}; ///< about us and not about this message: greeting, encryption, login
    std::string transcript; ///< what was said, without secrets and without the message
};

struct SmtpOptions {
    std::string server_name; ///< whom the certificate is for
    std::string own_name{"localhost"}; ///< what we call ourselves
    Security security{Security::tls};
    Login login;
    std::uint32_t timeout_ms{60'000};
};

/// One session with a server. Use it for as many messages as there are; after a result whose stage is not
/// "mail", "rcpt", "data" or "message", or that is ambiguous, it is over.
class SmtpClient {
public:
    SmtpClient(Wire& wire, SmtpOptions options);

    /// Greets, encrypts, logs in. Gives the state `sent` when the session is open.
    SendResult open();
    /// Sends one message. `before_message` runs when the server waits for it: what it does must be durable
    /// before it returns, for after that the outcome may be unknown. If it throws, nothing was sent.
    SendResult send(
        const Envelope& envelope, std::string_view message, const std::function<void()>& before_message = {}
    );
    /// Says goodbye; ignores what goes wrong.
    void quit() noexcept;

    bool offers(std::string_view extension) const;

private:
    struct Reply {
        int code{0};
        std::string words; ///< all lines, joined by a line feed
    };

    Reply read_reply(std::uint32_t timeout_ms);
    Reply command(std::string_view line, std::string_view shown = {});
    Reply ehlo();
    bool log_in(SendResult& result);
    SendResult conclude(std::string stage, const Reply& reply, SendState otherwise) const;
    void say(std::string_view who, std::string_view line);

    Wire& m_wire;
    SmtpOptions m_options;
    std::vector<std::string> m_extensions;
    std::string m_transcript;
};

/// How the transcript and records name a state.
std::string_view name(SendState state);

} // namespace mortise::plugins::email
