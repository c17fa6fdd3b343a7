#pragma once

/// \file
/// Reads what is new in a folder of a mailbox. How far it came is written in the same unit of work as each
/// message: whatever ends the host, no message is lost and none is taken in twice.

#include "imap/imap_client.hpp"
#include "store/ingest.hpp"

#include <mortise/host.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace mortise::plugins::email {

struct SyncCounts {
    std::int64_t stored{0};
    std::int64_t duplicate{0};
    std::int64_t filtered{0};
    std::int64_t waiting{0};
    std::int64_t errors{0};

    std::int64_t all() const { return stored + duplicate + filtered + waiting + errors; }
};

struct SyncRules {
    std::size_t largest_message{0}; ///< bytes; what is larger stays on the server, and is told of
    std::optional<std::int64_t> since; ///< seconds since 1970: older ones are passed over
};

/// Reads one folder. Thread-safety: none; two that read the same folder at a time do not harm each other: one
/// of them gives up.
class FolderSync {
public:
    FolderSync(
        const Host& host,
        ImapClient& client,
        Id mailbox,
        SyncRules rules,
        std::function<bool()> should_stop,
        SyncCounts& counts
    );

    /// To the end of what is there now, or until it is to stop; then it gives false.
    bool run(const std::string& name);

private:
    Record require_folder(const std::string& name);
    void start_over(std::int64_t uid_validity);
    void take_flags(const FolderState& state);
    bool read_new(const FolderState& state);
    void take(const Listed& listed);
    void store(const Listed& listed, const std::string& raw);
    void leave(const Listed& listed, std::string_view result, const std::string& reason);
    bool try_store(const Listed& listed, const std::string& raw);
    void refresh();
    void move_cursor(std::int64_t uid, Work& work);
    Place place_of(const Listed& listed) const;
    void conclude(const FolderState& state);
    void count(const std::string& result);

    Host m_host;
    ImapClient& m_client;
    Id m_mailbox;
    SyncRules m_rules;
    std::function<bool()> m_should_stop;
    SyncCounts& m_counts;
    Ingest m_ingest;
    Record m_folder;
    std::int64_t m_uid_validity{0}; ///< of the numbers that the session speaks of
    std::int64_t m_passed_over{0}; ///< since the cursor was written last
};

/// Notes why a folder could not be read.
void note_folder_problem(const Host& host, Id mailbox, const std::string& name, const std::string& problem);

} // namespace mortise::plugins::email
