#include "sync/sync_folder.hpp"

#include "mime/charset.hpp"

#include <mortise/failure.hpp>

#include <algorithm>
#include <vector>

namespace mortise::plugins::email {

namespace {

constexpr std::int64_t usual_window = 500; ///< UIDs that are asked for at once
constexpr std::int64_t largest_window = std::int64_t{1} << 32U;
constexpr std::int64_t quiet_time
    = 10 * 60 * std::int64_t{1'000'000}; ///< a look that brought nothing is noted so often
constexpr std::size_t flags_at_once = 50;

/// Errors that are about the message and would come again: it is left, and told of. All others are about the
/// host or the server, and end the pass.
bool is_about_message(ErrorCode code)
{
    return code == ErrorCode::invalid || code == ErrorCode::refused || code == ErrorCode::limit
        || code == ErrorCode::exception || code == ErrorCode::internal || code == ErrorCode::unsupported;
}

std::optional<Record> find_folder(const Host& host, Id mailbox, const std::string& name)
{
    for (Record& record : require(host.find("email_folder", "mailbox", mailbox, 1'000)))
        if (record["name"].text() == name) return std::move(record);
    return std::nullopt;
}

Id create_folder(const Host& host, Id mailbox, const std::string& name, Map values)
{
    Id made;
    values.set("mailbox", mailbox);
    values.set("name", name);
    require(host.transact([&](Work& work) { made = work.create("email_folder", values); }));
    return made;
}

} // namespace

FolderSync::FolderSync(
    const Host& host,
    ImapClient& client,
    Id mailbox,
    SyncRules rules,
    std::function<bool()> should_stop,
    SyncCounts& counts
)
    : m_host{host},
      m_client{client},
      m_mailbox{mailbox},
      m_rules{rules},
      m_should_stop{std::move(should_stop)},
      m_counts{counts},
      m_ingest{host}
{
}

bool FolderSync::run(const std::string& name)
{
    const FolderState state = m_client.examine(name);
    m_folder = require_folder(name);
    m_passed_over = 0;
    m_uid_validity = state.uid_validity;
    if (m_folder["uid_validity"].integer() != state.uid_validity) start_over(state.uid_validity);
    take_flags(state);
    if (!read_new(state)) return false;
    conclude(state);
    return true;
}

Record FolderSync::require_folder(const std::string& name)
{
    if (auto found = find_folder(m_host, m_mailbox, name)) return *std::move(found);
    return require(m_host.get("email_folder", create_folder(m_host, m_mailbox, name, {})));
}

/// The server gave the messages other numbers: all of them are looked at anew, and known again by what they
/// are.
void FolderSync::start_over(std::int64_t uid_validity)
{
    const bool is_known = m_folder["uid_validity"].integer() != 0;
    require(m_host.transact([&](Work& work) {
        work.update(
            "email_folder",
            m_folder.id(),
            {{"uid_validity", uid_validity},
             {"last_uid", 0},
             {"modseq", 0},
             {"passed_over", 0},
             {"renumbered", m_folder["renumbered"].integer() + (is_known ? 1 : 0)}},
            m_folder.version()
        );
    }));
    m_folder = require(m_host.get("email_folder", m_folder.id()));
}

/// Read, answered, flagged: what others did with messages that are here already.
void FolderSync::take_flags(const FolderState& state)
{
    const std::int64_t modseq = m_folder["modseq"].integer();
    const std::int64_t last = m_folder["last_uid"].integer();
    if (modseq <= 0 || last <= 0 || state.highest_modseq <= modseq) return;
    const std::vector<Listed> changed = m_client.changed(1, last, modseq);
    for (std::size_t from = 0; from < changed.size(); from += flags_at_once) {
        const std::size_t to = std::min(changed.size(), from + flags_at_once);
        require(m_host.transact([&](Work& work) {
            for (std::size_t i = from; i < to; ++i) {
                const Rows rows = require(m_host.query(
                    "SELECT s.id AS id, s.flags AS flags FROM email_sighting s WHERE s.uid = :uid AND "
                    "s.mailbox ="
                    " :mailbox AND s.folder = :folder AND s.uid_validity = :validity ORDER BY s.id DESC "
                    "LIMIT 1",
                    Map{{"uid", changed[i].uid},
                        {"mailbox", m_mailbox.number},
                        {"folder", m_folder["name"].text()},
                        {"validity", state.uid_validity}}
                ));
                if (!rows.empty() && rows.front()["flags"].text() != changed[i].flags)
                    work.update("email_sighting", rows.front()["id"].id(), {{"flags", changed[i].flags}});
            }
        }));
    }
}

bool FolderSync::read_new(const FolderState& state)
{
    std::int64_t window = usual_window;
    for (std::int64_t first = m_folder["last_uid"].integer() + 1; first < state.uid_next;) {
        const std::int64_t last = std::min(first + window - 1, state.uid_next - 1);
        const std::vector<Listed> messages = m_client.list(first, last);
        for (const Listed& listed : messages) {
            if (m_should_stop()) return false;
            take(listed);
        }
        // Numbers may lie far apart.
        window = messages.empty() ? std::min(window * 4, largest_window) : usual_window;
        first = last + 1;
    }
    return true;
}

void FolderSync::take(const Listed& listed)
{
    if (m_rules.since && listed.received && *listed.received < *m_rules.since) {
        ++m_passed_over;
        return;
    }
    const std::string limit = "; the largest that is taken in has " + std::to_string(m_rules.largest_message)
        + " (setting largest_message)";
    if (listed.size > static_cast<std::int64_t>(m_rules.largest_message)) {
        leave(listed, "error", "it has " + std::to_string(listed.size) + " bytes" + limit);
        return;
    }
    std::optional<std::string> raw;
    try {
        raw = m_client.fetch(listed.uid, m_rules.largest_message + 1);
    } catch (const Failure& failure) {
        if (failure.error().key != "imap.refused") throw;
        leave(listed, "error", failure.error().message);
        return;
    }
    if (!raw)
        leave(listed, "filtered", "it was removed from the folder before it could be read");
    else if (raw->size() > m_rules.largest_message)
        leave(listed, "error", "it has more bytes than the server says" + limit);
    else
        store(listed, *raw);
}

void FolderSync::store(const Listed& listed, const std::string& raw)
{
    constexpr int most_tries = 4; // others may change the same conversation at the same time
    for (int tries = 1;; ++tries) {
        try {
            if (!try_store(listed, raw)) return;
            break;
        } catch (const Failure& failure) {
            const ErrorCode code = failure.error().code;
            const bool is_race
                = code == ErrorCode::conflict || code == ErrorCode::exists || code == ErrorCode::retry;
            if (is_race && tries < most_tries) continue;
            if (!is_about_message(code)) throw;
            leave(listed, "error", failure.error().message + " " + failure.error().where);
            return;
        }
    }
    refresh();
}

/// What is known of the folder, as it is now.
void FolderSync::refresh()
{
    m_folder = require(m_host.get("email_folder", m_folder.id()));
    if (m_folder["uid_validity"].integer() != m_uid_validity)
        fail(ErrorCode::state, "email.sync_race", "somebody else reads the folder at the same time");
}

/// Keeps the message and the cursor in one unit. False if somebody else has it already.
bool FolderSync::try_store(const Listed& listed, const std::string& raw)
{
    refresh();
    if (m_folder["last_uid"].integer() >= listed.uid) return false;
    Taken taken;
    require(m_host.transact([&](Work& work) {
        taken = m_ingest.take(raw, place_of(listed), work);
        move_cursor(listed.uid, work);
    }));
    m_passed_over = 0;
    count(taken.result);
    return true;
}

void FolderSync::leave(const Listed& listed, std::string_view result, const std::string& reason)
{
    refresh();
    if (m_folder["last_uid"].integer() >= listed.uid) return;
    require(m_host.transact([&](Work& work) {
        m_ingest.note_left(place_of(listed), result, reason, work);
        move_cursor(listed.uid, work);
    }));
    m_passed_over = 0;
    count(std::string{result});
    refresh();
}

void FolderSync::move_cursor(std::int64_t uid, Work& work)
{
    work.update(
        "email_folder",
        m_folder.id(),
        {{"last_uid", uid}, {"passed_over", m_folder["passed_over"].integer() + m_passed_over}},
        m_folder.version()
    );
}

Place FolderSync::place_of(const Listed& listed) const
{
    return {
        m_mailbox,
        std::string{m_folder["name"].text()},
        listed.uid,
        m_folder["uid_validity"].integer(),
        listed.flags
    };
}

/// The folder was read to its end. A look that brought nothing new is written down now and then only.
void FolderSync::conclude(const FolderState& state)
{
    const Instant now = m_host.now();
    const Instant noted = m_folder["synced_at"].get_or(Instant{});
    const std::int64_t last = std::max(state.uid_next - 1, m_folder["last_uid"].integer());
    const bool is_same = m_folder["last_uid"].integer() == last && m_folder["state"].text() == "good"
        && m_folder["on_server"].integer(-1) == state.exists
        && m_folder["modseq"].integer() == state.highest_modseq && m_passed_over == 0;
    if (is_same && now.microseconds - noted.microseconds < quiet_time) return;
    require(m_host.transact([&](Work& work) {
        work.update(
            "email_folder",
            m_folder.id(),
            {{"last_uid", last},
             {"passed_over", m_folder["passed_over"].integer() + m_passed_over},
             {"modseq", state.highest_modseq},
             {"on_server", state.exists},
             {"state", "good"},
             {"detail", nullptr},
             {"synced_at", now}},
            m_folder.version()
        );
    }));
}

void FolderSync::count(const std::string& result)
{
    if (result == "stored")
        ++m_counts.stored;
    else if (result == "duplicate")
        ++m_counts.duplicate;
    else if (result == "filtered")
        ++m_counts.filtered;
    else if (result == "waiting")
        ++m_counts.waiting;
    else
        ++m_counts.errors;
}

void note_folder_problem(const Host& host, Id mailbox, const std::string& name, const std::string& problem)
{
    const std::string detail = clean_line(cut(problem, 1'900));
    const auto folder = find_folder(host, mailbox, name);
    if (!folder) {
        create_folder(host, mailbox, name, {{"state", "failing"}, {"detail", detail}});
        return;
    }
    if ((*folder)["state"].text() == "failing" && (*folder)["detail"].text() == detail) return;
    require(host.transact([&](Work& work) {
        work.update("email_folder", folder->id(), {{"state", "failing"}, {"detail", detail}});
    }));
}

} // namespace mortise::plugins::email
