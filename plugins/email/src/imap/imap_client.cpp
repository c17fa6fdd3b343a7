#include "imap/imap_client.hpp"

#include "imap/folder_name.hpp"
#include "mime/charset.hpp"
#include "mime/glib.hpp"

#include <mortise/failure.hpp>

#include <algorithm>

namespace mortise::plugins::email {

namespace {

/// A command is answered by that many responses at most.
constexpr std::size_t most_responses = 100'000;
constexpr std::size_t most_capabilities = 500;
constexpr std::size_t most_folders = 10'000;

std::string base64(std::string_view text)
{
    const GlibText encoded{g_base64_encode(reinterpret_cast<const guchar*>(text.data()), text.size())};
    return text_of(encoded.get());
}

std::string shown(std::string_view words)
{
    return clean_line(cut(words, 500));
}

[[noreturn]] void ended(const ImapResponse& response)
{
    fail(ErrorCode::io, "imap.bye", "the server ends the session: " + shown(response.words));
}

/// The value of an item of a FETCH response; `prefix` is in capitals and ends with what must follow its name.
const ImapValue* item_of(const ImapResponse& response, std::string_view prefix)
{
    if (response.name != "FETCH" || response.values.empty()) return nullptr;
    const auto& items = response.values.front().items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        const std::string_view name = items[i].text;
        if (equals_ignoring_case(name.substr(0, prefix.size()), prefix)
            && (prefix.ends_with(']') || name.size() == prefix.size()))
            return &items[i + 1];
    }
    return nullptr;
}

std::int64_t number_in(const ImapResponse& response, std::string_view item)
{
    const ImapValue* value = item_of(response, item);
    return value != nullptr ? value->number().value_or(0) : 0;
}

std::string flags_of(const ImapValue* value)
{
    std::vector<std::string> flags;
    if (value != nullptr)
        for (const ImapValue& item : value->items)
            if (item.text.starts_with('\\') && flags.size() < 20)
                flags.push_back(lower_ascii(item.text.substr(1, 40)));
    std::erase(flags, "recent");
    std::ranges::sort(flags);
    std::string all;
    for (const std::string& flag : flags)
        all += (all.empty() ? "" : " ") + clean_line(flag);
    return all;
}

Listed listed_of(const ImapResponse& response)
{
    Listed listed;
    listed.uid = number_in(response, "UID");
    listed.size = number_in(response, "RFC822.SIZE");
    if (const ImapValue* time = item_of(response, "INTERNALDATE")) listed.received = imap_time(time->text);
    listed.flags = flags_of(item_of(response, "FLAGS"));
    return listed;
}

std::string range(std::int64_t first, std::int64_t last)
{
    return std::to_string(first) + ":" + std::to_string(last);
}

} // namespace

ImapClient::ImapClient(Wire& wire, ImapOptions options)
    : m_stream{wire, options.limits},
      m_options{std::move(options)}
{
}

void ImapClient::open()
{
    ImapResponse greeting = m_stream.read();
    if (greeting.name == "BYE") ended(greeting);
    const bool is_let_in = greeting.name == "PREAUTH";
    if (greeting.kind != ImapResponse::Kind::untagged || (greeting.name != "OK" && !is_let_in))
        fail(
            ErrorCode::io, "imap.syntax", "the server does not greet as IMAP does: " + shown(greeting.words)
        );
    if (m_options.security == Security::starttls) {
        // Who is let in before encryption may be let in by somebody in between.
        if (is_let_in)
            fail(ErrorCode::refused, "imap.no_tls", "the server lets us in before anything is encrypted");
        ask_capabilities();
        if (!offers("STARTTLS"))
            fail(
                ErrorCode::refused,
                "imap.no_tls",
                "the server offers no STARTTLS, and nothing is said without"
            );
        run("STARTTLS");
        m_stream.start_tls(m_options.server_name);
        m_capabilities.clear(); // what was said before is not to be believed
    } else if (m_options.security == Security::none) {
        fail(ErrorCode::refused, "imap.no_tls", "mailboxes are read over encrypted connections only");
    } else if (const auto* values = greeting.code("CAPABILITY")) {
        take_capabilities(*values, 1);
    }
    if (m_capabilities.empty()) ask_capabilities();
    if (!is_let_in) log_in();
}

