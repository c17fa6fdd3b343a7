#include "smtp/smtp_client.hpp"

#include "mime/charset.hpp"
#include "mime/glib.hpp"
#include "smtp/wire_form.hpp"

#include <mortise/failure.hpp>

#include <algorithm>

namespace mortise::plugins::email {

namespace {

constexpr std::size_t longest_line = 4'096;
constexpr std::size_t most_lines = 200;
constexpr std::size_t longest_transcript = 16'000;
/// A server may take long to look at a message that it has got in full (RFC 5321, section 4.5.3.2.6).
constexpr std::uint32_t message_timeout_ms = 600'000;

std::string base64(std::string_view text)
{
    const GlibText encoded{g_base64_encode(reinterpret_cast<const guchar*>(text.data()), text.size())};
    return text_of(encoded.get());
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// An address goes into a command line as it is: nothing in it may end the line or the brackets.
bool is_fit_for_command(std::string_view address)
{
    return !address.empty() && address.size() <= 320 && std::ranges::none_of(address, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20U || c == 0x7F || c == '<' || c == '>';
    });
}

/// "250 2.0.0 Ok: queued as 4F2A1": what follows the last of some usual words.
std::string queue_id_in(std::string_view words)
{
    for (const std::string_view mark : {"queued as ", "queued: ", "id=", "message-id: "})
        if (const auto at = find_ignoring_case(words, mark); at != std::string_view::npos) {
            std::string_view rest = words.substr(at + mark.size());
            return clean_line(rest.substr(0, std::min<std::size_t>(rest.find_first_of(" \r\n;,"), 100)));
        }
    return {};
}

SendResult broken(std::string stage, const Failure& failure, SendState state)
{
    SendResult result;
    result.state = state;
    result.stage = std::move(stage);
    result.words = failure.error().message.empty() ? failure.error().key : failure.error().message;
    return result;
}

} // namespace

std::string_view name(SendState state)
{
    switch (state) {
    case SendState::sent:
        return "sent";
    case SendState::refused:
        return "refused";
    case SendState::deferred:
        return "deferred";
    case SendState::ambiguous:
        return "ambiguous";
    }
    return "ambiguous";
}

SmtpClient::SmtpClient(Wire& wire, SmtpOptions options) : m_wire{wire}, m_options{std::move(options)} { }

SendResult SmtpClient::open()
{
    std::string stage = "greeting";
    SendResult result;
    try {
        const Reply greeting = read_reply(m_options.timeout_ms);
        result = conclude(stage, greeting, SendState::deferred);
        if (greeting.code == 220) {
            stage = "ehlo";
            result = conclude(stage, ehlo(), SendState::deferred);
        }
        if (result.state == SendState::sent && m_options.security == Security::starttls) {
            stage = "starttls";
            if (!offers("STARTTLS")) {
                result.state = SendState::deferred;
                result.stage = stage;
                result.words = "the server offers no STARTTLS, and nothing is sent without";
            } else {
                result = conclude(stage, command("STARTTLS"), SendState::deferred);
                if (result.state == SendState::sent) {
                    m_wire.start_tls(m_options.server_name);
                    say("-", "encrypted");
                    result = conclude("ehlo", ehlo(), SendState::deferred);
                }
            }
        }
        if (result.state == SendState::sent) {
            stage = "auth";
            log_in(result);
        }
    } catch (const Failure& failure) {
        result = broken(stage, failure, SendState::deferred);
    }
    result.is_account_problem = result.state != SendState::sent;
    result.transcript = m_transcript;
    return result;
}

bool SmtpClient::log_in(SendResult& result)
{
    const Login& login = m_options.login;
    if (login.kind == Login::Kind::none) return true;
    result.stage = "auth";
    if (m_options.security == Security::none) {
        result.state = SendState::deferred;
        result.words = "no password goes over a connection that is not encrypted";
        return false;
    }
    const auto offered = std::ranges::find_if(m_extensions, [](const std::string& line) {
        return lower_ascii(line).starts_with("auth ") || lower_ascii(line).starts_with("auth=");
    });
    const std::string ways = offered == m_extensions.end() ? std::string{} : lower_ascii(*offered) + " ";
    const auto can = [&](std::string_view way) { return ways.find(way) != std::string::npos; };
    Reply reply;
    if (login.kind == Login::Kind::xoauth2) {
        const std::string token = "user=" + login.user
            + "\x01"
              "auth=Bearer "
            + login.secret + "\x01\x01";
        reply = command("AUTH XOAUTH2 " + base64(token), "AUTH XOAUTH2 ...");
        if (reply.code == 334) reply = command("", "(empty)"); // the reason came as a challenge
    } else if (can(" plain ") || !can(" login ")) {
        std::string token;
        token += '\0';
        token += login.user;
        token += '\0';
        token += login.secret;
        reply = command("AUTH PLAIN " + base64(token), "AUTH PLAIN ...");
    } else {
        reply = command("AUTH LOGIN");
        if (reply.code == 334) reply = command(base64(login.user), "(user)");
        if (reply.code == 334) reply = command(base64(login.secret), "(password)");
    }
    result = conclude("auth", reply, SendState::deferred);
    return result.state == SendState::sent;
}

SendResult SmtpClient::send(
    const Envelope& envelope, std::string_view message, const std::function<void()>& before_message
)
{
    std::string stage = "mail";
    SendResult result;
    if (!is_fit_for_command(envelope.from) || !is_fit_for_command(envelope.to)) {
        result.state = SendState::refused;
        result.stage = stage;
        result.words = "an address cannot be written in a command";
        return result;
    }
    if (envelope.needs_utf8 && !offers("SMTPUTF8")) {
        result.state = SendState::refused;
        result.stage = stage;
        result.words = "the server does not offer SMTPUTF8, which an address beyond ASCII needs";
        return result;
    }
    bool is_on_its_way = false;
    try {
        const std::string wire = to_wire_form(message);
        std::string mail = "MAIL FROM:<" + envelope.from + ">";
        if (offers("SIZE")) mail += " SIZE=" + std::to_string(wire.size());
        if (envelope.needs_utf8) mail += " BODY=8BITMIME SMTPUTF8";
        result = conclude(stage, command(mail), SendState::deferred);
        if (result.state == SendState::sent) {
            stage = "rcpt";
            result = conclude(stage, command("RCPT TO:<" + envelope.to + ">"), SendState::deferred);
        }
        if (result.state == SendState::sent) {
            stage = "data";
            const Reply go = command("DATA");
            result = conclude(stage, go, SendState::deferred);
            if (go.code == 354) {
                if (before_message) before_message();
                stage = "message";
                is_on_its_way = true;
                say(">", "(" + std::to_string(wire.size()) + " bytes)");
                m_wire.write(wire, m_options.timeout_ms);
                m_wire.write(end_of_data, m_options.timeout_ms);
                const Reply taken = read_reply(message_timeout_ms);
                is_on_its_way = false;
                result = conclude(stage, taken, SendState::ambiguous);
                result.queue_id = result.state == SendState::sent ? queue_id_in(taken.words) : std::string{};
            }
        }
        if (result.state != SendState::sent && stage != "message") command("RSET");
    } catch (const Failure& failure) {
        if (result.state == SendState::sent || result.words.empty() || is_on_its_way)
            result = broken(stage, failure, is_on_its_way ? SendState::ambiguous : SendState::deferred);
    }
    result.transcript = m_transcript;
    return result;
}

void SmtpClient::quit() noexcept
{
    try {
        constexpr std::uint32_t patience_ms = 5'000;
        m_wire.write("QUIT\r\n", patience_ms);
        read_reply(patience_ms);
    } catch (...) { // NOLINT(bugprone-empty-catch): it is over either way
    }
}

bool SmtpClient::offers(std::string_view extension) const
{
    return std::ranges::any_of(m_extensions, [&](const std::string& line) {
        return equals_ignoring_case(std::string_view{line}.substr(0, line.find_first_of(" =")), extension);
    });
}

/// A reply of one or more lines; anything that is none ends the session.
SmtpClient::Reply SmtpClient::read_reply(std::uint32_t timeout_ms)
{
    Reply reply;
    for (std::size_t lines = 0; lines < most_lines; ++lines) {
        const std::string line = m_wire.read_line(longest_line, timeout_ms);
        say("<", line);
        const bool is_reply = line.size() >= 3 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2])
            && (line.size() == 3 || line[3] == ' ' || line[3] == '-');
        if (!is_reply)
            fail(
                ErrorCode::io,
                "smtp.no_reply",
                "the server answers \"" + clean_line(cut(line, 200)) + "\", which is no reply"
            );
        const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
        if (reply.code != 0 && reply.code != code)
            fail(ErrorCode::io, "smtp.no_reply", "the lines of one reply have different codes");
        reply.code = code;
        if (!reply.words.empty()) reply.words += '\n';
        reply.words += line;
        if (line.size() == 3 || line[3] == ' ') return reply;
    }
    fail(ErrorCode::io, "smtp.no_reply", "a reply has too many lines");
}

