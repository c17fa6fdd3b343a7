#include "sync/sync_job.hpp"

#include "commands/message_commands.hpp"
#include "mime/charset.hpp"
#include "sync/sent_copies.hpp"
#include "sync/session.hpp"
#include "sync/sync_folder.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace mortise::plugins::email {

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t longest_pause = 60; ///< minutes between tries
constexpr std::int64_t watched_pause = 15; ///< minutes: in case the server forgets to tell
constexpr std::int64_t usual_pause = 5;
constexpr std::int64_t quiet_time = 10 * minute;
constexpr std::int64_t seconds_per_day = 86'400;

/// 1, 2, 4 ... 60 minutes.
std::int64_t pause_after(std::int64_t failures)
{
    std::int64_t pause = 1;
    for (std::int64_t i = 1; i < failures && pause < longest_pause; ++i)
        pause *= 2;
    return std::min(pause, longest_pause) * minute;
}

SyncRules rules_of(const Host& host, const Record& mailbox)
{
    const Settings settings = require(host.settings());
    SyncRules rules;
    rules.largest_message = static_cast<std::size_t>(settings["largest_message"].integer(40)) << 20U;
    if (const auto since = mailbox["sync_since"].as<Date>()) rules.since = since->days * seconds_per_day;
    return rules;
}

/// How one reading of a mailbox went.
struct Outcome {
    std::string problem; ///< empty if all folders were read to their end
    bool is_cut{false}; ///< the connection broke
    bool is_stopped{false};
};

Outcome read_once(
    const Host& host, const Record& mailbox, const std::function<bool()>& should_stop, SyncCounts& counts
)
{
    Outcome outcome;
    const auto add = [&outcome](const std::string& problem) {
        outcome.problem += (outcome.problem.empty() ? "" : "; ") + problem;
    };
    try {
        const ImapSession session = open_session(host, mailbox);
        file_sent_copies(host, *session.client, mailbox, should_stop);
        FolderSync sync{host, *session.client, mailbox.id(), rules_of(host, mailbox), should_stop, counts};
        for (const std::string& folder : folders_of(mailbox)) {
            try {
                if (!sync.run(folder)) {
                    outcome.is_stopped = true;
                    return outcome;
                }
            } catch (const Failure& failure) {
                // What is wrong with one folder keeps no other from being read.
                const std::string& key = failure.error().key;
                const std::string problem = folder + ": " + failure.error().message;
                if (key != "imap.refused" && key != "imap.no_uids") throw;
                note_folder_problem(host, mailbox.id(), folder, failure.error().message);
                add(problem);
            }
        }
        session.client->log_out();
    } catch (const Failure& failure) {
        const Error& error = failure.error();
        if (error.code == ErrorCode::cancelled) throw;
        outcome.is_cut = error.key == "net.lost" || error.key == "imap.bye";
        add(error.message.empty() ? error.key : error.message);
    }
    return outcome;
}

