#include "outbox/deliver.hpp"

#include "consent/consent.hpp"
#include "outbox/send_window.hpp"
#include "store/addresses.hpp"
#include "store/attachments.hpp"
#include "store/bounce_keeper.hpp"
#include "sync/sent_copies.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace mortise::plugins::email {

namespace {

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::int64_t most_attempts = 20; // with the pauses below that is about three days
constexpr std::int64_t at_once = 500;

Server server_of(const Record& mailbox)
{
    Server server;
    server.host = mailbox["smtp_host"].text();
    const std::string_view security = mailbox["smtp_security"].text();
    server.security = security == "none" ? Security::none
        : security == "starttls"         ? Security::starttls
                                         : Security::tls;
    const std::int64_t usual = server.security == Security::tls ? 465
        : server.security == Security::starttls                 ? 587
                                                                : 25;
    server.port = static_cast<std::uint16_t>(mailbox["smtp_port"].integer(usual));
    return server;
}

SmtpOptions options_of(const Record& mailbox, const Server& server, const FindSecret& find_secret)
{
    SmtpOptions options;
    options.server_name = server.host;
    options.security = server.security;
    const std::string address{mailbox["address"].text()};
    options.own_name = domain_of(normal_address(address));
    const std::string_view login = mailbox["login"].text();
    if (login == "none" || server.security == Security::none) return options;
    options.login.kind = login == "xoauth2" ? Login::Kind::xoauth2 : Login::Kind::password;
    const std::string_view user = mailbox["user_name"].text();
    options.login.user = user.empty() ? address : std::string{user};
    options.login.secret = find_secret(address);
    return options;
}

/// An open session with the server of a mailbox.
struct Session {
    std::unique_ptr<Wire> wire;
    std::unique_ptr<SmtpClient> client;
};

class Pass {
public:
    Pass(const Host& host, const Connect& connect, const FindSecret& find_secret)
        : m_host{host},
          m_connect{connect},
          m_find_secret{find_secret}
    {
    }

    /// Sends what is due from one mailbox.
    void send_from(
        const Record& mailbox, const std::vector<Id>& deliveries, const std::function<bool()>& should_stop
    )
    {
        Session session;
        for (const Id id : deliveries) {
            if (should_stop()) break;
            const Instant now = m_host.now();
            if (const auto later = not_now(mailbox, now)) {
                postpone(id, *later);
                continue;
            }
            const auto claimed = claim(id, now);
            if (!claimed) continue; // somebody cancelled it, or took it
            SendResult result;
            m_thread = {};
            try {
                if (!may_leave(*claimed)) continue;
                m_thread = thread_of(*claimed);
                result = send(mailbox, *claimed, session);
            } catch (const Failure& failure) { // the host gives no answer: nothing is sent without
                result.stage = "consent";
                result.words = failure.error().message;
                result.is_account_problem = true;
            }
            settle(mailbox, *claimed, result);
            if (result.is_account_problem) { // the rest would fare alike
                session = {};
                break;
            }
            if (result.state == SendState::ambiguous || result.code == 0) session = {};
        }
        if (session.client) session.client->quit();
        // Whoever reads the mailbox files the copies; at once, and not when its time comes.
        if (m_has_copies) require(m_host.start("email.sync", {{"mailbox", mailbox.id()}}));
        m_has_copies = false;
    }

    const DeliverReport& report() const noexcept { return m_report; }

private:
    std::optional<Instant> not_now(const Record& mailbox, Instant now) const
    {
        const auto zone
            = if_found(m_host.zone(mailbox["time_zone"].text().empty() ? "UTC" : mailbox["time_zone"].text())
            );
        if (zone) {
            const Instant open = next_open(window_of(mailbox), *zone, now);
            if (open > now) return open;
        }
        return wait_for_limit(m_host, mailbox, now);
    }

    void postpone(Id delivery, Instant until) { set(delivery, {{"due_at", until}}); }

    /// Takes a delivery for this pass alone; nothing if it is not due any more.
    std::optional<Record> claim(Id id, Instant now)
    {
        auto found = if_found(m_host.get("email_delivery", id));
        if (!found) return std::nullopt;
        const std::string_view state = (*found)["state"].text();
        if (state != "queued" && state != "deferred") return std::nullopt;
        const auto done = m_host.transact([&](Work& work) {
            work.update("email_delivery", id, {{"state", "sending"}, {"claimed_at", now}}, found->version());
        });
        const bool is_taken = !done
            && (done.error().code == ErrorCode::conflict || done.error().code == ErrorCode::not_found);
        if (is_taken) return std::nullopt;
        require(done);
        return found;
    }