void ImapClient::log_in()
{
    const Login& login = m_options.login;
    ImapResponse answer;
    if (login.kind == Login::Kind::xoauth2) {
        std::string token = "user=" + login.user;
        token += "\x01"
                 "auth=Bearer "
            + login.secret + "\x01\x01";
        answer = authenticate("XOAUTH2", token);
    } else if (offers("AUTH=PLAIN")) {
        std::string token;
        token += '\0';
        token += login.user;
        token += '\0';
        token += login.secret;
        answer = authenticate("PLAIN", token);
    } else {
        const auto user = imap_quoted(login.user);
        const auto secret = imap_quoted(login.secret);
        if (offers("LOGINDISABLED") || !user || !secret)
            fail(ErrorCode::refused, "imap.login", "the server offers no way to log in that we know");
        answer = finish(send("LOGIN " + *user + " " + *secret), {});
    }
    if (answer.name != "OK")
        fail(ErrorCode::refused, "imap.login", "the server does not let us in: " + shown(answer.words));
    m_capabilities.clear(); // it may offer more now
    if (const auto* values = answer.code("CAPABILITY"))
        take_capabilities(*values, 1);
    else
        ask_capabilities();
}

ImapResponse ImapClient::authenticate(std::string_view way, const std::string& token)
{
    const std::string encoded = base64(token);
    std::string command = "AUTHENTICATE " + std::string{way};
    bool is_said = offers("SASL-IR");
    if (is_said) command += " " + encoded;
    const std::string tag = send(command);
    for (std::size_t i = 0; i < most_capabilities; ++i) {
        ImapResponse response = m_stream.read();
        if (response.kind == ImapResponse::Kind::tagged && response.tag == tag) return response;
        if (response.kind == ImapResponse::Kind::untagged && response.name == "BYE") ended(response);
        if (response.kind != ImapResponse::Kind::go_on) continue;
        // A second question tells why it failed, and is answered by nothing.
        m_stream.write((is_said ? std::string{} : encoded) + "\r\n");
        is_said = true;
    }
    fail(ErrorCode::io, "imap.limit", "the server goes on asking for a login");
}

std::string ImapClient::quoted_folder(std::string_view folder)
{
    if (auto name = imap_quoted(to_imap_name(folder))) return *std::move(name);
    fail(ErrorCode::invalid, "imap.refused", "\"" + shown(folder) + "\" cannot be the name of a folder");
}

FolderState ImapClient::examine(std::string_view folder)
{
    const std::string name = quoted_folder(folder);
    FolderState state;
    const auto number = [](const std::vector<ImapValue>* code) {
        return code != nullptr && code->size() > 1 ? (*code)[1].number().value_or(0) : 0;
    };
    const Take take = [&](ImapResponse& response) {
        if (response.name == "EXISTS") state.exists = response.number;
        if (const auto* code = response.code("UIDVALIDITY")) state.uid_validity = number(code);
        if (const auto* code = response.code("UIDNEXT")) state.uid_next = number(code);
        if (const auto* code = response.code("HIGHESTMODSEQ")) state.highest_modseq = number(code);
    };
    run("EXAMINE " + name + (offers("CONDSTORE") ? " (CONDSTORE)" : ""), take);
    if (state.uid_validity <= 0)
        fail(
            ErrorCode::unsupported,
            "imap.no_uids",
            "the server gives no UIDVALIDITY for the folder " + shown(folder)
        );
    if (state.uid_next <= 0 && state.exists > 0)
        run("UID FETCH * (UID)", [&](ImapResponse& response) {
            state.uid_next = std::max(state.uid_next, number_in(response, "UID") + 1);
        });
    return state;
}