SmtpClient::Reply SmtpClient::command(std::string_view line, std::string_view shown)
{
    say(">", shown.empty() ? line : shown);
    m_wire.write(std::string{line} + "\r\n", m_options.timeout_ms);
    return read_reply(m_options.timeout_ms);
}

SmtpClient::Reply SmtpClient::ehlo()
{
    m_extensions.clear();
    const Reply reply = command("EHLO " + m_options.own_name);
    if (reply.code != 250) return reply;
    std::string_view rest = reply.words;
    for (bool is_first = true; !rest.empty(); is_first = false) {
        const auto end = std::min(rest.find('\n'), rest.size());
        if (!is_first && end > 4) m_extensions.push_back(clean_line(rest.substr(4, end - 4)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return reply;
}

/// What a reply means: 2xx goes on, 4xx come again, 5xx no; DATA is answered by 354 and by nothing else.
/// `otherwise` is for what is none of these.
SendResult SmtpClient::conclude(std::string stage, const Reply& reply, SendState otherwise) const
{
    SendResult result;
    result.stage = std::move(stage);
    result.code = reply.code;
    result.words = clean_text(cut(reply.words, 2'000));
    const bool is_yes = result.stage == "data" ? reply.code == 354 : reply.code >= 200 && reply.code < 300;
    if (is_yes)
        result.state = SendState::sent;
    else if (reply.code >= 400 && reply.code < 500)
        result.state = SendState::deferred;
    else if (reply.code >= 500 && reply.code < 600)
        result.state = SendState::refused;
    else
        result.state = otherwise;
    return result;
}

void SmtpClient::say(std::string_view who, std::string_view line)
{
    if (m_transcript.size() > longest_transcript) return;
    m_transcript += who;
    m_transcript += ' ';
    m_transcript += clean_line(cut(line, 500));
    m_transcript += '\n';
}

} // namespace mortise::plugins::email