    /// Asks the host for a ticket. The state may have changed since it was queued: an opt-out in between
    /// counts. What must wait is postponed, what must not be sent is cancelled; both say why.
    bool may_leave(const Record& delivery)
    {
        m_recipient
            = {delivery["contact"].id(),
               normal_address(delivery["address"].text()),
               purpose_or_usual(m_host, delivery["purpose"].text(), "purpose")};
        const std::string because = why_suppressed(m_host, m_recipient.address);
        if (!because.empty()) {
            set(delivery.id(), {{"state", "cancelled"}, {"words", "suppressed: " + because}});
            return false;
        }
        m_permit = take_permit(m_host, m_recipient);
        if (m_permit.allowed) return true;
        const std::string why{cut(m_permit.why(), 990)};
        if (m_permit.may_come_later())
            set(delivery.id(), {{"state", "queued"}, {"due_at", m_permit.again}, {"consent", why}});
        else
            set(delivery.id(), {{"state", "cancelled"}, {"words", why}, {"consent", why}});
        return false;
    }

    /// Read before the message leaves: an answer that does not come afterwards must not make it ambiguous.
    Id thread_of(const Record& delivery) const
    {
        const auto message = if_found(m_host.get("email_message", delivery["message"].id(), {"thread"}));
        return message ? (*message)["thread"].id() : Id{};
    }

    void set(Id delivery, const Map& values)
    {
        require(m_host.transact([&](Work& work) { work.update("email_delivery", delivery, values); }));
    }

    SendResult send(const Record& mailbox, const Record& delivery, Session& session)
    {
        SendResult result;
        try {
            if (!session.client) {
                const Server server = server_of(mailbox);
                if (server.host.empty())
                    fail(ErrorCode::refused, "email.no_server", "the mailbox has no server to send by");
                const SmtpOptions options = options_of(mailbox, server, m_find_secret);
                session.wire = m_connect(server);
                session.client = std::make_unique<SmtpClient>(*session.wire, options);
                result = session.client->open();
                if (result.state != SendState::sent) {
                    result.is_account_problem = true;
                    session = {};
                    return result;
                }
            }
        } catch (const Failure& failure) {
            result.stage = "connect";
            result.words = failure.error().message.empty() ? failure.error().key : failure.error().message;
            result.is_account_problem = true;
            session = {};
            return result;
        }
        const Envelope envelope{
            std::string{delivery["envelope_from"].text()},
            std::string{delivery["address"].text()},
            delivery["needs_utf8"].boolean()
        };
        const std::string source = source_of(m_host, delivery);
        return session.client->send(envelope, source, [&] {
            const std::string consent = use_permit(m_host, m_recipient, m_permit);
            set(delivery.id(),
                {{"state", "in_transit"}, {"stage", "message"}, {"consent", cut(consent, 990)}});
        });
    }