std::vector<std::string> ImapClient::folders()
{
    std::vector<std::string> names;
    run("LIST \"\" \"*\"", [&](ImapResponse& response) {
        if (response.name != "LIST" || response.values.size() < 3 || names.size() >= most_folders) return;
        const auto& flags = response.values[0].items;
        if (std::ranges::any_of(flags, [](const ImapValue& flag) {
                return flag.is("\\Noselect") || flag.is("\\NonExistent");
            }))
            return;
        names.push_back(clean_line(from_imap_name(response.values[2].text)));
    });
    return names;
}

std::vector<Listed> ImapClient::list(std::int64_t first, std::int64_t last)
{
    return fetch_listed(
        "UID FETCH " + range(first, last) + " (UID RFC822.SIZE INTERNALDATE FLAGS)", first, last
    );
}

std::vector<Listed> ImapClient::changed(std::int64_t first, std::int64_t last, std::int64_t modseq)
{
    const std::string since = " (CHANGEDSINCE " + std::to_string(modseq) + ")";
    return fetch_listed("UID FETCH " + range(first, last) + " (UID FLAGS)" + since, first, last);
}

std::vector<Listed>
ImapClient::fetch_listed(const std::string& command, std::int64_t first, std::int64_t last)
{
    std::vector<Listed> messages;
    run(command, [&](ImapResponse& response) {
        const Listed message = listed_of(response);
        if (message.uid >= first && message.uid <= last) messages.push_back(message);
    });
    // A server may tell of one twice, and in any order.
    std::ranges::stable_sort(messages, {}, &Listed::uid);
    const auto twice = std::ranges::unique(messages, {}, &Listed::uid);
    messages.erase(twice.begin(), twice.end());
    return messages;
}

std::optional<std::string> ImapClient::fetch(std::int64_t uid, std::size_t most)
{
    std::optional<std::string> found;
    const std::string part = "BODY.PEEK[]<0." + std::to_string(most) + ">";
    run("UID FETCH " + std::to_string(uid) + " (UID " + part + ")", [&](ImapResponse& response) {
        const ImapValue* body = item_of(response, "BODY[]");
        const std::int64_t of = number_in(response, "UID");
        if (body != nullptr && body->kind != ImapValue::Kind::nil && (of == uid || of == 0))
            found = body->text;
    });
    return found;
}

std::optional<std::string> ImapClient::sent_folder()
{
    if (!offers("SPECIAL-USE")) return std::nullopt;
    std::optional<std::string> found;
    run("LIST (SPECIAL-USE) \"\" \"*\"", [&](ImapResponse& response) {
        if (response.name != "LIST" || response.values.size() < 3 || found) return;
        const auto& flags = response.values[0].items;
        if (std::ranges::any_of(flags, [](const ImapValue& flag) { return flag.is("\\Sent"); }))
            found = from_imap_name(response.values[2].text);
    });
    return found;
}

bool ImapClient::has_message(std::string_view message_id)
{
    const auto id = imap_quoted(message_id);
    if (!id) return false;
    bool has_any = false;
    run("UID SEARCH HEADER Message-ID " + *id, [&](ImapResponse& response) {
        if (response.name == "SEARCH" && !response.values.empty()) has_any = true;
    });
    return has_any;
}

bool ImapClient::append(std::string_view folder, std::string_view message)
{
    const std::string size = std::to_string(message.size());
    const std::string tag = send("APPEND " + quoted_folder(folder) + " (\\Seen) {" + size + "}");
    ImapResponse answer;
    for (std::size_t i = 0; answer.kind != ImapResponse::Kind::tagged; ++i) {
        answer = m_stream.read();
        if (answer.kind == ImapResponse::Kind::go_on) {
            m_stream.write(std::string{message} + "\r\n");
            answer = finish(tag, {});
            break;
        }
        if (answer.name == "BYE") ended(answer);
        if (i == most_responses) fail(ErrorCode::io, "imap.limit", "the server does not come to an end");
    }
    if (answer.name == "OK") return true;
    if (answer.code("TRYCREATE") != nullptr) return false;
    fail(
        ErrorCode::refused,
        "imap.refused",
        "the server does not take the message into " + shown(folder) + ": " + shown(answer.words)
    );
}

