#include "sync/sent_copies.hpp"

#include "mime/charset.hpp"
#include "smtp/wire_form.hpp"
#include "store/attachments.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace mortise::plugins::email {

namespace {

constexpr std::int64_t at_once = 200;
constexpr std::int64_t given_up_after = std::int64_t{3} * 86'400'000'000;

/// Servers that file what is sent by them, by themselves.
constexpr std::array<std::string_view, 4> filing_servers{
    "smtp.gmail.com", "smtp.googlemail.com", "smtp.office365.com", "smtp-mail.outlook.com"
};

bool is_left_to_server(const Record& mailbox)
{
    if (mailbox["sent_copy"].text() == "always") return false;
    const std::string server = lower_ascii(mailbox["smtp_host"].text());
    return std::ranges::find(filing_servers, server) != filing_servers.end();
}

class Filing {
public:
    Filing(const Host& host, ImapClient& client, const Record& mailbox)
        : m_host{host},
          m_client{client},
          m_folder{mailbox["sent_folder"].text()},
          m_is_always{mailbox["sent_copy"].text() == "always"}
    {
    }

    void file(Id id)
    {
        const auto delivery = if_found(m_host.get("email_delivery", id));
        if (!delivery || (*delivery)["copy"].text() != "waiting") return;
        // Gmail tells that it is Gmail, whatever the name of the server.
        if (!m_is_always && m_client.offers("X-GM-EXT-1")) return note(id, "left_to_server", {});
        const Record message
            = require(m_host.get("email_message", (*delivery)["message"].id(), {"message_id"}));
        try {
            open();
            if (m_has_folder && m_client.has_message(message["message_id"].text()))
                return note(id, "filed", "it was there already");
            add(plain_lines(source_of(m_host, *delivery)));
            note(id, "filed", m_folder);
        } catch (const Failure& failure) {
            if (failure.error().key != "imap.refused") throw;
            const Instant sent = (*delivery)["sent_at"].get_or(Instant{});
            const bool is_over = m_host.now().microseconds - sent.microseconds > given_up_after;
            note(id, is_over ? "failed" : "waiting", failure.error().message);
        }
    }

private:
    /// Which folder it is, and whether it is there.
    void open()
    {
        if (m_is_open) return;
        if (m_folder.empty()) m_folder = m_client.sent_folder().value_or("Sent");
        try {
            m_client.examine(m_folder);
            m_has_folder = true;
        } catch (const Failure& failure) {
            if (failure.error().key != "imap.refused") throw;
        }
        m_is_open = true;
    }

    void add(const std::string& message)
    {
        if (m_client.append(m_folder, message)) return;
        m_client.create(m_folder);
        if (!m_client.append(m_folder, message))
            fail(
                ErrorCode::refused,
                "imap.refused",
                "the server has made " + m_folder + " and does not find it"
            );
        m_is_open = false;
    }

    void note(Id delivery, std::string_view copy, std::string_view words)
    {
        Map values{{"copy", copy}, {"copy_words", clean_line(cut(words, 900))}};
        if (copy == "filed") values.set("copied_at", m_host.now());
        require(m_host.transact([&](Work& work) { work.update("email_delivery", delivery, values); }));
    }

    const Host& m_host;
    ImapClient& m_client;
    std::string m_folder;
    bool m_is_always;
    bool m_is_open{false};
    bool m_has_folder{false};
};

} // namespace

std::string_view copy_of_sent(const Record& mailbox)
{
    if (mailbox["imap_host"].text().empty() || mailbox["sent_copy"].text() == "never") return {};
    return is_left_to_server(mailbox) ? "left_to_server" : "waiting";
}

void file_sent_copies(
    const Host& host, ImapClient& client, const Record& mailbox, const std::function<bool()>& should_stop
)
{
    const Rows rows = require(host.query(
        "SELECT d.id AS id FROM email_delivery d WHERE d.copy = 'waiting' AND d.mailbox = :mailbox"
        " ORDER BY d.sent_at, d.id LIMIT :count",
        Map{{"mailbox", mailbox.id().number}, {"count", at_once}}
    ));
    Filing filing{host, client, mailbox};
    for (const Row row : rows) {
        if (should_stop()) return;
        filing.file(row["id"].id());
    }
}

} // namespace mortise::plugins::email