    void settle(const Record& mailbox, const Record& delivery, const SendResult& result)
    {
        const Instant now = m_host.now();
        const std::int64_t attempts = delivery["attempts"].integer() + 1;
        const bool is_own_fault = result.is_account_problem;
        std::string state{name(result.state)};
        if (is_own_fault && result.state != SendState::sent) state = "deferred";
        if (state == "refused") state = "failed";
        if (state == "deferred" && attempts >= most_attempts) state = "failed";
        Map values{
            {"state", state},
            {"attempts", attempts},
            {"stage", result.stage},
            {"words", std::string{cut(result.words, 2'900)}},
            {"queue_id", result.queue_id},
            {"transcript", std::string{cut(result.transcript, 19'000)}}
        };
        values.set("code", result.code != 0 ? Value{result.code} : Value{});
        if (state == "sent") {
            values.set("sent_at", now);
            if (const std::string_view copy = copy_of_sent(mailbox); !copy.empty()) values.set("copy", copy);
            m_has_copies = m_has_copies || values["copy"] == Value{"waiting"};
        }
        if (state == "deferred")
            values.set(
                "due_at", Instant{now.microseconds + backoff_seconds(attempts) * microseconds_per_second}
            );
        require(m_host.transact([&](Work& work) {
            work.update("email_delivery", delivery.id(), values);
            note_mailbox(mailbox, result, now, work);
            tell(delivery, result, state, work);
        }));
        count(state);
    }

    static void note_mailbox(const Record& mailbox, const SendResult& result, Instant now, Work& work)
    {
        work.update(
            "mailbox",
            mailbox.id(),
            {{"send_state", result.is_account_problem ? "failing" : "good"},
             {"send_detail",
              result.is_account_problem ? Value{result.stage + ": " + std::string{cut(result.words, 1'900)}}
                                        : Value{}},
             {"send_checked_at", now}}
        );
    }

    void tell(const Record& delivery, const SendResult& result, const std::string& state, Work& work) const
    {
        const Id contact = delivery["contact"].id();
        Map links{{"message", delivery["message"].id()}, {"delivery", delivery.id()}};
        if (m_thread) links.set("thread", m_thread);
        const std::string address{delivery["address"].text()};
        if (state == "sent") {
            work.publish(
                "email.sent",
                contact,
                {{"address", address}, {"words", std::string{cut(result.words, 500)}}},
                links
            );
        } else if (state == "failed" || state == "ambiguous") {
            work.publish(
                "email.send_failed",
                contact,
                {{"address", address}, {"state", state}, {"words", std::string{cut(result.words, 500)}}},
                links
            );
        }
        // A server that refuses the address says so at once: no report will follow.
        if (state == "failed" && result.stage == "rcpt" && !result.is_account_problem && result.code >= 400) {
            BounceReport report;
            report.source = "smtp";
            BouncedAddress bounced;
            bounced.address = normal_address(address);
            bounced.reason = judge(result.words, find_status(result.words));
            bounced.evidence = clean_line(cut(result.words, 1'000));
            report.addresses.push_back(std::move(bounced));
            const Settings settings = require(m_host.settings());
            const std::int64_t soft_limit = settings["soft_bounces"].integer(5);
            keep_bounces(m_host, report, {}, soft_limit, work);
        }
    }

    void count(const std::string& state)
    {
        if (state == "sent")
            ++m_report.sent;
        else if (state == "deferred")
            ++m_report.deferred;
        else if (state == "ambiguous")
            ++m_report.ambiguous;
        else
            ++m_report.failed;
    }

    const Host& m_host;
    const Connect& m_connect;
    const FindSecret& m_find_secret;
    Recipient m_recipient; ///< of the delivery that is under way
    Permit m_permit;
    Id m_thread; ///< the conversation that it belongs to
    bool m_has_copies{false}; ///< of what this mailbox has sent, to be filed
    DeliverReport m_report;
};

} // namespace

std::int64_t backoff_seconds(std::int64_t attempts)
{
    constexpr std::int64_t first = 60;
    constexpr std::int64_t longest = 4 * 3'600;
    std::int64_t pause = first;
    for (std::int64_t i = 1; i < attempts && pause < longest; ++i)
        pause *= 2;
    return std::min(pause, longest);
}

DeliverReport deliver_due(
    const Host& host,
    const Connect& connect,
    const FindSecret& find_secret,
    const std::function<bool()>& should_stop
)
{
    const Rows rows = require(host.query(
        "SELECT d.id AS delivery, d.mailbox AS mailbox FROM email_delivery d"
        " WHERE d.state IN ('queued', 'deferred') AND d.due_at <= :now ORDER BY d.due_at, d.id LIMIT :count",
        Map{{"now", host.now().microseconds}, {"count", at_once}}
    ));
    std::map<Id, std::vector<Id>> by_mailbox;
    for (const Row row : rows)
        by_mailbox[row["mailbox"].id()].push_back(row["delivery"].id());
    Pass pass{host, connect, find_secret};
    for (const auto& [id, deliveries] : by_mailbox) {
        const auto mailbox = if_found(host.get("mailbox", id));
        if (!mailbox || !(*mailbox)["active"].boolean(true)) continue;
        pass.send_from(*mailbox, deliveries, should_stop);
    }
    return pass.report();
}

Value recover_deliveries(const Host& host, Instant started, Work& work)
{
    std::int64_t queued = 0;
    std::int64_t ambiguous = 0;
    const Rows rows = require(host.query(
        "SELECT d.id AS delivery, d.state AS state, d.contact AS contact, d.address AS address,"
        " d.message AS message, m.thread AS thread FROM email_delivery d JOIN email_message m ON m.id = "
        "d.message"
        " WHERE d.state IN ('sending', 'in_transit') AND d.claimed_at < :started LIMIT 2000",
        Map{{"started", started.microseconds}}
    ));
    for (const Row row : rows) {
        const Id id = row["delivery"].id();
        if (row["state"].text() == "sending") {
            work.update("email_delivery", id, {{"state", "queued"}});
            ++queued;
            continue;
        }
        constexpr const char* words
            = "the host ended while the message was on its way; whether it arrived is not known";
        work.update("email_delivery", id, {{"state", "ambiguous"}, {"words", words}});
        work.publish(
            "email.send_failed",
            row["contact"].id(),
            {{"address", row["address"].text()}, {"state", "ambiguous"}, {"words", words}},
            {{"message", row["message"].value()}, {"delivery", id}, {"thread", row["thread"].value()}}
        );
        ++ambiguous;
    }
    return Map{{"queued", queued}, {"ambiguous", ambiguous}};
}

} // namespace mortise::plugins::email