/// Writes how it went on the mailbox; what says nothing new is written now and then only.
void note_mailbox(const Host& host, Id id, const Outcome& outcome, const SyncCounts& counts)
{
    const Record mailbox = require(host.get("mailbox", id));
    const Instant now = host.now();
    const bool was_good = mailbox["sync_state"].text() == "good";
    Map values{
        {"sync_state", "good"}, {"sync_detail", nullptr}, {"sync_failures", 0}, {"sync_next_at", nullptr}
    };
    if (outcome.problem.empty()) {
        const Instant noted = mailbox["synced_at"].get_or(Instant{});
        if (was_good && counts.all() == 0 && now.microseconds - noted.microseconds < quiet_time) return;
        values.set("synced_at", now);
    } else {
        const std::int64_t failures = mailbox["sync_failures"].integer() + 1;
        values.set("sync_state", "failing");
        values.set("sync_detail", clean_line(cut(outcome.problem, 1'900)));
        values.set("sync_failures", failures);
        values.set("sync_next_at", Instant{now.microseconds + pause_after(failures)});
    }
    require(host.transact([&](Work& work) { work.update("mailbox", id, values); }));
}

/// Reads a mailbox; when the connection breaks, as often as each new one brings something.
Outcome read_mailbox(
    const Host& host, const Record& mailbox, const std::function<bool()>& should_stop, SyncCounts& counts
)
{
    while (true) {
        const std::int64_t before = counts.all();
        const Outcome outcome = read_once(host, mailbox, should_stop, counts);
        if (outcome.is_cut && counts.all() > before && !should_stop()) continue;
        return outcome;
    }
}

bool is_due(const Record& mailbox, const SyncState& state, Instant now)
{
    if (mailbox["sync_state"].text() == "failing") return mailbox["sync_next_at"].get_or(Instant{}) <= now;
    std::int64_t pause = mailbox["poll_minutes"].integer(usual_pause);
    if (state.is_watched(mailbox.id())) pause = std::max(pause, watched_pause);
    return state.last(mailbox.id()).microseconds + pause * minute <= now.microseconds;
}

class Reading {
public:
    Reading(const Host& host, SyncState& state, Job& running)
        : m_host{host},
          m_state{state},
          m_running{running}
    {
    }

    void read(Id id)
    {
        if (!m_state.enter(id, m_host.now())) return;
        try {
            do {
                const auto mailbox = if_found(m_host.get("mailbox", id));
                if (!mailbox || !is_read(*mailbox)) break;
                read(*mailbox);
            } while (m_state.leave(id));
            m_state.abandon(id);
        } catch (...) {
            m_state.abandon(id);
            throw;
        }
    }

    Value report() const
    {
        return Map{
            {"mailboxes", m_mailboxes},
            {"failing", m_failing},
            {"stored", m_counts.stored},
            {"duplicate", m_counts.duplicate},
            {"filtered", m_counts.filtered},
            {"waiting", m_counts.waiting},
            {"errors", m_counts.errors}
        };
    }

private:
    void read(const Record& mailbox)
    {
        SyncCounts counts;
        const Outcome outcome
            = read_mailbox(m_host, mailbox, [this] { return m_running.is_cancelled(); }, counts);
        m_counts.stored += counts.stored;
        m_counts.duplicate += counts.duplicate;
        m_counts.filtered += counts.filtered;
        m_counts.waiting += counts.waiting;
        m_counts.errors += counts.errors;
        ++m_mailboxes;
        if (outcome.is_stopped) m_running.stop_if_cancelled();
        if (!outcome.problem.empty()) ++m_failing;
        note_mailbox(m_host, mailbox.id(), outcome, counts);
    }

    const Host& m_host;
    SyncState& m_state;
    Job& m_running;
    SyncCounts m_counts;
    std::int64_t m_mailboxes{0};
    std::int64_t m_failing{0};
};

} // namespace

bool SyncState::enter(Id mailbox, Instant now)
{
    const std::lock_guard lock{m_mutex};
    if (!m_busy.insert(mailbox).second) {
        m_again.insert(mailbox);
        return false;
    }
    m_last[mailbox] = now;
    return true;
}

bool SyncState::leave(Id mailbox)
{
    const std::lock_guard lock{m_mutex};
    if (m_again.erase(mailbox) > 0) return true;
    m_busy.erase(mailbox);
    return false;
}

void SyncState::abandon(Id mailbox)
{
    const std::lock_guard lock{m_mutex};
    m_busy.erase(mailbox);
    m_again.erase(mailbox);
}

Instant SyncState::last(Id mailbox) const
{
    const std::lock_guard lock{m_mutex};
    const auto found = m_last.find(mailbox);
    return found == m_last.end() ? Instant{} : found->second;
}

bool SyncState::is_watched(Id mailbox) const
{
    const std::lock_guard lock{m_mutex};
    return m_watched.contains(mailbox);
}

void SyncState::set_watched(Id mailbox, bool yes)
{
    const std::lock_guard lock{m_mutex};
    if (yes)
        m_watched.insert(mailbox);
    else
        m_watched.erase(mailbox);
}

void SyncState::rest(Id mailbox, Instant until)
{
    const std::lock_guard lock{m_mutex};
    m_resting[mailbox] = until;
}

bool SyncState::is_resting(Id mailbox, Instant now) const
{
    const std::lock_guard lock{m_mutex};
    const auto found = m_resting.find(mailbox);
    return found != m_resting.end() && found->second > now;
}

bool SyncState::begin_watching()
{
    const std::lock_guard lock{m_mutex};
    return !std::exchange(m_is_watching, true);
}

void SyncState::end_watching()
{
    const std::lock_guard lock{m_mutex};
    m_is_watching = false;
    m_watched.clear();
}

bool is_read(const Record& mailbox)
{
    return mailbox["active"].boolean(true) && !mailbox["imap_host"].text().empty();
}

Value sync_mailboxes(const Host& host, SyncState& state, Job& running)
{
    Reading reading{host, state, running};
    if (const Id one = id_of(running["mailbox"])) {
        reading.read(one);
        return reading.report();
    }
    const bool is_all = running["all"].boolean();
    const Rows rows = require(host.query("SELECT b.id AS id FROM mailbox b WHERE b.active = 1 AND "
                                         "b.imap_host IS NOT NULL ORDER BY b.id LIMIT 1000"));
    for (const Row row : rows) {
        running.stop_if_cancelled();
        const auto mailbox = if_found(host.get("mailbox", row["id"].id()));
        if (mailbox && (is_all || is_due(*mailbox, state, host.now()))) reading.read(mailbox->id());
    }
    return reading.report();
}

Value sync_mailbox_now(const Host& host, const Arguments& arguments, Work& work)
{
    const Id id = require_mailbox(host, arguments["mailbox"].text());
    if (!id) {
        work.start("email.sync", {{"all", true}});
        return Map{{"started", true}};
    }
    const Record mailbox = require(host.get("mailbox", id));
    if (!is_read(mailbox))
        refuse(
            "email.not_read",
            "nothing is read from " + std::string{mailbox["address"].text()}
                + ": it has no imap_host, or is not active",
            "mailbox"
        );
    work.start("email.sync", {{"mailbox", id}});
    return Map{{"started", true}};
}

} // namespace mortise::plugins::email