void ImapClient::create(std::string_view folder)
{
    run("CREATE " + quoted_folder(folder));
}

void ImapClient::log_out() noexcept
{
    try {
        const std::string tag = send("LOGOUT");
        for (std::size_t i = 0; i < most_capabilities; ++i)
            if (m_stream.read().tag == tag) return;
    } catch (...) { // NOLINT(bugprone-empty-catch): it is over either way
    }
}

void ImapClient::begin_idle()
{
    m_idle_tag = send("IDLE");
    for (std::size_t i = 0; i < most_responses; ++i) {
        const ImapResponse response = m_stream.read();
        if (response.kind == ImapResponse::Kind::go_on) return;
        if (response.name == "BYE") ended(response);
        if (response.kind == ImapResponse::Kind::tagged)
            fail(ErrorCode::io, "imap.idle", "the server does not idle: " + shown(response.words));
    }
    fail(ErrorCode::io, "imap.limit", "the server does not come to an end");
}

bool ImapClient::read_idle()
{
    const ImapResponse response = m_stream.read();
    if (response.name == "BYE") ended(response);
    if (response.kind == ImapResponse::Kind::tagged)
        fail(ErrorCode::io, "imap.idle", "the server ended idling: " + shown(response.words));
    return response.name == "EXISTS";
}

void ImapClient::end_idle()
{
    m_stream.write("DONE\r\n");
    finish(m_idle_tag, {});
}

bool ImapClient::offers(std::string_view capability) const
{
    return std::ranges::find(m_capabilities, capability) != m_capabilities.end();
}

std::string ImapClient::send(std::string_view command)
{
    const std::string tag = "A" + std::to_string(++m_tag);
    m_stream.write(tag + " " + std::string{command} + "\r\n");
    return tag;
}

ImapResponse ImapClient::finish(const std::string& tag, const Take& take)
{
    for (std::size_t i = 0; i < most_responses; ++i) {
        ImapResponse response = m_stream.read();
        if (response.kind == ImapResponse::Kind::tagged) {
            if (response.tag == tag) return response;
            fail(
                ErrorCode::io,
                "imap.syntax",
                "the server answers to what was not asked: " + shown(response.tag)
            );
        }
        if (response.kind == ImapResponse::Kind::go_on) continue;
        if (response.name == "BYE") ended(response);
        if (take) take(response);
    }
    fail(ErrorCode::io, "imap.limit", "the server does not come to an end");
}

ImapResponse ImapClient::run(std::string_view command, const Take& take)
{
    ImapResponse answer = finish(send(command), take);
    if (answer.name != "OK")
        fail(
            ErrorCode::refused,
            "imap.refused",
            "the server answers " + answer.name + " to " + shown(command.substr(0, command.find(' '))) + ": "
                + shown(answer.words)
        );
    return answer;
}

void ImapClient::take_capabilities(const std::vector<ImapValue>& values, std::size_t from)
{
    for (std::size_t i = from; i < values.size() && m_capabilities.size() < most_capabilities; ++i) {
        std::string name = values[i].text.substr(0, 100);
        std::ranges::transform(name, name.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        m_capabilities.push_back(std::move(name));
    }
}

void ImapClient::ask_capabilities()
{
    m_capabilities.clear();
    run("CAPABILITY", [&](ImapResponse& response) {
        if (response.name == "CAPABILITY") take_capabilities(response.values, 0);
    });
}

} // namespace mortise::plugins::email
