#include "sync/watch_job.hpp"

#include "mime/charset.hpp"
#include "sync/session.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <vector>

namespace mortise::plugins::email {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto look_every = 30s; ///< for mailboxes that were added or changed
constexpr auto renew_after = 20min; ///< servers end what is idle for half an hour
constexpr auto pause_between = 2s; ///< many messages at once are one reading
constexpr std::int64_t minute = 60'000'000;
constexpr std::int64_t rest_when_lost = minute;
constexpr std::int64_t rest_without_idle = 30 * minute;
constexpr std::size_t most_watched = 50; ///< connections; the rest is looked at every few minutes

/// A mailbox that is watched, or is about to be.
struct Watched {
    Id mailbox;
    std::uint64_t version{0}; ///< of its settings
    ImapSession session;
    Clock::time_point next; ///< when idling is renewed
    Clock::time_point not_before; ///< the next reading
    bool is_news{false};

    bool is_open() const { return session.client != nullptr; }
};

/// What of a mailbox decides about its connection: its other fields change with every message.
std::uint64_t settings_of(const Record& mailbox)
{
    std::string all;
    for (const char* field : {"imap_host", "imap_security", "user_name", "login", "address"})
        all += std::string{mailbox[std::string_view{field}].text()} + '\n';
    all += std::to_string(mailbox["imap_port"].integer()) + '\n' + folders_of(mailbox).front();
    return std::hash<std::string>{}(all);
}

class Watch {
public:
    Watch(const Host& host, SyncState& state, Job& running) : m_host{host}, m_state{state}, m_running{running}
    {
    }

    void run()
    {
        while (true) {
            m_running.stop_if_cancelled();
            if (Clock::now() >= m_next_look) look();
            for (auto& [id, watched] : m_all)
                tend(watched);
            forget_lost();
            if (m_all.empty()) return;
            wait();
            forget_lost();
        }
    }

private:
    /// What cannot be watched rests; when nothing is left, the schedule starts this again in a minute.
    void forget_lost()
    {
        std::erase_if(m_all, [](const auto& entry) { return !entry.second.is_open(); });
    }

    /// Which mailboxes there are.
    void look()
    {
        m_next_look = Clock::now() + look_every;
        const Rows rows = require(m_host.query(
            "SELECT b.id AS id FROM mailbox b WHERE b.active = 1 AND b.imap_idle = 1 AND b.imap_host IS NOT "
            "NULL"
            " ORDER BY b.id LIMIT :most",
            Map{{"most", static_cast<std::int64_t>(most_watched)}}
        ));
        std::map<Id, Watched> found;
        for (const Row row : rows) {
            const auto mailbox = if_found(m_host.get("mailbox", row["id"].id()));
            if (!mailbox || !is_read(*mailbox)) continue;
            if (!m_all.contains(mailbox->id()) && must_rest(*mailbox)) continue;
            Watched watched;
            watched.mailbox = mailbox->id();
            watched.version = settings_of(*mailbox);
            if (const auto known = m_all.find(watched.mailbox);
                known != m_all.end() && known->second.version == watched.version)
                watched = std::move(known->second);
            found.emplace(watched.mailbox, std::move(watched));
        }
        for (const auto& [id, watched] : m_all)
            if (!found.contains(id)) m_state.set_watched(id, false);
        m_all = std::move(found);
    }

    /// Whom the reading cannot reach, this cannot either.
    bool must_rest(const Record& mailbox) const
    {
        const Instant now = m_host.now();
        return m_state.is_resting(mailbox.id(), now)
            || (mailbox["sync_state"].text() == "failing" && mailbox["sync_next_at"].get_or(Instant{}) > now);
    }

    void tend(Watched& watched)
    {
        const auto now = Clock::now();
        try {
            if (!watched.is_open()) {
                open(watched);
                return;
            }
            while (watched.session.client->has_line())
                if (watched.session.client->read_idle()) watched.is_news = true;
            if (now >= watched.next) {
                watched.session.client->end_idle();
                watched.session.client->begin_idle();
                watched.next = now + renew_after;
                watched.is_news = true; // what was said in between is not lost
            }
            if (watched.is_news && now >= watched.not_before) {
                require(m_host.start("email.sync", {{"mailbox", watched.mailbox}}));
                watched.is_news = false;
                watched.not_before = now + pause_between;
            }
        } catch (const Failure& failure) {
            lose(watched, failure);
        }
    }

    void open(Watched& watched)
    {
        const Record mailbox = require(m_host.get("mailbox", watched.mailbox));
        ImapSession session = open_session(m_host, mailbox);
        if (!session.client->offers("IDLE")) {
            session.client->log_out();
            m_state.rest(watched.mailbox, {m_host.now().microseconds + rest_without_idle});
            return;
        }
        session.client->examine(folders_of(mailbox).front());
        session.client->begin_idle();
        watched.session = std::move(session);
        watched.next = Clock::now() + renew_after;
        watched.is_news = true; // what arrived while nobody watched
        m_state.set_watched(watched.mailbox, true);
    }

    /// Tries again later. The reading of the mailbox says what is wrong with it, in the server's words.
    void lose(Watched& watched, const Failure& failure)
    {
        if (failure.error().code == ErrorCode::cancelled) throw failure;
        m_state.set_watched(watched.mailbox, false);
        watched.session = {};
        m_state.rest(watched.mailbox, {m_host.now().microseconds + rest_when_lost});
        m_host.log().info(
            "email.watch_ended",
            "a server does not tell what is new; its mailbox is looked at every few minutes",
            {{"mailbox", watched.mailbox}, {"problem", clean_line(cut(failure.error().message, 500))}}
        );
    }

    /// Until a server says something, or the next thing is due.
    void wait()
    {
        auto until = m_next_look;
        std::vector<std::uint64_t> numbers;
        for (const auto& [id, watched] : m_all) {
            until = std::min(until, watched.next);
            if (!watched.is_open()) continue;
            if (watched.is_news) until = std::min(until, watched.not_before);
            numbers.push_back(watched.session.wire->number());
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        const std::uint64_t ready = wait_for_any(
            m_host, numbers, static_cast<std::uint32_t>(std::max<std::int64_t>(left.count(), 0))
        );
        for (auto& [id, watched] : m_all) {
            if (!watched.is_open() || watched.session.wire->number() != ready) continue;
            try {
                if (watched.session.client->read_idle()) watched.is_news = true;
            } catch (const Failure& failure) {
                lose(watched, failure);
            }
        }
    }

    const Host& m_host;
    SyncState& m_state;
    Job& m_running;
    std::map<Id, Watched> m_all;
    Clock::time_point m_next_look;
};

} // namespace

Value watch_mailboxes(const Host& host, SyncState& state, Job& running)
{
    if (!state.begin_watching()) return Map{};
    try {
        Watch{host, state, running}.run();
    } catch (...) {
        state.end_watching();
        throw;
    }
    state.end_watching();
    return Map{};
}

} // namespace mortise::plugins::email
